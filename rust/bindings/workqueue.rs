// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/workqueue.h`

use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    bindings, impl_has_work, new_work,
    prelude::*,
    workqueue::{
        Queue,
        Work,
        WorkItem, //
    },
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

    /// Has `what` done beside what they do already. `ENOMEM`: there is no memory for that.
    pub(crate) fn start(&self, what: impl FnOnce() + Send + 'static) -> Result {
        // SAFETY: By the type invariant, and it lasts until `drop()`.
        let queue = unsafe { Queue::from_raw(self.0.as_ptr()) };
        let job = pin_init!(Job {
            work <- new_work!("device_dumps"),
            what: Some(what),
        });
        queue.enqueue(KBox::pin_init(job, GFP_NOWAIT | __GFP_NOWARN)?);
        Ok(())
    }
}

/// What is to be done once. `Queue::try_spawn()` has the same, with one lock class for all modules and a name of it in each: lockdep
/// takes that for damage.
#[pin_data]
struct Job<T> {
    #[pin]
    work: Work<Job<T>>,
    what: Option<T>,
}

impl_has_work! {
    impl{T} HasWork<Self> for Job<T> { self.work }
}

impl<T: FnOnce() + Send> WorkItem for Job<T> {
    type Pointer = Pin<KBox<Self>>;

    fn run(mut job: Self::Pointer) {
        // SAFETY: `what` is moved out of it; nothing that is pinned is.
        let what = unsafe { job.as_mut().get_unchecked_mut() }.what.take();
        if let Some(what) = what {
            what();
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // SAFETY: By the type invariant nobody can queue anything any more. It returns after the last of the work has, so that no
        // code of this module runs there.
        unsafe { bindings::destroy_workqueue(self.0.as_ptr()) };
    }
}
