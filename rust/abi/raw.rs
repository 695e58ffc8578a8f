// SPDX-License-Identifier: GPL-2.0

//! C shapes of the seam: what `include/vmcore_devdump.h` and `<linux/crash_dump.h>` declare.

use kernel::ffi::{
    c_char,
    c_int,
    c_uint,
    c_void, //
};

/// `VMCOREDD_MAX_NAME_BYTES`.
pub(crate) const NAME_LEN: usize = 44;

/// `struct vmcoredd_data`.
#[repr(C)]
pub(crate) struct VmcoreddData {
    pub(crate) dump_name: [u8; NAME_LEN],
    pub(crate) size: c_uint,
    pub(crate) callback: Option<Fill>,
}

pub(crate) type Fill = unsafe extern "C" fn(data: *mut VmcoreddData, buf: *mut c_void) -> c_int;

/// `struct vmcore_devdump_sink`: the core's own state follows.
#[repr(C)]
pub(crate) struct Sink {
    pub(crate) ops: *const SinkOps,
}

/// `struct vmcore_devdump_sink_ops`.
#[repr(C)]
pub(crate) struct SinkOps {
    pub(crate) write:
        unsafe extern "C" fn(sink: *mut Sink, buf: *const c_void, len: usize) -> c_int,
    pub(crate) patch: unsafe extern "C" fn(
        sink: *mut Sink,
        offset: usize,
        buf: *const c_void,
        len: usize,
    ) -> c_int,
    pub(crate) len: unsafe extern "C" fn(sink: *const Sink) -> usize,
    pub(crate) remaining: unsafe extern "C" fn(sink: *const Sink) -> usize,
    pub(crate) ms_left: unsafe extern "C" fn(sink: *const Sink) -> c_uint,
    pub(crate) missing: unsafe extern "C" fn(sink: *mut Sink, what: *const c_void, len: usize),
    pub(crate) section:
        unsafe extern "C" fn(sink: *mut Sink, name: *const c_void, len: usize, bytes: u64),
}

/// `struct vmcore_devdump_offer`.
#[repr(C)]
pub(crate) struct Offer {
    _opaque: [u8; 0],
}

pub(crate) type Collect = unsafe extern "C" fn(sink: *mut Sink, ctx: *mut c_void) -> c_int;

#[cfg(layout)]
same_in_c! {
    const VMCOREDD_MAX_NAME_BYTES = NAME_LEN;
}

#[cfg(layout)]
same_in_c! {
    struct vmcoredd_data = VmcoreddData {
        dump_name = dump_name,
        size = size,
        vmcoredd_callback = callback,
    }
    struct vmcore_devdump_sink = Sink {
        ops = ops,
    }
    struct vmcore_devdump_sink_ops = SinkOps {
        write = write,
        patch = patch,
        len = len,
        remaining = remaining,
        ms_left = ms_left,
        missing = missing,
        section = section,
    }
}

extern "C" {
    pub(crate) fn vmcore_devdump_stream(
        name: *const c_char,
        collect: Option<Collect>,
        ctx: *mut c_void,
    ) -> c_int;
    pub(crate) fn vmcore_devdump_offer(
        name: *const c_char,
        collect: Option<Collect>,
        ctx: *mut c_void,
    ) -> *mut Offer;
    pub(crate) fn vmcore_devdump_withdraw(offer: *mut Offer);
}
