// SPDX-License-Identifier: GPL-2.0

//! Functions of this machine.

use super::function::Function;
use crate::{
    bindings::{
        io::Mapped,
        pci_functions::{
            self,
            Locked, //
        },
    },
    format::{
        manifest::padded,
        pci::{
            Address,
            Facts,
            FunctionHead,
            Reason,
            Resource, //
        },
    },
};

pub(crate) use crate::bindings::pci_functions::functions;

/// In the PCI Express capabilities register.
const PORT_TYPE_SHIFT: u32 = 4;
const PORT_TYPE: u16 = 0xf;
const ROOT_PORT: u8 = 4;
const ROOT_COMPLEX_EVENT_COLLECTOR: u8 = 10;
const BRIDGE: u32 = 0x06;

/// Whether there may be functions below it.
pub(crate) fn is_bridge(function: &pci_functions::Function) -> bool {
    function.class() >> 24 == BRIDGE
}

fn address(function: &pci_functions::Function) -> Address {
    let (bus, devfn) = function.place();
    // The kernel writes the domain in front.
    let mut digits = function.name().split(|byte| *byte == b':');
    let digits = digits.next().unwrap_or_default();
    let domain = digits.iter().fold(0u32, |domain, digit| {
        let digit = char::from(*digit).to_digit(16).unwrap_or(0);
        domain.wrapping_shl(4) | digit
    });
    Address { domain, bus, devfn }
}

/// What is said of a function, before it is read; `locked`: whether its driver can be told.
pub(crate) fn head(
    function: &pci_functions::Function,
    locked: Option<&Locked<'_>>,
) -> FunctionHead {
    let [id, subsystem] = function.ids();
    let port_type = function
        .express()
        .map(|(flags, _)| ((flags >> PORT_TYPE_SHIFT) & PORT_TYPE) as u8);
    let mut head = FunctionHead {
        address: address(function),
        parent: function.parent().as_ref().map(address),
        id,
        subsystem,
        class: function.class(),
        header_type: function.header_type(),
        port_type,
        config_len: u32::try_from(function.config_len()).unwrap_or(0),
        ..FunctionHead::default()
    };
    let driver = locked.map(Locked::driver);
    head.driver = padded(driver.flatten().unwrap_or_default());
    head.facts = facts(function, port_type, driver.map(|driver| driver.is_some()));
    head
}

/// What this kernel has done to a function, as its source says: `pci_aer_init()` and `aer_enable_rootport()` in
/// `drivers/pci/pcie/aer.c`, `dpc_enable()` in `pcie/dpc.c`, `pci_scan_bridge_extend()` in `probe.c`, `pci_msi_init()` in
/// `msi/pcidev_msi.c`, `sriov_init()` in `iov.c`, `pci_pm_init()` in `pci.c`.
fn facts(
    function: &pci_functions::Function,
    port_type: Option<u8>,
    is_bound: Option<bool>,
) -> Facts {
    let is_native = function.aer_is_native();
    let mut facts = Facts::default();
    if function.has_aer() {
        facts = facts.with(Facts::AER_CLEARED, is_native);
    }
    if port_type.is_some() {
        let collects = matches!(port_type, Some(ROOT_PORT | ROOT_COMPLEX_EVENT_COLLECTOR));
        match (is_native && function.has_aer(), collects, is_bound) {
            (false, ..) => facts = facts.with(Facts::DEVICE_STATUS_CLEARED, false),
            (true, true, Some(is_bound)) => {
                facts = facts.with(Facts::DEVICE_STATUS_CLEARED, is_bound);
            }
            // If the port above had an error to tell of, or if a driver was there.
            _ => {}
        }
    }
    if function.dpc().is_some() {
        match (function.dpc_is_native(), is_bound) {
            (false, _) => facts = facts.with(Facts::DPC_CLEARED, false),
            (true, Some(is_bound)) => facts = facts.with(Facts::DPC_CLEARED, is_bound),
            _ => {}
        }
    }
    if function.header_type() & 0x7f == 1 {
        facts = facts.with(Facts::SECONDARY_STATUS_CLEARED, true);
    }
    if function.has_msi() {
        facts = facts.with(Facts::MSI_DISABLED, true);
    }
    if function.is_physfn() {
        facts = facts.with(Facts::VFS_DISABLED, true);
    }
    if function.pm().is_some() {
        facts = facts.with(Facts::POWERED_UP, true);
    }
    match is_bound {
        Some(is_bound) => facts.with(Facts::BOUND, is_bound),
        None => facts,
    }
}

/// Address ranges that are not empty.
pub(crate) fn resources(function: &pci_functions::Function) -> impl Iterator<Item = Resource> + '_ {
    function
        .resources()
        .filter(|(_, found)| found.flags != 0)
        .map(|(index, found)| Resource {
            index,
            flags: found.flags,
            start: found.start,
            len: found.len,
        })
}

impl Function for pci_functions::Function {
    type Piece = Mapped;

    fn config_len(&self) -> usize {
        self.config_len()
    }

    fn config32(&self, at: u16) -> Option<u32> {
        self.config32(at)
    }

    fn parent(&self) -> Option<Self> {
        self.parent()
    }

    fn express(&self) -> Option<u16> {
        self.express().map(|(_, at)| at.into())
    }

    fn power(&self) -> Option<u16> {
        self.pm().map(u16::from)
    }

    fn containment(&self) -> Option<u16> {
        self.dpc()
    }

    fn bar_len(&self, bar: u8) -> Result<u64, Reason> {
        let found = self.resource(bar).ok_or(Reason::NO_BAR)?;
        let is_memory = found.flags & Resource::MEM != 0 && found.flags & Resource::UNSET == 0;
        match is_memory && found.start != 0 && found.len != 0 {
            true => Ok(found.len),
            false => Err(Reason::NO_BAR),
        }
    }

    fn map(&self, bar: u8, start: u32, len: usize) -> Result<Mapped, Reason> {
        let found = self.resource(bar).ok_or(Reason::NO_BAR)?;
        let start = found
            .start
            .checked_add(start.into())
            .ok_or(Reason::NO_BAR)?;
        Mapped::new(start, len).map_err(|_| Reason::NO_MEMORY)
    }

    fn read(piece: &Mapped, at: usize, width: u8) -> Option<u64> {
        piece.read(at, width)
    }
}
