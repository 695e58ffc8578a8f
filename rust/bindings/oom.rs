// SPDX-License-Identifier: GPL-2.0

//! Memory for a kernel that would have to kill somebody for it.
//!
//! C header: `include/linux/oom.h`

use kernel::{
    bindings,
    error::to_result,
    ffi::{
        c_int,
        c_ulong,
        c_void, //
    },
    prelude::*,
    types::Opaque,
};

use core::marker::PhantomData;

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
extern "C" {
    fn register_oom_notifier(block: *mut bindings::notifier_block) -> c_int;
    fn unregister_oom_notifier(block: *mut bindings::notifier_block) -> c_int;
}

/// Who has something to give.
pub(crate) trait GiveUp {
    /// Frees some pages; how many. Whoever needs them waits, and may hold any lock that memory is taken under: only take such
    /// under which it is not.
    fn give_up() -> usize;
}

/// Has `T` asked each time before somebody is killed, until it is dropped.
///
/// # Invariants
///
/// The block is registered.
pub(crate) struct OomNotifier<T> {
    block: KBox<Opaque<bindings::notifier_block>>,
    _giver: PhantomData<T>,
}

// SAFETY: What is registered may be taken back by any thread.
unsafe impl<T> Send for OomNotifier<T> {}
// SAFETY: A shared reference can do nothing.
unsafe impl<T> Sync for OomNotifier<T> {}

impl<T: GiveUp> OomNotifier<T> {
    pub(crate) fn register() -> Result<Self> {
        let block = bindings::notifier_block {
            notifier_call: Some(notify::<T>),
            next: core::ptr::null_mut(),
            priority: 0,
        };
        let block = KBox::new(Opaque::new(block), GFP_KERNEL)?;
        // SAFETY: The block stays where it is until `drop` takes it back.
        to_result(unsafe { register_oom_notifier(block.get()) })?;
        // INVARIANT: It was just registered.
        Ok(Self {
            block,
            _giver: PhantomData,
        })
    }
}

impl<T> Drop for OomNotifier<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant. It waits until nobody is being asked.
        unsafe { unregister_oom_notifier(self.block.get()) };
    }
}

extern "C" fn notify<T: GiveUp>(
    _block: *mut bindings::notifier_block,
    _action: c_ulong,
    freed: *mut c_void,
) -> c_int {
    // SAFETY: Those of this chain are handed the number of pages that were freed so far, and called one after the other.
    let freed = unsafe { &mut *freed.cast::<c_ulong>() };
    *freed = freed.saturating_add(T::give_up() as c_ulong);
    bindings::NOTIFY_OK as c_int
}
