// SPDX-License-Identifier: GPL-2.0

//! All registers that can be read without side effects, at the offsets of their addresses.
//!
//! They may take half of the time that is left. Where that is not enough, there are those that tell most, and of the others as many
//! as there was time for.

use super::super::{
    super::format::cudbg::{
        private::Private,
        reg_dump,
        section::Section, //
    },
    device::Device,
    failure::Result,
    regs::tp,
    writer::Writer, //
};

pub(super) fn collect(device: &Device<'_>, _: Section, writer: &mut Writer<'_, '_>) -> Result {
    let others_ms = writer.ms_left() / 2;
    let mut telling = Telling::NONE;
    if device.is_slow {
        // What is wrong shows again below, if it is not the time.
        let _ = telling.read(device, writer, 0);
    }
    let mut late = None;
    let mut end = 0;
    let mut selected = 0;
    let mut second = None;
    let mut addresses = reg_dump::addresses(device.chip()).peekable();
    while let Some(address) = addresses.next() {
        // The second of a pair is there, however late it is.
        if late.is_none() && second.is_none() && writer.ms_left() <= others_ms {
            late = Some(writer.late(address));
            // The device may have become slow.
            telling.read(device, writer, address)?;
        }
        let next = addresses.peek().copied();
        let pair = reg_dump::is_paired(address)
            && next
                .is_some_and(|next| next == address.wrapping_add(4) && telling.get(next).is_none());
        let value = match second.take().or(telling.get(address)) {
            Some(value) => value,
            None if late.is_some() => 0,
            None if address == tp::PIO.1 && device.leaves_out(Private::RSS_KEY) => {
                // Whoever used it last may have left it at the key, and whoever uses it now may move it there.
                let key = tp::RSS_SECRET_KEY;
                match selected {
                    index if key.contains(&index) => None,
                    _ => Some(device.read_pair(tp::PIO.0)?),
                }
                .filter(|[index, _]| !key.contains(index))
                .map_or_else(
                    || writer.leave_out(Private::RSS_KEY, 0).map(|()| 0),
                    |[_, value]| Ok(value),
                )?
            }
            None if pair => {
                let [first, value] = device.read_pair(address)?;
                second = Some(value);
                first
            }
            None => device.read32(address)?,
        };
        if address == tp::PIO.0 {
            selected = value;
        }
        let gap = (address as usize).saturating_sub(end);
        let written = writer.zeroes(gap);
        let written = written.and_then(|()| writer.push(&value.to_le_bytes()));
        written.map_err(|failure| late.unwrap_or(failure))?;
        end = address as usize + 4;
    }
    let rest = reg_dump::len(device.chip()).saturating_sub(end);
    let written = writer.zeroes(rest);
    late.map_or(written, Err)
}

/// Registers that were read before their turn, with their values.
struct Telling {
    read: [(u32, u32); reg_dump::MOST_TELLING],
    len: usize,
}

impl Telling {
    const NONE: Self = Self {
        read: [(0, 0); reg_dump::MOST_TELLING],
        len: 0,
    };

    /// Reads those from the address `first` on, unless some were. All or none: of one, nobody could say whether it was.
    fn read(&mut self, device: &Device<'_>, writer: &Writer<'_, '_>, first: u32) -> Result {
        if self.len > 0 {
            return Ok(());
        }
        let addresses = reg_dump::telling(device.chip()).filter(|address| *address >= first);
        let mut len: usize = 0;
        for (place, address) in self.read.iter_mut().zip(addresses) {
            if writer.ms_left() == 0 {
                return Err(writer.late(0));
            }
            *place = (address, device.read32(address)?);
            len = len.saturating_add(1);
        }
        self.len = len;
        Ok(())
    }

    fn get(&self, address: u32) -> Option<u32> {
        let mut read = self.read.iter().take(self.len);
        read.find(|(known, _)| *known == address)
            .map(|(_, value)| *value)
    }
}
