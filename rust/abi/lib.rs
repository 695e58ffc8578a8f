// SPDX-License-Identifier: GPL-2.0

//! The seam between the core and the drivers that dump devices.
//!
//! A driver implements [`DeviceDump`] and calls [`register`] while it probes:
//!
//! ```ignore
//! struct Temperature<'a>(&'a Sensor);
//!
//! impl DeviceDump for Temperature<'_> {
//!     fn name(&self) -> &CStr {
//!         c"temperature"
//!     }
//!
//!     fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
//!         sink.write(&self.0.read()?.to_le_bytes())
//!     }
//! }
//!
//! abi::register(&mut Temperature(&sensor))?;
//! ```
//!
//! C header: `include/vmcore_devdump.h`

#![allow(dead_code)]

pub(crate) mod raw;

use kernel::{
    error::{
        from_result,
        to_result, //
    },
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
};

use core::marker::PhantomData;

/// Something that can write what its device looks like.
pub(crate) trait DeviceDump {
    /// The name of the dump: unique, 1 to 43 bytes.
    fn name(&self) -> &CStr;

    /// Writes the dump. Called once, in process context, while [`register`] runs.
    ///
    /// An error drops the dump; to keep a partial one, finish it and return `Ok`.
    fn collect(&mut self, sink: &mut Sink<'_>) -> Result;
}

/// Collects `dump` and adds it to `/proc/vmcore_devdump`.
///
/// Errors before collecting: `EINVAL` (name), `EEXIST` (a dump of that name is there), `EBUSY` (the file is open),
/// `ENOSPC` (the budget is used up). Then whatever `collect` returned, or again the second and third: others may be faster.
pub(crate) fn register<D: DeviceDump>(dump: &mut D) -> Result {
    extern "C" fn collect<D: DeviceDump>(sink: *mut raw::Sink, dump: *mut c_void) -> c_int {
        // SAFETY: `register` passed this pointer along with this function, and its `&mut D` is not used before it
        // gets it back.
        let dump = unsafe { &mut *dump.cast::<D>() };
        let mut sink = Sink {
            raw: sink,
            _core: PhantomData,
        };
        from_result(|| dump.collect(&mut sink).map(|()| 0))
    }

    // A copy, so that nothing refers to the dump while it is being collected.
    let mut name = [0u8; raw::NAME_LEN];
    let given = dump.name().to_bytes();
    if given.len() >= name.len() {
        return Err(EINVAL);
    }
    name[..given.len()].copy_from_slice(given);
    // SAFETY: `name` ends in a NUL and lives until the call returns; `collect` is called with `dump`, before then.
    to_result(unsafe {
        raw::vmcore_devdump_stream(
            name.as_ptr().cast(),
            Some(collect::<D>),
            core::ptr::from_mut(dump).cast(),
        )
    })
}

/// Where a dump is written to.
///
/// # Invariants
///
/// `raw` is a sink of the core that is valid for `'a`, and nobody else uses it.
pub(crate) struct Sink<'a> {
    raw: *mut raw::Sink,
    _core: PhantomData<&'a mut raw::Sink>,
}

impl Sink<'_> {
    fn ops(&self) -> &raw::SinkOps {
        // SAFETY: By the type invariant the sink is valid, and the core's table of functions is a constant.
        unsafe { &*(*self.raw).ops }
    }

    /// Appends `bytes`, all or nothing. `ENOSPC`: over budget. `ENOMEM`: no memory. What was written before stays.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result {
        // SAFETY: The sink is valid by the type invariant, `bytes` is valid for its length.
        to_result(unsafe { (self.ops().write)(self.raw, bytes.as_ptr().cast(), bytes.len()) })
    }

    /// Overwrites bytes from `offset` on that have been written before. `EINVAL`: they have not.
    pub(crate) fn patch(&mut self, offset: usize, bytes: &[u8]) -> Result {
        // SAFETY: As for `write`.
        to_result(unsafe {
            (self.ops().patch)(self.raw, offset, bytes.as_ptr().cast(), bytes.len())
        })
    }

    /// Bytes written.
    pub(crate) fn len(&self) -> usize {
        // SAFETY: The sink is valid by the type invariant.
        unsafe { (self.ops().len)(self.raw) }
    }

    /// Bytes that still fit into the budget.
    pub(crate) fn remaining(&self) -> usize {
        // SAFETY: The sink is valid by the type invariant.
        unsafe { (self.ops().remaining)(self.raw) }
    }

    /// Milliseconds until the dump should be finished; 0 when it is late. After as much time again, nothing can be written.
    pub(crate) fn ms_left(&self) -> u32 {
        // SAFETY: The sink is valid by the type invariant.
        unsafe { (self.ops().ms_left)(self.raw) }
    }

    /// Says that a part of the device is not in the dump, for the manifest: a word or two, which it keeps as far as there is
    /// room. The dump is partial then.
    pub(crate) fn missing(&mut self, what: &str) {
        // SAFETY: As for `write`.
        unsafe { (self.ops().missing)(self.raw, what.as_ptr().cast(), what.len()) }
    }
}
