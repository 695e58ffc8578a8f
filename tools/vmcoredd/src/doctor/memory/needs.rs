// SPDX-License-Identifier: GPL-2.0

//! Where the memory of a crash kernel goes. Documentation/admin-guide.rst has what was measured, and how.

/// What saves the vmcore, and what of the initramfs is still there then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saver {
    /// A service of the real root's systemd: the initramfs is gone.
    Service,
    /// kdump-tools alone, on the real root.
    Alone,
    /// A service of a systemd in the initramfs.
    Initramfs,
}

/// What it depends on, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The kernel, unpacked.
    pub image: u64,
    /// The initramfs as it is loaded.
    pub packed: u64,
    /// What it takes to unpack it, besides its files.
    pub window: u64,
    /// Its files, in pages.
    pub unpacked: u64,
    /// RAM of the machine.
    pub ram: u64,
    pub saver: Saver,
}

const MIB: u64 = 1 << 20;
/// What an image has for the start only, and gives back.
const START: u64 = 11 * MIB;
/// Bytes that a byte for `struct page` is for: 64 of them for each page.
const PER_PAGE_STRUCTS: u64 = 4096 / 64;
/// What is allocated besides when the initramfs is unpacked, when our modules are loaded, and when udev there has loaded all others.
const UNPACKING: u64 = 22 * MIB;
const LOADING: u64 = 30 * MIB;
const COLDPLUG: u64 = 41 * MIB;
/// The same while the vmcore is saved, and how much more it is with systemd.
const SAVING: u64 = 38 * MIB;
const SERVICES: u64 = 13 * MIB;
/// makedumpfile has two bits for each page. With fewer than it would like to have, it goes over the vmcore several times: so much will do,
/// and vmcore_devdump leaves it at most so many fifths of what is free.
const RAM_PER_BITMAPS: u64 = 4096 * 8 / 2;
const ENOUGH_FOR_BITMAPS: u64 = 16 * MIB;
const BITMAP_FIFTHS: u64 = 3;

impl Needs {
    /// The least `crashkernel=` with which a vmcore is saved, and a device dump of a few MiB in it.
    pub fn least(&self) -> u64 {
        let saving = SAVING + self.bitmaps().min(ENOUGH_FOR_BITMAPS);
        let most = [
            START + self.packed + self.unpacked + self.window + UNPACKING,
            self.unpacked + COLDPLUG,
            match self.saver {
                Saver::Alone => saving,
                Saver::Service => saving + SERVICES,
                Saver::Initramfs => saving + SERVICES + self.unpacked,
            },
        ]
        .into_iter()
        .fold(0, u64::max);
        let kernel = self.image.saturating_sub(START);
        (kernel + most) * PER_PAGE_STRUCTS / (PER_PAGE_STRUCTS - 1)
    }

    /// What of `reserved` bytes is free for dumps, and for the copy that makedumpfile makes of them.
    pub fn free(&self, reserved: u64) -> u64 {
        let kernel = self.image.saturating_sub(START) + reserved / PER_PAGE_STRUCTS;
        let free = reserved.saturating_sub(kernel + self.unpacked + LOADING);
        free - self.bitmaps().min(free / 5 * BITMAP_FIFTHS)
    }

    fn bitmaps(&self) -> u64 {
        self.ram / RAM_PER_BITMAPS
    }
}
