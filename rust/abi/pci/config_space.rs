// SPDX-License-Identifier: GPL-2.0

//! The configuration space of a function.
//!
//! Not that of the `kernel` crate, which panics if it has another size than 256 or 4096 bytes. The kernel has functions of 0xa0 and
//! 0x600 bytes: what is behind them must not be accessed (`drivers/pci/quirks.c`).
//!
//! C header: `include/linux/pci.h`

use kernel::{
    bindings,
    device::Bound,
    ffi::c_int,
    pci::Device,
    prelude::*, //
};

/// The configuration space of a function, as far as it may be accessed.
#[derive(Clone, Copy)]
pub(crate) struct ConfigSpace<'a>(&'a Device<Bound>);

impl<'a> ConfigSpace<'a> {
    /// That of `device`.
    pub(crate) fn of(device: &'a Device<Bound>) -> Self {
        Self(device)
    }

    /// Bytes of it.
    pub(crate) fn size(&self) -> usize {
        // SAFETY: The device is valid while it is borrowed, and the size is set before any driver sees it.
        let size = unsafe { (*self.raw()).cfg_size };
        usize::try_from(size).unwrap_or(0)
    }

    /// Where a capability is, if the device has it.
    pub(crate) fn capability(&self, id: u8) -> Option<usize> {
        // SAFETY: The device is valid while it is borrowed.
        let place = unsafe { bindings::pci_find_capability(self.raw().cast_mut(), id.into()) };
        Some(place.into()).filter(|place| *place != 0)
    }

    /// The C structure.
    fn raw(&self) -> *const bindings::pci_dev {
        // `Device` is transparent over it.
        core::ptr::from_ref(self.0).cast()
    }

    /// Where C finds `T` at `offset`. `EINVAL`: it is not aligned, or not all inside.
    fn place<T>(&self, offset: usize) -> Result<c_int> {
        let len = core::mem::size_of::<T>();
        let end = offset.checked_add(len).ok_or(EINVAL)?;
        if offset % len != 0 || end > self.size() {
            return Err(EINVAL);
        }
        Ok(c_int::try_from(offset)?)
    }
}

/// What C returned: 0, or the number of a BIOS error.
fn done(code: c_int) -> Result {
    const NOT_FOUND: c_int = bindings::PCIBIOS_DEVICE_NOT_FOUND as c_int;
    match code {
        0 => Ok(()),
        NOT_FOUND => Err(ENODEV),
        _ => Err(EIO),
    }
}

/// Accesses of a width, by functions of C.
macro_rules! accessors {
    ($($int:ty: $read:ident by $c_read:ident, $write:ident by $c_write:ident;)*) => {
        impl ConfigSpace<'_> {
            $(
                /// Reads what is at `offset`, a multiple of its size.
                ///
                /// # Errors
                ///
                /// `EINVAL`: the offset is not one. `ENODEV`, `EIO`: the device is not there any more, or cannot be asked. One
                /// that does not answer reads as all-ones.
                pub(crate) fn $read(&self, offset: usize) -> Result<$int> {
                    let place = self.place::<$int>(offset)?;
                    let mut value = 0;
                    // SAFETY: The device is valid while it is borrowed, and so is the place for the value.
                    done(unsafe { bindings::$c_read(self.raw(), place, &mut value) })?;
                    Ok(value)
                }

                /// Writes to `offset`, a multiple of the size.
                ///
                /// # Errors
                ///
                /// As for reading.
                pub(crate) fn $write(&self, offset: usize, value: $int) -> Result {
                    let place = self.place::<$int>(offset)?;
                    // SAFETY: The device is valid while it is borrowed.
                    done(unsafe { bindings::$c_write(self.raw(), place, value) })
                }
            )*
        }
    };
}

accessors! {
    u8: read8 by pci_read_config_byte, write8 by pci_write_config_byte;
    u16: read16 by pci_read_config_word, write16 by pci_write_config_word;
    u32: read32 by pci_read_config_dword, write32 by pci_write_config_dword;
}
