// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/sort.h`

use kernel::ffi::{
    c_int,
    c_void, //
};

use core::cmp::Ordering;

type Compare = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;

extern "C" {
    fn sort(
        base: *mut c_void,
        num: usize,
        size: usize,
        compare: Compare,
        swap: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, c_int)>,
    );
}

/// What can be sorted.
pub(crate) trait Sortable: Copy {
    fn compare(&self, other: &Self) -> Ordering;
}

/// Sorts `items` as the kernel does. Not stable: equal items end in the same order as in the C driver, given the same items.
pub(crate) fn sort_items<T: Sortable>(items: &mut [T]) {
    extern "C" fn compare<T: Sortable>(a: *const c_void, b: *const c_void) -> c_int {
        // SAFETY: `sort()` compares items of the slice.
        let (a, b) = unsafe { (&*a.cast::<T>(), &*b.cast::<T>()) };
        a.compare(b) as c_int
    }

    // SAFETY: The items may be moved byte by byte, and `compare` is for their type.
    unsafe {
        sort(
            items.as_mut_ptr().cast(),
            items.len(),
            core::mem::size_of::<T>(),
            compare::<T>,
            None,
        )
    };
}
