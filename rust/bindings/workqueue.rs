// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/workqueue.h`

use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    bindings,
    prelude::*,
    workqueue::Queue, //
};

use core::ptr::NonNull;

/// Threads. Dropping it waits until all that they were given is done.
///
/// # Invariants
///
/// A workqueue that was made here, and that nobody else knows.
pub(crate) struct Threads(NonNull<bindings::workqueue_struct>);

// SAFETY: A workqueue may be destroyed by any thread.
unsafe impl Send for Threads {}
// SAFETY: Any thread may queue work.
unsafe impl Sync for Threads {}

impl Threads {
    /// `ENOMEM`: there is no memory for them.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The format is a string without arguments.
        let queue = unsafe {
            bindings::alloc_workqueue_noprof(
                c"device_dumps".as_char_ptr(),
                bindings::wq_flags_WQ_UNBOUND,
                0,
            )
        };
        // INVARIANT: It has just been made.
        NonNull::new(queue).map(Self).ok_or(ENOMEM)
    }

    /// Has `work` done beside what they do already. `ENOMEM`: there is no memory for that.
    pub(crate) fn start(&self, work: impl FnOnce() + Send + 'static) -> Result {
        // SAFETY: By the type invariant, and it lasts until `drop()`.
        let queue = unsafe { Queue::from_raw(self.0.as_ptr()) };
        Ok(queue.try_spawn(GFP_NOWAIT | __GFP_NOWARN, work)?)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // SAFETY: By the type invariant nobody can queue anything any more. It returns after the last of the work has, so that no
        // code of this module runs there.
        unsafe { bindings::destroy_workqueue(self.0.as_ptr()) };
    }
}
