// SPDX-License-Identifier: GPL-2.0

//! Vital product data.

use crate::{rng, Options, VpdState};

/// The flag next to the VPD address.
pub const DONE: u32 = 1 << 31;

/// The data repeat, since cxgb4 looks for them both at the beginning and at 0x400.
const PERIOD: u32 = 0x400;

/// The data.
pub struct Vpd {
    data: Vec<u8>,
    is_dead: bool,
}

/// Where the version is, two digits.
const VERSION: usize = 0xc7;

impl Vpd {
    /// Name, part, serial and MAC numbers of an adapter.
    pub fn new(options: &Options) -> Self {
        let id = rng::value(options.seed, 0x5650_4400, 0);
        let name = format!("Chelsio {} model", options.chip.name());
        let mut fields = Vec::new();
        for (keyword, value) in [
            ("PN", "110120050A0".to_string()),
            ("EC", "0000000000000000".to_string()),
            ("SN", format!("PT{:010}", id % 10_000_000_000)),
            ("NA", format!("000743{:06X}", (id >> 32) & 0xff_ffff)),
        ] {
            fields.extend(keyword.bytes());
            fields.push(value.len() as u8);
            fields.extend(value.bytes());
        }
        fields.extend(b"RV\x01\0");

        let mut data = tag(0x82, name.as_bytes());
        data.extend(tag(0x90, &fields));
        // The byte of RV makes the sum up to it zero.
        let sum = data.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        if let Some(last) = data.last_mut() {
            *last = sum.wrapping_neg();
        }
        data.push(0x78);
        data.resize(PERIOD as usize, 0);
        let version = format!("{}", 10 + id % 90);
        data[VERSION..VERSION + 2].copy_from_slice(version.as_bytes());
        if options.vpd == VpdState::Corrupt {
            // The length of the serial number, which is last but two.
            let at = data
                .windows(2)
                .position(|keyword| keyword == b"SN")
                .unwrap_or(0);
            data[at + 2] = 0xf0;
        }
        Self {
            data,
            is_dead: options.vpd == VpdState::Dead,
        }
    }

    /// Whether it never answers.
    pub fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// The four bytes at `address`.
    pub fn word(&self, address: u32) -> u32 {
        let start = (address & 0x7ffc) % PERIOD;
        self.data
            .get(start as usize..)
            .and_then(<[u8]>::first_chunk)
            .map_or(0, |word| u32::from_le_bytes(*word))
    }
}

fn tag(tag: u8, content: &[u8]) -> Vec<u8> {
    let [low, high] = (content.len() as u16).to_le_bytes();
    [&[tag, low, high], content].concat()
}
