// SPDX-License-Identifier: GPL-2.0

//! Dumps that are collected while somebody reads them, and so may be as large as they are.

use super::{
    collect,
    copied,
    raw,
    DeviceDump, //
};
use kernel::{
    error::from_err_ptr,
    prelude::*, //
};

use core::ptr::NonNull;

/// A dump that is offered as `/proc/vmcore_devices/<name>`, until it is dropped.
///
/// Each time that somebody reads the file, [`DeviceDump::collect`] is called, once at a time, on a thread of the core. What it writes
/// is in a buffer of 128 KiB until it's read, and writing waits meanwhile. If the reader has gone, or this is being dropped, writing
/// fails with `EPIPE`: put the device back and return. [`Sink::ms_left`](super::Sink::ms_left) is that for a step, which writing
/// begins anew.
///
/// # Invariants
///
/// `raw` is an offer of the core with `dump`, which is a box that nobody else uses.
pub(crate) struct Offer<D: DeviceDump + Send> {
    /// The core's.
    raw: NonNull<raw::Offer>,
    /// Ours.
    dump: NonNull<D>,
}

// SAFETY: An offer may be withdrawn by any thread, and the dump is used by threads of the core already.
unsafe impl<D: DeviceDump + Send> Send for Offer<D> {}

impl<D: DeviceDump + Send> Offer<D> {
    /// Offers `dump`.
    ///
    /// # Errors
    ///
    /// - `EINVAL`: the name is empty, too long, or not that of a file.
    /// - `EEXIST`: a dump of that name is offered.
    /// - `ENOMEM`
    pub(crate) fn new(dump: D) -> Result<Self> {
        let name = copied(dump.name());
        let dump = KBox::into_raw(KBox::new(dump, GFP_KERNEL)?);
        // SAFETY: `name` ends in a NUL and lives until the call returns; `collect` is for a `D`, and this one is valid until the offer
        // is withdrawn.
        let raw = unsafe {
            raw::vmcore_devdump_offer(name.as_ptr().cast(), Some(collect::<D>), dump.cast())
        };
        let offered = from_err_ptr(raw).and_then(|raw| NonNull::new(raw).ok_or(EINVAL));
        match offered.and_then(|raw| Ok((raw, NonNull::new(dump).ok_or(EINVAL)?))) {
            // INVARIANT: The core has taken it.
            Ok((raw, dump)) => Ok(Self { raw, dump }),
            Err(error) => {
                // SAFETY: It was a box, and the core has not taken it.
                drop(unsafe { KBox::from_raw(dump) });
                Err(error)
            }
        }
    }
}

impl<D: DeviceDump + Send> Drop for Offer<D> {
    /// Waits for a collection to end, which has nobody to write for any more.
    fn drop(&mut self) {
        // SAFETY: By the type invariant; the core does not use the dump any more when it returns.
        unsafe {
            raw::vmcore_devdump_withdraw(self.raw.as_ptr());
            drop(KBox::from_raw(self.dump.as_ptr()));
        }
    }
}
