// SPDX-License-Identifier: GPL-2.0

//! Files that the kernel reads by itself, and whether it may do what they ask for.
//!
//! C headers: `include/linux/firmware.h`, `include/linux/namei.h`, `include/linux/security.h`

use super::pci_functions::Function;
use kernel::{
    bindings,
    error::to_result,
    ffi::{
        c_char,
        c_int,
        c_uint, //
    },
    prelude::*, //
};

use core::ptr::NonNull;

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn kern_path(name: *const c_char, flags: c_uint, path: *mut bindings::path) -> c_int;
}

/// Whether there is a file at `path`. Debian's kernels log an error for each folder in which their loader finds none.
pub(crate) fn is_there(path: &CStr) -> bool {
    let mut found = bindings::path::default();
    // SAFETY: A valid string and a place for the result.
    let result = unsafe { kern_path(path.as_char_ptr(), 0, &mut found) };
    if result == 0 {
        // SAFETY: `kern_path()` took a reference.
        unsafe { bindings::path_put(&found) };
    }
    result == 0
}

/// A file, in memory.
///
/// # Invariants
///
/// The firmware loader has read it for us.
pub(crate) struct Firmware(NonNull<bindings::firmware>);

impl Firmware {
    /// Reads the file `name` in the folders of the firmware loader, and asks nobody else for it. `ENOENT`: there is none.
    /// `function`: any, for the log.
    #[cfg(CONFIG_FW_LOADER)]
    pub(crate) fn read(name: &CStr, function: &Function) -> Result<Self> {
        let mut found = core::ptr::null();
        // SAFETY: A string, a device, and a place for the result.
        to_result(unsafe {
            bindings::request_firmware_direct(&mut found, name.as_char_ptr(), function.device())
        })?;
        // INVARIANT: It has just been read.
        NonNull::new(found.cast_mut()).map(Self).ok_or(ENOENT)
    }

    /// There is no such loader.
    #[cfg(not(CONFIG_FW_LOADER))]
    pub(crate) fn read(_name: &CStr, _function: &Function) -> Result<Self> {
        Err(ENOENT)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: By the type invariant it is valid, and so are the bytes; an empty file may have none.
        unsafe {
            let firmware = self.0.as_ref();
            match firmware.data.is_null() {
                true => &[],
                false => core::slice::from_raw_parts(firmware.data, firmware.size),
            }
        }
    }
}

impl Drop for Firmware {
    fn drop(&mut self) {
        #[cfg(CONFIG_FW_LOADER)]
        // SAFETY: By the type invariant.
        unsafe {
            bindings::release_firmware(self.0.as_ptr())
        };
    }
}

/// Whether user space may not access PCI devices: what it has asked for is not to be done then.
pub(crate) fn pci_is_locked_down() -> bool {
    #[cfg(CONFIG_SECURITY)]
    // SAFETY: No precondition.
    let is = unsafe {
        bindings::security_locked_down(bindings::lockdown_reason_LOCKDOWN_PCI_ACCESS) != 0
    };
    #[cfg(not(CONFIG_SECURITY))]
    let is = false;
    is
}
