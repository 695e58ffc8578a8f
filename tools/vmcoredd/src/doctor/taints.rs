// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel panics when our modules taint it.

use super::{
    command_line::CommandLine,
    Finding,
    State, //
};

const CHECK: &str = "taints";
const NAME: &str = "panic_on_taint";
/// `TAINT_OOT_MODULE`, and `TAINT_UNSIGNED_MODULE`, which a signature of an unknown key gets, too.
const OURS: u64 = 0x1000 | 0x2000;

pub fn check(line: &CommandLine) -> Finding {
    // A value that is none changes nothing.
    let set = line.all(NAME).rev();
    let counts = set
        .filter_map(|word| Some((word, mask(word.value()?)?)))
        .next();
    let Some((word, _)) = counts.filter(|(_, mask)| mask & OURS != 0) else {
        return Finding::ok(CHECK, "those of our modules are no reason to panic");
    };
    Finding::bad(
        CHECK,
        State::Warning,
        format!("{}: our modules would not be loaded", word.text),
        format!(
            "they would make the crash kernel panic: {}",
            line.without(word, &format!("{NAME}=0"))
        ),
    )
}

/// As the kernel reads it: hexadecimal, with or without `0x`.
fn mask(value: &str) -> Option<u64> {
    let digits = value.split(',').next()?;
    let prefix = digits.get(..2).filter(|two| two.eq_ignore_ascii_case("0x"));
    u64::from_str_radix(&digits[prefix.map_or(0, str::len)..], 16).ok()
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn masks_are_always_hexadecimal() {
        for (value, expected) in [
            ("0x1000", Some(0x1000)),
            ("1000", Some(0x1000)),
            ("0X3000,nousertaint", Some(0x3000)),
            ("0", Some(0)),
            ("", None),
            ("all", None),
        ] {
            assert_eq!(mask(value), expected, "{value}");
        }
    }
}
