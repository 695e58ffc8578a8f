// SPDX-License-Identifier: GPL-2.0

//! The address register of vital product data.
//!
//! C header: `include/uapi/linux/pci_regs.h`

use super::super::{
    abi::pci::ConfigSpace,
    bindings::pci::read_vpd, //
};
use kernel::{
    device::Bound,
    pci::Device, //
};

/// The address at which vital product data was read last. Dropping it puts it back.
///
/// Not the flag beside it, nor the data: only reading sets them.
pub(super) struct VpdAddress<'a> {
    device: &'a Device<Bound>,
    /// Where the register is, and what it held; `None`: there is none.
    before: Option<(usize, u16)>,
}

impl<'a> VpdAddress<'a> {
    /// `PCI_CAP_ID_VPD`.
    const CAPABILITY: u8 = 0x03;
    /// `PCI_VPD_ADDR`.
    const ADDRESS: usize = 2;
    /// `PCI_VPD_ADDR_MASK`.
    const MASK: u16 = 0x7fff;

    /// That of `device`.
    pub(super) fn of(device: &'a Device<Bound>) -> Self {
        let config = ConfigSpace::of(device);
        let before = config.capability(Self::CAPABILITY).and_then(|start| {
            let place = start.checked_add(Self::ADDRESS)?;
            Some((place, config.read16(place).ok()?))
        });
        Self { device, before }
    }
}

impl Drop for VpdAddress<'_> {
    fn drop(&mut self) {
        let Some((place, before)) = self.before else {
            return;
        };
        let before = before & Self::MASK;
        let now = ConfigSpace::of(self.device).read16(place);
        if now.is_ok_and(|now| now & Self::MASK != before) {
            // The kernel waits until it has been read. If the device is gone, there is nothing to put back.
            let _ = read_vpd(self.device, before.into(), &mut [0; 4]);
        }
    }
}
