// SPDX-License-Identifier: GPL-2.0

//! A function whose registers are what a test says.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use crate::{
    format::pci::Reason,
    pci::{
        function::Function,
        meter::{Limits, Meter, Total},
    },
};

pub const LIMITS: Limits = Limits {
    access_us: 5000,
    function_ms: 100,
    total_ms: 1000,
};

thread_local! {
    static NOW_NS: Cell<u64> = const { Cell::new(0) };
}

pub fn now_ns() -> u64 {
    NOW_NS.get()
}

/// What `with` makes of a meter that begins now.
pub fn metered<R>(with: impl FnOnce(&mut Meter<'_>) -> R) -> R {
    let total = Total::new(LIMITS, now_ns());
    with(&mut Meter::new(&total, now_ns, 0))
}

#[derive(Clone)]
pub struct Fake {
    pub config: Vec<u8>,
    /// Bytes that may be accessed; more of them may be there.
    pub config_len: usize,
    /// By BAR: bytes, and values that are not zero.
    pub bars: BTreeMap<u8, (u64, BTreeMap<u32, u64>)>,
    pub parent: Option<Box<Fake>>,
    /// Places of capabilities: PCI Express, power management, DPC.
    pub express: Option<u16>,
    pub power: Option<u16>,
    pub containment: Option<u16>,
    /// Accesses after which it is gone.
    pub lives_for: Cell<usize>,
    /// Nanoseconds that an access takes, from so many on.
    pub slow: (usize, u64),
    /// Places that were read, in order: of the configuration space, and behind BARs with their widths.
    pub configs: RefCell<Vec<u16>>,
    pub reads: RefCell<Vec<(u8, u32, u8)>>,
}

impl Fake {
    /// With ids, and memory decoding.
    pub fn new(len: usize) -> Self {
        let mut config = vec![0; len];
        config[..8].copy_from_slice(&[0x86, 0x80, 0xd3, 0x10, 6, 0, 0x10, 0]);
        Self {
            config,
            config_len: len,
            bars: BTreeMap::new(),
            parent: None,
            express: None,
            power: None,
            containment: None,
            lives_for: Cell::new(usize::MAX),
            slow: (0, 100),
            configs: RefCell::default(),
            reads: RefCell::default(),
        }
    }

    pub fn set(mut self, at: usize, bytes: &[u8]) -> Self {
        self.config[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    pub fn set32(self, at: usize, value: u32) -> Self {
        self.set(at, &value.to_le_bytes())
    }

    pub fn bar(mut self, bar: u8, len: u64, values: &[(u32, u64)]) -> Self {
        let values = values.iter().copied().collect();
        self.bars.insert(bar, (len, values));
        self.set32(0x10 + 4 * usize::from(bar), 0xfe00_0000)
    }

    /// Whether it answers; an access takes its time all the same.
    fn access(&self) -> bool {
        let done = self.configs.borrow().len() + self.reads.borrow().len();
        NOW_NS.set(now_ns() + if done > self.slow.0 { self.slow.1 } else { 100 });
        match self.lives_for.get() {
            0 => false,
            left => {
                self.lives_for.set(left - 1);
                true
            }
        }
    }
}

/// What is mapped: of which function, which BAR, from where on, how many bytes.
pub struct Piece<'a>(&'a Fake, u8, u32, usize);

impl<'a> Function for &'a Fake {
    type Piece = Piece<'a>;

    fn config_len(&self) -> usize {
        self.config_len
    }

    fn config32(&self, at: u16) -> Option<u32> {
        self.configs.borrow_mut().push(at);
        if !self.access() {
            return Some(u32::MAX);
        }
        let at = usize::from(at);
        let bytes = self.config.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().unwrap()))
    }

    fn parent(&self) -> Option<Self> {
        self.parent.as_deref()
    }

    fn express(&self) -> Option<u16> {
        self.express
    }

    fn power(&self) -> Option<u16> {
        self.power
    }

    fn containment(&self) -> Option<u16> {
        self.containment
    }

    fn bar_len(&self, bar: u8) -> Result<u64, Reason> {
        self.bars.get(&bar).map(|bar| bar.0).ok_or(Reason::NO_BAR)
    }

    fn map(&self, bar: u8, start: u32, len: usize) -> Result<Piece<'a>, Reason> {
        assert!(
            u64::from(start) + len as u64 <= self.bars[&bar].0,
            "{start:#x}"
        );
        Ok(Piece(self, bar, start, len))
    }

    fn read(piece: &Piece<'a>, at: usize, width: u8) -> Option<u64> {
        let Piece(fake, bar, start, len) = piece;
        assert!(at + usize::from(width) <= *len, "{at:#x}");
        let place = start + at as u32;
        assert_eq!(place % u32::from(width), 0, "{place:#x}");
        fake.reads.borrow_mut().push((*bar, place, width));
        let ones = u64::MAX >> (64 - 8 * u32::from(width));
        match fake.access() {
            true => Some(fake.bars[bar].1.get(&place).copied().unwrap_or(0) & ones),
            false => Some(ones),
        }
    }
}
