// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/pci.h`

use kernel::{
    bindings,
    device::Bound,
    ffi::c_void,
    pci::Device, //
};

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn pci_read_vpd(
        dev: *mut bindings::pci_dev,
        pos: kernel::ffi::c_longlong,
        count: usize,
        buf: *mut c_void,
    ) -> isize;
}

/// Reads vital product data. Returns whether all of it could be read.
pub(crate) fn read_vpd(device: &Device<Bound>, position: u32, bytes: &mut [u8]) -> bool {
    let raw = core::ptr::from_ref(device).cast_mut().cast();
    // SAFETY: `Device` is transparent over `struct pci_dev`, which is valid while it's bound, and there is room for `bytes`.
    let read =
        unsafe { pci_read_vpd(raw, position.into(), bytes.len(), bytes.as_mut_ptr().cast()) };
    usize::try_from(read) == Ok(bytes.len())
}
