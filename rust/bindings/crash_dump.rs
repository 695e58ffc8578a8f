// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/crash_dump.h`

/// `ELFCORE_ADDR_MAX`: no crashed kernel has left its headers.
const ELFCORE_ADDR_MAX: u64 = u64::MAX;

extern "C" {
    static elfcorehdr_addr: u64;
}

/// Whether this kernel was booted to save the memory of another one.
pub(crate) fn is_kdump_kernel() -> bool {
    // SAFETY: Written only while the kernel boots, before any module runs.
    unsafe { elfcorehdr_addr != ELFCORE_ADDR_MAX }
}
