// SPDX-License-Identifier: GPL-2.0

//! A function, as the dump has it.

use vmcore_format::pci::{
    self as format, Address, FunctionHead, Part, RangeHead, Reason, Resource, Space, Status, Table,
};

use super::capabilities::{self, Capability};
use crate::{
    input::printable,
    kinds::{
        config_space::ConfigSpace,
        remark::{Remark, Rule, Weight},
    },
};

pub struct Function {
    pub head: FunctionHead,
    pub space: ConfigSpace,
    /// Where each capability is.
    pub capabilities: Vec<(Capability, usize)>,
    pub resources: Vec<Resource>,
    /// Which tables matched, and what they had read behind BARs.
    pub tables: Vec<Table>,
    pub registers: Vec<Value>,
    /// What was not read.
    pub unread: Vec<RangeHead>,
    /// Where its records are damaged.
    pub damage: Option<String>,
}

/// A register behind a BAR.
pub struct Value {
    pub bar: u8,
    pub at: u32,
    /// In bytes.
    pub width: u8,
    pub value: u64,
}

impl Value {
    /// What is read where nobody answers.
    pub fn is_ones(&self) -> bool {
        self.value == u64::MAX >> (64 - 8 * u32::from(self.width.clamp(1, 8)))
    }
}

impl Function {
    pub fn new(function: &format::Function) -> Self {
        let mut new = Self {
            head: function.head,
            space: ConfigSpace::default(),
            capabilities: Vec::new(),
            resources: Vec::new(),
            tables: Vec::new(),
            registers: Vec::new(),
            unread: Vec::new(),
            damage: None,
        };
        for part in function.parts() {
            match part {
                Ok(Part::Resource(resource)) => new.resources.push(resource),
                Ok(Part::Table(table)) => new.tables.push(table),
                Ok(Part::Range(range)) => new.take(&range),
                // Of a later version.
                Ok(_) => {}
                Err(error) => new.damage = Some(error.to_string()),
            }
        }
        new.capabilities = capabilities::all(&new.space);
        new
    }

    fn take(&mut self, range: &format::Range) {
        /// What a function can have at most.
        const CONFIG_LEN: u32 = 4096;
        let RangeHead {
            space,
            width,
            status,
            ..
        } = range.head;
        if status == Status::UNREAD {
            self.unread.push(range.head);
            return;
        }
        let values = range.values().filter_map(|(at, value)| Some((at, value?)));
        if space == Space::CONFIG {
            for (at, value) in values.take_while(|(at, _)| *at < CONFIG_LEN) {
                let bytes = value.to_le_bytes().into_iter().take(width.into());
                for (byte, at) in bytes.zip(at as usize..CONFIG_LEN as usize) {
                    self.space.set(at, byte);
                }
            }
        } else if let Some(bar) = space.bar_index() {
            self.registers.extend(values.map(|(at, value)| Value {
                bar,
                at,
                width,
                value,
            }));
        }
    }

    /// Where it is, as lspci writes it.
    pub fn name(&self) -> String {
        self.head.address.to_string()
    }

    pub fn find(&self, wanted: Capability) -> Option<usize> {
        let found = self
            .capabilities
            .iter()
            .find(|(capability, _)| *capability == wanted);
        found.map(|(_, at)| *at)
    }

    /// What it is: "0200 8086:10d3, Ethernet controller (driver e1000e)".
    pub fn title(&self) -> String {
        let id = self.id();
        let class = self.head.class >> 16;
        let kind =
            class_name(class as u16).map_or_else(|| format!("class {class:04x}"), str::to_owned);
        let driver = printable(self.head.driver());
        match driver.as_str() {
            "" => format!("{kind} [{id}]"),
            driver => format!("{kind} [{id}], driver {driver}"),
        }
    }

    /// Vendor and device, as lspci writes them.
    fn id(&self) -> String {
        let (vendor, device) = self.head.id;
        format!("{vendor:04x}:{device:04x}")
    }

    /// Something that matters of it.
    pub fn remark(&self, weight: Weight, text: impl Into<String>, rule: &'static Rule) -> Remark {
        Remark {
            what: self.title(),
            device: self.id(),
            ..Remark::new(weight, self.name(), text, rule)
        }
    }

    /// Why reading it ended early, or why it is damaged.
    pub fn cause(&self) -> Option<String> {
        match self.head.ended {
            Reason::NONE => None,
            reason => Some(words(reason)),
        }
    }

    pub fn is_port(&self) -> bool {
        // Root port, downstream port of a switch.
        matches!(self.head.port_type, Some(4 | 6))
    }

    /// Whether error messages arrive there.
    pub fn is_root(&self) -> bool {
        // Root port, event collector.
        matches!(self.head.port_type, Some(4 | 10))
    }
}

/// Why something was not read.
pub fn words(reason: Reason) -> String {
    reason
        .words()
        .map_or_else(|| format!("reason {}", reason.0), str::to_owned)
}

/// Bus, device and function, in this domain, of a requester.
pub fn requester(domain: u32, id: u16) -> Address {
    Address {
        domain,
        bus: (id >> 8) as u8,
        devfn: id as u8,
    }
}

/// Of the classes in the PCI Code and ID Assignment Specification, those that computers are made of.
fn class_name(class: u16) -> Option<&'static str> {
    const NAMES: [(u16, &str); 22] = [
        (0x0101, "IDE interface"),
        (0x0104, "RAID controller"),
        (0x0106, "SATA controller"),
        (0x0107, "SAS controller"),
        (0x0108, "NVMe controller"),
        (0x0200, "Ethernet controller"),
        (0x0207, "InfiniBand controller"),
        (0x0280, "network controller"),
        (0x0300, "VGA controller"),
        (0x0302, "3D controller"),
        (0x0403, "audio device"),
        (0x0502, "CXL memory"),
        (0x0600, "host bridge"),
        (0x0601, "ISA bridge"),
        (0x0604, "PCI bridge"),
        (0x0780, "communication controller"),
        (0x0806, "IOMMU"),
        (0x0807, "root complex event collector"),
        (0x0c03, "USB controller"),
        (0x0c05, "SMBus"),
        (0x1200, "accelerator"),
        (0x1180, "signal processing controller"),
    ];
    NAMES
        .iter()
        .find(|(code, _)| *code == class)
        .map(|(_, name)| *name)
}

/// `DOMAIN:BUS:DEVICE.FUNCTION`
pub fn address(text: &str) -> Option<Address> {
    let (domain, rest) = text.split_once(':')?;
    let (bus, rest) = rest.split_once(':')?;
    let (device, function) = rest.split_once('.')?;
    let hex = |text| u32::from_str_radix(text, 16).ok();
    Some(Address {
        domain: hex(domain)?,
        bus: hex(bus)? as u8,
        devfn: ((hex(device)? << 3) | hex(function)? & 7) as u8,
    })
}
