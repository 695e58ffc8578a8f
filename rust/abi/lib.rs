// SPDX-License-Identifier: GPL-2.0

//! The seam between the core and the drivers that dump devices.
//!
//! A driver implements [`DeviceDump`] and calls [`register`] while it probes. `samples/edu_dump.rs` is a whole one, and what to
//! start from; it has no `unsafe`, and needs none. Drivers take this folder as a module: `#[path = "…/rust/abi/lib.rs"] mod abi;`
//!
//! C header: `include/vmcore_devdump.h`; for people: `Documentation/driver-api.rst`

// No driver uses all of it.
#![allow(dead_code)]
#![warn(clippy::missing_docs_in_private_items)]

pub(crate) mod offer;
#[cfg(CONFIG_PCI)]
pub(crate) mod pci;
#[allow(clippy::missing_docs_in_private_items)]
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

/// A device, or a part of it, that can be dumped.
pub(crate) trait DeviceDump {
    /// The name of the dump: 1 to 43 bytes, which no other stream has. [`pci::dump_name`] makes one that is.
    fn name(&self) -> &CStr;

    /// Writes the dump. Called at most once by [`register`], and by an [offer](offer::Offer) each time that somebody reads it; in
    /// process context and without any lock held: it may sleep, and register further dumps.
    ///
    /// # Errors
    ///
    /// Any; it drops the dump and is what [`register`] returns. To keep what there is, finish it, say what is
    /// [missing](Sink::missing) and return `Ok`.
    fn collect(&mut self, sink: &mut Sink<'_>) -> Result;
}

/// Collects `dump` and adds it to `/proc/vmcore_devdump`, where it stays until all dumps are dropped.
///
/// # Errors
///
/// Before collecting:
/// - `EINVAL`: the name is empty or too long.
/// - `EEXIST`: there is a dump of that name.
/// - `EBUSY`: the file is open.
/// - `ENOSPC`: no page is left of what all dumps may take.
/// - `ETIME`: the time of all dumps is over.
///
/// After it: what `collect` returned, `ENOMEM`, or again `EEXIST` and `EBUSY`, if somebody was faster meanwhile. The core logs them
/// all and has them in the manifest: a driver need not.
pub(crate) fn register<D: DeviceDump>(dump: &mut D) -> Result {
    let name = copied(dump.name());
    // SAFETY: `name` ends in a NUL and lives until the call returns; `collect` is called with `dump`, before then.
    to_result(unsafe {
        raw::vmcore_devdump_stream(
            name.as_ptr().cast(),
            Some(collect::<D>),
            core::ptr::from_mut(dump).cast(),
        )
    })
}

/// A copy of a name, so that nothing refers to the dump while it is being collected. One that is too long stays that, for the core
/// to record it.
fn copied(name: &CStr) -> [u8; raw::NAME_LEN + 1] {
    let mut copy = [0u8; raw::NAME_LEN + 1];
    let (start, _nul) = copy.split_at_mut(raw::NAME_LEN);
    for (to, from) in start.iter_mut().zip(name.to_bytes_with_nul()) {
        *to = *from;
    }
    copy
}

/// What the core calls.
extern "C" fn collect<D: DeviceDump>(sink: *mut raw::Sink, dump: *mut c_void) -> c_int {
    // SAFETY: Whoever passed this function to the core has passed a `D` with it, and does not use that before the core is done.
    let dump = unsafe { &mut *dump.cast::<D>() };
    let mut sink = Sink {
        raw: sink,
        _core: PhantomData,
    };
    from_result(|| dump.collect(&mut sink).map(|()| 0))
}

/// Where a dump is written to: a sequence of bytes that grows.
///
/// # Invariants
///
/// `raw` is a sink of the core that is valid for `'a`, and nobody else uses it.
pub(crate) struct Sink<'a> {
    /// The core's.
    raw: *mut raw::Sink,
    /// It lends it.
    _core: PhantomData<&'a mut raw::Sink>,
}

impl Sink<'_> {
    /// What the core does with it.
    fn ops(&self) -> &raw::SinkOps {
        // SAFETY: By the type invariant the sink is valid, and the core's table of functions is a constant.
        unsafe { &*(*self.raw).ops }
    }

    /// Appends `bytes`, all or nothing. What was written before stays.
    ///
    /// # Errors
    ///
    /// - `ENOSPC`: the limit for this dump, or for all of them, is reached.
    /// - `ENOMEM`: no page was free.
    /// - `ETIME`: [`Sink::ms_left`] has been 0 for as long as the dump may take, or the time of all dumps has been over for 2 s.
    ///
    /// The dump is partial then, even if `collect` returns `Ok`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result {
        // SAFETY: The sink is valid by the type invariant, `bytes` is valid for its length.
        to_result(unsafe { (self.ops().write)(self.raw, bytes.as_ptr().cast(), bytes.len()) })
    }

    /// Overwrites what was written, from `offset` bytes behind its start on: for headers that count what follows. Takes no memory,
    /// and works however late it is.
    ///
    /// # Errors
    ///
    /// `EINVAL`: so many bytes were not written; none is changed.
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

    /// Bytes that limits would let in now. Other dumps share them, and memory may run out earlier: not a promise.
    pub(crate) fn remaining(&self) -> usize {
        // SAFETY: The sink is valid by the type invariant.
        unsafe { (self.ops().remaining)(self.raw) }
    }

    /// Milliseconds until the dump should be finished, or all dumps, whichever is earlier; 0 when it is late: leave out what is not
    /// worth the wait. After as much time again as the dump may take, or 2 s after that of all dumps, [`Sink::write`] fails.
    pub(crate) fn ms_left(&self) -> u32 {
        // SAFETY: The sink is valid by the type invariant.
        unsafe { (self.ops().ms_left)(self.raw) }
    }

    /// Says that a part of the device is not in the dump, in a word or two for the manifest, which has room for 104 bytes of all of
    /// them together; what does not fit becomes "...". The dump is partial then.
    pub(crate) fn missing(&mut self, what: &str) {
        // SAFETY: As for `write`.
        unsafe { (self.ops().missing)(self.raw, what.as_ptr().cast(), what.len()) }
    }

    /// Says that a section begins or goes on, and how many bytes of it come, 0 if that is not known: for who watches, and for who gets
    /// a dump that was cut short. It's a new step for [`Sink::ms_left`] of an [offer](offer::Offer). A note does without.
    pub(crate) fn section(&mut self, name: &str, bytes: u64) {
        // SAFETY: As for `write`.
        unsafe { (self.ops().section)(self.raw, name.as_ptr().cast(), name.len(), bytes) }
    }
}
