// SPDX-License-Identifier: GPL-2.0

//! What may be read of the registers of devices that are alike.

use crate::format::devices::{
    Condition,
    Device,
    Entry,
    Never,
    NO_CONDITION, //
};

/// A family that the module knows.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    /// 1 to 23 bytes.
    pub(crate) name: &'static str,
    /// Its devices, by vendor.
    pub(crate) ids: &'static [(u16, &'static [u16])],
    /// Classes of its devices, and which bits of them count; of a vendor, if it is not of all.
    pub(crate) classes: &'static [(Option<u16>, u32, u32)],
    /// Whether QEMU has a model of such a device: reading can be tried where nobody loses one.
    pub(crate) tried: bool,
    /// What entries refer to by number.
    pub(crate) conditions: &'static [Condition],
    /// What is read.
    pub(crate) groups: &'static [Group],
}

/// Entries that are at the same place.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    /// A register that says where: it is added to where they start.
    pub(crate) base: Option<Field>,
    /// A register that says how many of them there are, and bytes from one to the next.
    pub(crate) repeat: Option<(Field, u32)>,
    /// What is read.
    pub(crate) entries: &'static [Entry],
}

impl Group {
    /// Entries that are where they say.
    pub(crate) const fn of(entries: &'static [Entry]) -> Self {
        Self {
            base: None,
            repeat: None,
            entries,
        }
    }
}

/// Bits of a register of 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) bar: u8,
    pub(crate) at: u32,
    pub(crate) mask: u32,
    /// How far they are moved to the right.
    pub(crate) shift: u32,
}

/// `count` registers of 32 bits from `start` on, one after the other.
pub(crate) const fn run(start: u32, count: u16) -> Entry {
    every(start, count, 4)
}

/// `count` registers of 32 bits, each `stride` behind the one before.
pub(crate) const fn every(start: u32, count: u16, stride: u16) -> Entry {
    Entry {
        bar: 0,
        width: 4,
        count,
        start,
        stride,
        condition: NO_CONDITION,
    }
}

impl Family {
    /// Whether a function with this id and class is of it.
    pub(crate) fn fits(&self, id: (u16, u16), class: u32) -> bool {
        let mut ids = self.ids.iter();
        let mut classes = self.classes.iter();
        ids.any(|(vendor, devices)| *vendor == id.0 && devices.contains(&id.1))
            || classes.any(|(vendor, wanted, mask)| {
                vendor.is_none_or(|vendor| vendor == id.0) && (wanted ^ class) & mask == 0
            })
    }
}

/// What may be read of a device, whoever says so.
pub(crate) enum Rules<'a> {
    BuiltIn(&'a Family),
    External(Device<'a>),
}

impl Rules<'_> {
    pub(crate) fn name(&self) -> &[u8] {
        match self {
            Self::BuiltIn(family) => family.name.as_bytes(),
            Self::External(device) => device.name(),
        }
    }

    pub(crate) fn condition(&self, number: u16) -> Option<Condition> {
        match self {
            Self::BuiltIn(family) => family.conditions.get(usize::from(number)).copied(),
            Self::External(device) => device.condition(number),
        }
    }

    /// Whether any of the `len` bytes at `start` of a BAR must not be read, as it says itself.
    pub(crate) fn is_never(&self, bar: u8, start: u32, len: u32) -> bool {
        match self {
            Self::BuiltIn(_) => false,
            Self::External(device) => device.is_never(bar, start, len),
        }
    }
}

/// What must not be read of devices, whoever says that it may: reading it changes something.
pub(crate) struct Precious {
    /// Vendor, and class with a mask.
    pub(crate) vendor: u16,
    pub(crate) class: (u32, u32),
    pub(crate) never: &'static [Never],
    /// The first of several, how many there are, and bytes from one to the next.
    pub(crate) each: &'static [(Never, u32, u32)],
}
