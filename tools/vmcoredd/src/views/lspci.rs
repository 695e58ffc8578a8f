// SPDX-License-Identifier: GPL-2.0

//! Configuration spaces as `lspci -xxxx` prints them, and `lspci -F` reads them.

use std::io::Result;

use crate::kinds::config_space::Configuration;

/// lspci takes what is not there for zeroes, and no domain beyond 16 bits; what that concerns is told.
pub fn print(
    spaces: &[Configuration],
    mut line: impl FnMut(String) -> Result<()>,
) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for Configuration {
        address,
        title,
        space,
    } in spaces
    {
        if address
            .split(':')
            .next()
            .is_some_and(|domain| domain.len() > 4)
        {
            told.push(format!(
                "{address}: lspci reads no domain beyond ffff: left out"
            ));
            continue;
        }
        line(format!("{address} {title}"))?;
        for (at, bytes) in space.lines() {
            let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            line(format!("{at:02x}: {}", bytes.join(" ")))?;
        }
        line(String::new())?;
        let missing = (0..space.end())
            .filter(|at| space.u8(*at).is_none())
            .count();
        if missing > 0 {
            told.push(format!(
                "{address}: {missing} bytes were not read: lspci takes them for zeroes"
            ));
        }
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::config_space::ConfigSpace;

    #[test]
    fn what_was_read_is_written_and_nothing_else() {
        let mut space = ConfigSpace::default();
        for at in (0..18).chain(0x1fe..0x202).chain(0x205..0x206) {
            space.set(at, at as u8);
        }
        let spaces = ["0000:00:05.0", "10000:00:01.0"].map(|address| Configuration {
            address: address.to_owned(),
            title: "host bridge".to_owned(),
            space: space.clone(),
        });
        let mut out = String::new();
        let told = print(&spaces, |line| {
            out += &line;
            out.push('\n');
            Ok(())
        });
        assert_eq!(
            out,
            "0000:00:05.0 host bridge\n00: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10: 10 11\n1fe: fe ff\n200: 00 01\n205: 05\n\n"
        );
        assert_eq!(
            told.unwrap(),
            [
                "0000:00:05.0: 495 bytes were not read: lspci takes them for zeroes",
                "10000:00:01.0: lspci reads no domain beyond ffff: left out"
            ]
        );
    }
}
