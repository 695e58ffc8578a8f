// SPDX-License-Identifier: GPL-2.0

//! Memory window 0 as memory that the guest maps, so that reading it costs no message.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{memfd_create, MemfdFlags};
use t6model::{Adapter, Window, BAR0_LEN};

/// A copy of what the window shows, at its place in a file as long as BAR0.
pub struct Mapped {
    file: File,
    window: Window,
    shown: Vec<u8>,
}

impl Mapped {
    /// A copy of what `window` shows.
    pub fn new(adapter: &Adapter, window: Window) -> io::Result<Self> {
        let file = File::from(memfd_create("t6model-bar0", MemfdFlags::CLOEXEC)?);
        file.set_len(BAR0_LEN.into())?;
        let mut mapped = Self {
            file,
            window,
            shown: vec![0; window.aperture as usize],
        };
        mapped.show(adapter)?;
        Ok(mapped)
    }

    /// The file, for the virtual machine.
    pub fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    /// Offset in BAR0 and bytes of what is mapped.
    pub fn area(&self) -> (u32, u32) {
        (self.window.base, self.window.aperture)
    }

    /// Follows the window if it shows something else now.
    pub fn follow(&mut self, adapter: &mut Adapter) -> io::Result<()> {
        match adapter.window(0) {
            Some(window) if window != self.window && self.fits(&window) => {
                self.settle(adapter)?;
                self.window = window;
                self.show(adapter)
            }
            _ => Ok(()),
        }
    }

    /// Shows the memory behind the window, whatever the guest wrote into its copy.
    pub fn show(&mut self, adapter: &Adapter) -> io::Result<()> {
        adapter.look(self.window.address.into(), &mut self.shown);
        self.file.write_all_at(&self.shown, self.window.base.into())
    }

    /// Gives the memory what the guest wrote into its copy.
    pub fn settle(&mut self, adapter: &mut Adapter) -> io::Result<()> {
        let mut now = vec![0; self.shown.len()];
        self.file.read_exact_at(&mut now, self.window.base.into())?;
        for (nth, (is, was)) in (0..).zip(now.iter().zip(&self.shown)) {
            if is != was {
                adapter.poke(u64::from(self.window.address) + nth, &[*is]);
            }
        }
        self.shown = now;
        Ok(())
    }

    /// The mapping stays where it is, even if the guest moves the window in BAR0.
    fn fits(&self, window: &Window) -> bool {
        (window.base, window.aperture) == self.area()
    }
}
