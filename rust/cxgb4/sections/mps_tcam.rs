// SPDX-License-Identifier: GPL-2.0

//! Which addresses the port switch listens to, and for whom.

use super::super::{
    super::format::cudbg::{
        section::Section,
        Chip, //
    },
    device::Device,
    failure::Result,
    regs::mps,
    writer::Writer, //
};

/// An entry, as `struct cudbg_mps_tcam`.
#[derive(Default)]
struct Entry {
    mask: u64,
    replication: [u32; 8],
    index: u32,
    class: (u32, u32),
    replication_size: u32,
    vni: u32,
    vni_mask: u32,
    dip_hit: u32,
    vlan_valid: u32,
    replicated: u32,
    vlan: u16,
    address: [u8; 6],
    lookup_type: u8,
    port: u8,
}

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    for index in 0..device.hal.mps_entries {
        Entry::read(device, index)?.write(writer)?;
    }
    Ok(())
}

impl Entry {
    fn read(device: &Device<'_>, index: u32) -> Result<Self> {
        let mut entry = Self::default();
        let (x, y) = match device.chip() {
            Chip::T6 => entry.read_halves(device, index)?,
            _ => {
                let (y, x) = mps::cls_tcam(index);
                let y = device.read64(y)?;
                (device.read64(x)?, y)
            }
        };
        // Bits that must be 0 and 1 at once: it matches nothing, it's not in use.
        if x & y != 0 {
            return Ok(entry);
        }

        let hal = device.hal;
        let [low, high] = device.read_pair(mps::cls_sram(index))?;
        entry.class = (low, high);
        entry.replicated = entry.class.0 & hal.replicate;
        if entry.replicated != 0 {
            let words = hal.replication_bits / 32;
            for (word, register) in entry
                .replication
                .iter_mut()
                .zip(mps::VF_RPLCT_MAP)
                .take(words as usize)
            {
                *word = device.read32(register)?;
            }
        }
        entry.mask = x | y;
        entry.address.copy_from_slice(&y.to_be_bytes()[2..]);
        entry.index = index;
        entry.replication_size = hal.replication_bits;
        Ok(entry)
    }

    /// T6: reads both halves of the entry.
    fn read_halves(&mut self, device: &Device<'_>, index: u32) -> Result<(u64, u64)> {
        let half = |select: u32| -> Result<[u32; 2]> {
            device.write32(mps::CLS_TCAM_DATA2_CTL, select)?;
            device.read_pair(mps::CLS_TCAM_RDATA0_REQ_ID1)
        };
        let third = || device.read32(mps::CLS_TCAM_RDATA0_REQ_ID1 + 8);
        let address =
            |[low, high]: [u32; 2]| (u64::from(mps::MAC_HIGH.of(high)) << 32) | u64::from(low);
        let vni = |third: u32, high: u32| ((third & mps::VNI_HIGH) << 16) | mps::VLAN.of(high);

        let second_tcam = match index < mps::CTL_ENTRIES {
            true => 0,
            false => mps::CTL_SECOND_TCAM,
        };
        let select =
            mps::CTL_HOST | second_tcam | ((index % mps::CTL_ENTRIES) << mps::CTL_INDEX_SHIFT);

        let y = half(select)?;
        let word = third()?;
        let lookup_type = mps::LOOKUP_TYPE.of(word);
        // Of an inner header; all others look up an outer one.
        let inner = lookup_type == 1 || lookup_type == 2;
        self.lookup_type = lookup_type as u8;
        self.port = mps::PORT.of(word) as u8;
        if inner {
            self.vni = vni(word, y[1]);
            self.dip_hit = word & mps::DIP_HIT;
        } else {
            self.vlan_valid = word & mps::VLAN_VALID;
            self.vlan = mps::VLAN.of(y[1]) as u16;
        }

        let x = half(select | mps::CTL_X)?;
        if inner {
            self.vni_mask = vni(third()?, x[1]);
        }
        Ok((address(x), address(y)))
    }

    fn write(&self, writer: &mut Writer<'_, '_>) -> Result {
        writer.push(&self.mask.to_le_bytes())?;
        writer.words(&self.replication)?;
        writer.words(&[
            self.index,
            self.class.0,
            self.class.1,
            self.replication_size,
            self.vni,
            self.vni_mask,
            self.dip_hit,
            self.vlan_valid,
            self.replicated,
        ])?;
        writer.push(&self.vlan.to_le_bytes())?;
        writer.push(&self.address)?;
        writer.push(&[self.lookup_type, self.port, 0, 0])
    }
}
