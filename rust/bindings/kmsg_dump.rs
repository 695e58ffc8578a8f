// SPDX-License-Identifier: GPL-2.0

//! What the kernel has logged.
//!
//! C header: `include/linux/kmsg_dump.h`

use kernel::ffi::c_char;

/// Bytes that hold any message, with what is put in front of it: `PRINTK_MESSAGE_MAX`.
pub(crate) const MESSAGE_MAX: usize = 2048;

/// `struct kmsg_dump_iter`.
#[repr(C)]
struct Iter {
    cur_seq: u64,
    next_seq: u64,
}

#[cfg(layout)]
same_in_c! {
    struct kmsg_dump_iter = Iter {
        cur_seq = cur_seq,
        next_seq = next_seq,
    }
}

extern "C" {
    fn kmsg_dump_rewind(iter: *mut Iter);
    fn kmsg_dump_get_line(
        iter: *mut Iter,
        syslog: bool,
        line: *mut c_char,
        size: usize,
        len: *mut usize,
    ) -> bool;
}

/// The messages that were logged before this was made, from the oldest to the newest.
pub(crate) struct Messages(Iter);

impl Messages {
    pub(crate) fn new() -> Self {
        let mut iter = Iter {
            cur_seq: 0,
            next_seq: 0,
        };
        // SAFETY: A valid iterator.
        unsafe { kmsg_dump_rewind(&mut iter) };
        Self(iter)
    }

    /// Writes the next message into `buf`, each line of it with level and time in front; cut if there are fewer than [`MESSAGE_MAX`]
    /// bytes. Returns how many they were, and the number of the message since the kernel was booted; `None`: that was the last one.
    pub(crate) fn next(&mut self, buf: &mut [u8]) -> Option<(usize, u64)> {
        if self.0.cur_seq >= self.0.next_seq {
            return None;
        }
        let mut len = 0;
        // SAFETY: A valid iterator, and `buf` is valid for its length.
        let found = unsafe {
            kmsg_dump_get_line(
                &mut self.0,
                true,
                buf.as_mut_ptr().cast(),
                buf.len(),
                &mut len,
            )
        };
        // It has gone to the message after that.
        found.then_some((len.min(buf.len()), self.0.cur_seq.saturating_sub(1)))
    }
}
