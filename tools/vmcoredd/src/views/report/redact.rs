// SPDX-License-Identifier: GPL-2.0

//! What is hidden in a page that leaves the house: addresses and serial numbers.

use std::{borrow::Cow, cell::RefCell, collections::HashMap, sync::LazyLock};

use regex_lite::{Captures, Regex};

use crate::kinds::register::Register;

/// What stands for a value that is hidden.
pub const HIDDEN: &str = "hidden";

/// What gives away a machine or a network, in words. The name of the group is what it is called.
static PRIVATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)",
        r"|(?P<wwn>\b(?:[0-9a-fA-F]{2}:){7}[0-9a-fA-F]{2}\b)",
        r"|(?P<mac>\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b)",
        r"|(?P<ipv6>\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b",
        r"|\b(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}\b|\b(?:[0-9a-fA-F]{1,4}:){1,7}:)",
        r"|(?P<ipv4>\b\d{1,3}(?:\.\d{1,3}){3}\b)",
        r"|(?i:(?P<label>serial(?: number| no\.?)?|s/n|asset tag)(?P<between>\s*[:=]?\s*)(?P<serial>[0-9A-Za-z][0-9A-Za-z._-]*))",
    ))
    .expect("a regular expression")
});
/// Kinds of what is found, as the groups above.
const KINDS: [&str; 6] = ["uuid", "wwn", "mac", "ipv6", "ipv4", "serial"];
/// In names of registers that may hold such a thing.
const PRIVATE_NAMES: [&str; 7] = ["ADDR", "BASE", "MAC", "SERIAL", "KEY", "_LO", "_HI"];

/// Hides, or does not.
pub enum Redaction {
    Off,
    /// The same value gets the same name all over the page.
    On(RefCell<HashMap<String, String>>),
}

impl Redaction {
    pub fn new(on: bool) -> Self {
        match on {
            true => Self::On(RefCell::default()),
            false => Self::Off,
        }
    }

    pub fn is_on(&self) -> bool {
        matches!(self, Self::On(_))
    }

    /// Text, without what is private.
    pub fn words<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Self::On(names) = self else {
            return Cow::Borrowed(text);
        };
        PRIVATE.replace_all(text, |found: &Captures<'_>| {
            let one = |kind: &&'static str| Some((*kind, found.name(kind)?.as_str()));
            let Some((kind, value)) = KINDS.iter().find_map(one) else {
                return HIDDEN.to_owned();
            };
            let mut names = names.borrow_mut();
            let next = names.len() + 1;
            let name = names
                .entry(value.to_lowercase())
                .or_insert_with(|| format!("[{kind} {next}]"));
            let group = |name| found.name(name).map_or("", |group| group.as_str());
            format!("{}{}{name}", group("label"), group("between"))
        })
    }

    /// The value of a register, unless it may be private: so is what has no name, since nobody knows.
    pub fn value(&self, register: &Register) -> String {
        let value = || {
            let digits = register.bits as usize / 4;
            format!("{:#0width$x}", register.value, width = digits + 2)
        };
        let is_public = |name: &str| !PRIVATE_NAMES.iter().any(|part| name.contains(part));
        match (self, &register.name) {
            (Self::Off, _) => value(),
            (Self::On(_), Some(name)) if is_public(name) => value(),
            (Self::On(_), _) => HIDDEN.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::register::Kind;

    #[test]
    fn addresses_and_serial_numbers_are_hidden_and_the_rest_is_not() {
        for (text, expected) in [
            ("eth0: 00:07:43:aa:BB:01 up", "eth0: [mac 1] up"),
            ("from 10.1.2.3 to 10.1.2.3", "from [ipv4 1] to [ipv4 1]"),
            ("fe80::1 and 2001:db8::42:1", "[ipv6 1] and [ipv6 2]"),
            ("::ffff is not a port", "::ffff is not a port"),
            ("WWPN 50:00:53:5d:01:02:03:04", "WWPN [wwn 1]"),
            ("Serial Number: ABC-123x", "Serial Number: [serial 1]"),
            (
                "root=UUID=0a1b2c3d-0000-1111-2222-333344445555 ro",
                "root=UUID=[uuid 1] ro",
            ),
            (
                "cxgb4 0000:05:00.4: link down",
                "cxgb4 0000:05:00.4: link down",
            ),
            (
                "12:34:56 panic at 0xffff8880",
                "12:34:56 panic at 0xffff8880",
            ),
            ("T6 firmware 1.27.5", "T6 firmware 1.27.5"),
            // Nothing tells it from an address.
            ("T6 firmware 1.27.5.0", "T6 firmware [ipv4 1]"),
        ] {
            assert_eq!(Redaction::new(true).words(text), expected, "{text}");
            assert_eq!(Redaction::new(false).words(text), text);
        }
    }

    #[test]
    fn a_register_without_a_name_may_hold_anything() {
        let register = |name: Option<&'static str>| Register {
            unit: "SGE".into(),
            name: name.map(Into::into),
            address: 0x1000,
            value: 0x12,
            bits: 32,
            fields: Vec::new(),
            is_telling: false,
            kind: Kind::State,
        };
        for (name, expected) in [
            (Some("SGE_INT_CAUSE1"), "0x00000012"),
            (Some("SGE_DBQ_ADDR"), HIDDEN),
            (None, HIDDEN),
        ] {
            assert_eq!(Redaction::new(true).value(&register(name)), expected);
            assert_eq!(Redaction::new(false).value(&register(name)), "0x00000012");
        }
    }
}
