// SPDX-License-Identifier: GPL-2.0

//! How much was read, for whoever wants to know.

use std::cell::Cell;

thread_local! {
    static LISTENER: Cell<Option<fn(u64)>> = const { Cell::new(None) };
}

/// From now on, `listener` is told of the bytes that this thread reads, some at a time.
pub fn on_progress(listener: fn(u64)) {
    LISTENER.set(Some(listener));
}

/// So many bytes more were read.
pub fn advance(bytes: u64) {
    if let Some(listener) = LISTENER.get() {
        listener(bytes);
    }
}
