// SPDX-License-Identifier: GPL-2.0

use super::{
    super::{
        bytes::{
            get,
            Reader, //
        },
        Error,
        Result, //
    },
    device::{
        Device,
        Section,
        Sections, //
    },
    DEVICE_LEN,
    HEADER_LEN,
    MAX_LEN,
    RECORD_LEN,
    SIGNATURE,
    VERSION, //
};

/// A table that was checked: all of it.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    devices: &'a [u8],
    sections: Sections<'a>,
}

impl<'a> Table<'a> {
    /// Parses the table that `bytes` are. Fails where it is not sound: no part of such a table is used.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > MAX_LEN {
            return Err(Error::new(MAX_LEN as u64, "a table of at most 64 KiB"));
        }
        if !bytes.starts_with(&SIGNATURE) {
            return Err(Error::new(0, "a compiled table of devices"));
        }
        let mut fields = Reader::new(bytes, HEADER_LEN, "a header of 32 bytes")?;
        let _signature = fields.u64();
        if (fields.u16(), fields.u16()) != VERSION {
            return Err(Error::new(8, "version 1.0 of a table of devices"));
        }
        if usize::try_from(fields.u32()) != Ok(bytes.len()) {
            return Err(Error::new(12, "the length of the table"));
        }
        let mut start = HEADER_LEN;
        let mut section = |len: usize, expected| {
            let offset = start as u64;
            let count = usize::from(fields.u16());
            let bytes = get(bytes, start, count.saturating_mul(len), expected)?;
            start = start.saturating_add(bytes.len());
            Ok(Section { bytes, offset })
        };
        let devices = section(DEVICE_LEN, "all devices")?;
        let sections = Sections {
            matches: section(RECORD_LEN, "all matches")?,
            conditions: section(RECORD_LEN, "all conditions")?,
            never: section(RECORD_LEN, "all ranges that are never read")?,
            entries: section(RECORD_LEN, "all entries")?,
        };
        if start != bytes.len() {
            return Err(Error::new(start as u64, "the end of the table"));
        }
        for (index, bytes) in devices.bytes.chunks_exact(DEVICE_LEN).enumerate() {
            let offset = (index as u64).saturating_mul(DEVICE_LEN as u64);
            Device::parse(bytes, sections)
                .map_err(|error| error.based_at(devices.offset.saturating_add(offset)))?
                .check()?;
        }
        Ok(Self {
            devices: devices.bytes,
            sections,
        })
    }

    /// The devices, in the order in which they are looked for.
    pub fn devices(&self) -> impl Iterator<Item = Device<'a>> + 'a {
        let sections = self.sections;
        self.devices
            .chunks_exact(DEVICE_LEN)
            .filter_map(move |bytes| Device::parse(bytes, sections).ok())
    }
}
