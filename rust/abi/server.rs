// SPDX-License-Identifier: GPL-2.0

//! The core's side of the seam: the exported symbols, and the sink as C sees it.

use super::{
    abi::raw::{
        self,
        VmcoreddData, //
    },
    devdump,
    format::manifest::until_nul, //
};
use kernel::{
    error::{
        from_err_ptr,
        from_result,
        to_result, //
    },
    ffi::{
        c_char,
        c_int,
        c_uint,
        c_void, //
    },
    prelude::*,
    str::CStr,
};

/// What a sink does; the meanings are those of [`super::abi::Sink`].
pub(crate) trait Backend {
    fn write(&mut self, bytes: &[u8]) -> Result;
    fn patch(&mut self, offset: usize, bytes: &[u8]) -> Result;
    fn len(&self) -> usize;
    fn remaining(&self) -> usize;
    fn ms_left(&self) -> u32;
    fn missing(&mut self, what: &[u8]);
    fn section(&mut self, name: &[u8], bytes: u64);
}

/// `EXPORT_SYMBOL()`, or `EXPORT_SYMBOL_GPL()` if `license` is `"GPL"`.
macro_rules! export_symbol {
    ($name:literal, $license:literal) => {
        core::arch::global_asm!(
            ".pushsection .export_symbol, \"a\"",
            concat!("__export_symbol_", $name, ":"),
            concat!(".asciz \"", $license, "\""),
            ".ascii \"\\0\"",
            ".balign 8",
            concat!(".quad ", $name),
            ".popsection",
        );
    };
}

/// A driver's callback for a buffer of fixed size.
pub(crate) struct Classic {
    data: *mut VmcoreddData,
    callback: raw::Fill,
}

impl Classic {
    /// Has the driver fill `buf`, which is as large as it asked for; what it returns, which is 0 if all is well.
    pub(crate) fn fill(&mut self, buf: &mut [u8]) -> c_int {
        // SAFETY: The callback is called as its type says, with a buffer of the size that was asked for; `data` is still valid,
        // as `vmcore_add_device_dump()` requires.
        unsafe { (self.callback)(self.data, buf.as_mut_ptr().cast()) }
    }
}

/// Same as the kernel's function of that name.
///
/// # Safety
///
/// `data` is null, or valid until this returns.
#[cfg(any(not(CONFIG_PROC_VMCORE_DEVICE_DUMP), beside_native))]
#[cfg_attr(not(beside_native), no_mangle)]
#[cfg_attr(beside_native, export_name = "devdump_add_device_dump")]
pub(crate) unsafe extern "C" fn vmcore_add_device_dump(data: *mut VmcoreddData) -> c_int {
    if data.is_null() {
        return EINVAL.to_errno();
    }
    // SAFETY: Not null, so valid by the precondition; copied, because the driver may write to it in its callback.
    let (name, size, callback) = unsafe { ((*data).dump_name, (*data).size, (*data).callback) };
    let Some(callback) = callback.filter(|_| size != 0 && name[0] != 0) else {
        return EINVAL.to_errno();
    };
    match devdump::add_classic(until_nul(&name), size as usize, Classic { data, callback }) {
        Ok(()) => 0,
        Err(failure) => failure.code,
    }
}

#[cfg(not(any(CONFIG_PROC_VMCORE_DEVICE_DUMP, beside_native)))]
export_symbol!("vmcore_add_device_dump", "");

#[cfg(beside_native)]
export_symbol!("devdump_add_device_dump", "");

/// A driver's callback that writes.
#[derive(Clone, Copy)]
pub(crate) struct Stream {
    collect: raw::Collect,
    ctx: *mut c_void,
}

// SAFETY: A driver that offers a dump lets the core call it on any thread. One that adds a dump is called on its own.
unsafe impl Send for Stream {}
// SAFETY: A shared reference can only be copied.
unsafe impl Sync for Stream {}

impl Stream {
    /// Has the driver write its dump to `backend`.
    pub(crate) fn collect(&mut self, backend: &mut dyn Backend) -> Result {
        let mut server = Server {
            raw: raw::Sink { ops: &SINK_OPS },
            backend,
        };
        // SAFETY: The callback is called as its type says, with the context that came with it; `raw` is the first
        // field of `server`, as `SINK_OPS` requires, and the pointer is derived from all of it.
        to_result(unsafe { (self.collect)(core::ptr::from_mut(&mut server).cast(), self.ctx) })
    }
}

/// See `include/vmcore_devdump.h`.
///
/// # Safety
///
/// `name` is null or a string; `collect` is null or can be called with `ctx`.
#[no_mangle]
pub(crate) unsafe extern "C" fn vmcore_devdump_stream(
    name: *const c_char,
    collect: Option<raw::Collect>,
    ctx: *mut c_void,
) -> c_int {
    from_result(|| {
        let collect = collect.ok_or(EINVAL)?;
        if name.is_null() {
            return Err(EINVAL);
        }
        // SAFETY: Not null, so a string by the precondition.
        let name = unsafe { CStr::from_char_ptr(name) };
        devdump::add_stream(name.to_bytes(), Stream { collect, ctx })?;
        Ok(0)
    })
}

export_symbol!("vmcore_devdump_stream", "GPL");

/// See `include/vmcore_devdump.h`.
///
/// # Safety
///
/// `name` is null or a string; `collect` is null or can be called with `ctx`, on any thread, until the offer is withdrawn.
#[no_mangle]
pub(crate) unsafe extern "C" fn vmcore_devdump_offer(
    name: *const c_char,
    collect: Option<raw::Collect>,
    ctx: *mut c_void,
) -> *mut raw::Offer {
    let offered = collect.filter(|_| !name.is_null()).ok_or(EINVAL);
    let offered = offered.and_then(|collect| {
        // SAFETY: Not null, so a string by the precondition.
        let name = unsafe { CStr::from_char_ptr(name) };
        devdump::Offered::new(name.to_bytes(), Stream { collect, ctx })
    });
    match offered {
        Ok(offered) => KBox::into_raw(offered).cast(),
        Err(error) => error.to_ptr(),
    }
}

export_symbol!("vmcore_devdump_offer", "GPL");

/// See `include/vmcore_devdump.h`.
///
/// # Safety
///
/// `offer` is what [`vmcore_devdump_offer`] has returned, an error, or null, and is not used any more.
#[no_mangle]
pub(crate) unsafe extern "C" fn vmcore_devdump_withdraw(offer: *mut raw::Offer) {
    if let Ok(offer) = from_err_ptr(offer.cast::<devdump::Offered>()) {
        if !offer.is_null() {
            // SAFETY: By the precondition, it is a box that was made above.
            drop(unsafe { KBox::from_raw(offer) });
        }
    }
}

export_symbol!("vmcore_devdump_withdraw", "GPL");

#[repr(C)]
struct Server<'a> {
    raw: raw::Sink,
    backend: &'a mut dyn Backend,
}

/// Each of these requires that `sink` is the start of a [`Server`], and that it's the only user.
static SINK_OPS: raw::SinkOps = raw::SinkOps {
    write,
    patch,
    len,
    remaining,
    ms_left,
    missing,
    section,
};

/// The `len` bytes at `buf`.
///
/// # Safety
///
/// They are valid for `'a`, or `len` is 0.
unsafe fn bytes<'a>(buf: *const c_void, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: By the precondition.
    unsafe { core::slice::from_raw_parts(buf.cast(), len) }
}

extern "C" fn write(sink: *mut raw::Sink, buf: *const c_void, len: usize) -> c_int {
    // SAFETY: `SINK_OPS` says what `sink` is; the driver vouches for `buf`.
    let (server, bytes) = unsafe { (&mut *sink.cast::<Server<'_>>(), bytes(buf, len)) };
    from_result(|| server.backend.write(bytes).map(|()| 0))
}

extern "C" fn patch(sink: *mut raw::Sink, offset: usize, buf: *const c_void, len: usize) -> c_int {
    // SAFETY: As in `write`.
    let (server, bytes) = unsafe { (&mut *sink.cast::<Server<'_>>(), bytes(buf, len)) };
    from_result(|| server.backend.patch(offset, bytes).map(|()| 0))
}

extern "C" fn len(sink: *const raw::Sink) -> usize {
    // SAFETY: `SINK_OPS` says what `sink` is.
    unsafe { &*sink.cast::<Server<'_>>() }.backend.len()
}

extern "C" fn remaining(sink: *const raw::Sink) -> usize {
    // SAFETY: `SINK_OPS` says what `sink` is.
    unsafe { &*sink.cast::<Server<'_>>() }.backend.remaining()
}

extern "C" fn ms_left(sink: *const raw::Sink) -> c_uint {
    // SAFETY: `SINK_OPS` says what `sink` is.
    unsafe { &*sink.cast::<Server<'_>>() }.backend.ms_left()
}

extern "C" fn missing(sink: *mut raw::Sink, what: *const c_void, len: usize) {
    // SAFETY: As in `write`.
    let (server, what) = unsafe { (&mut *sink.cast::<Server<'_>>(), bytes(what, len)) };
    server.backend.missing(what);
}

extern "C" fn section(sink: *mut raw::Sink, name: *const c_void, len: usize, size: u64) {
    // SAFETY: As in `write`.
    let (server, name) = unsafe { (&mut *sink.cast::<Server<'_>>(), bytes(name, len)) };
    server.backend.section(name, size);
}
