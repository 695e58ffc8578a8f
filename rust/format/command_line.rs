// SPDX-License-Identifier: GPL-2.0

//! What a kernel's command line says about device dumps.

/// Whether `line` switches them off, as `novmcoredd` does for the kernel's own: the last one counts.
pub fn is_disabled(line: &[u8]) -> bool {
    let words = line.split(|byte| byte.is_ascii_whitespace());
    let mut asked = words.filter_map(|word| match word.strip_prefix(b"novmcoredd")? {
        b"" => Some(true),
        value => is_yes(value.strip_prefix(b"=")?),
    });
    asked.next_back().unwrap_or(false)
}

/// As `kstrtobool()` takes it.
fn is_yes(value: &[u8]) -> Option<bool> {
    match value {
        [b'1' | b'y' | b'Y' | b't' | b'T', ..] | [b'o' | b'O', b'n' | b'N', ..] => Some(true),
        [b'0' | b'n' | b'N' | b'f' | b'F', ..] | [b'o' | b'O', b'f' | b'F', ..] => Some(false),
        _ => None,
    }
}
