// SPDX-License-Identifier: GPL-2.0

//! How processes end.
//!
//! C headers: `include/linux/sched.h`, `include/linux/sched/signal.h`

use kernel::{
    bindings,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic, //
        },
    },
    task::Task,
};

/// Bytes of a process's name.
const NAME_LEN: usize = 16;

/// A process that may have ended long ago.
pub(crate) struct Process(ARef<Task>);

/// What its parent gets to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Status(i32),
    Signal(i32),
}

impl Ending {
    /// Whether nobody wanted its output any more, or somebody told it to stop.
    pub(crate) fn was_wanted(self) -> bool {
        const PIPE: i32 = bindings::SIGPIPE as i32;
        const INT: i32 = bindings::SIGINT as i32;

        matches!(self, Self::Signal(PIPE | INT))
    }
}

impl Process {
    /// The one that runs this.
    pub(crate) fn current() -> Self {
        Self(current!().group_leader().into())
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        core::ptr::eq(&*self.0, &*other.0)
    }

    pub(crate) fn pid(&self) -> i32 {
        self.0.pid()
    }

    /// How it ended; `None`: a thread of it runs.
    pub(crate) fn ending(&self) -> Option<Ending> {
        // SAFETY: A task keeps what its process shares for as long as there is a reference to the task.
        let signal = unsafe { (*self.0.as_ptr()).signal };
        // SAFETY: As before; others change the count atomically only.
        let live = unsafe { Atomic::from_ptr(&raw mut (*signal).live.counter) };
        if live.load(Acquire) != 0 {
            return None;
        }
        // The last thread has stored it before it stopped to count, also if the first one ended earlier or in another way.
        // SAFETY: As before; nobody changes it any more.
        let code = unsafe { (*signal).group_exit_code };
        Some(match code & 0x7f {
            0 => Ending::Status(code >> 8 & 0xff),
            signal => Ending::Signal(signal),
        })
    }

    /// The name of one that has ended.
    pub(crate) fn name(&self) -> [u8; NAME_LEN] {
        // SAFETY: The task is valid. Were it to run, and change its name meanwhile, this were a name all the same.
        unsafe {
            (&raw const (*self.0.as_ptr()).comm)
                .cast::<[u8; NAME_LEN]>()
                .read_volatile()
        }
    }
}
