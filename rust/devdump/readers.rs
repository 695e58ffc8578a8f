// SPDX-License-Identifier: GPL-2.0

//! How those ended who had the file open.
//!
//! If one failed, dumps may be why, and who comes next is likely to be the last to try: he gets the built-in content alone, until
//! somebody has succeeded with it.

use super::super::{
    bindings::task::{
        Ending,
        Process, //
    },
    format::manifest::until_nul,
};
use kernel::{
    prelude::*,
    str::BStr, //
};

/// So many are remembered; more of them at once are not those who save a vmcore.
const MOST: usize = 8;

/// Who has, or had, the file open.
struct Reader {
    process: Process,
    /// Bytes of dumps were copied to it.
    saw_dumps: bool,
}

pub(super) struct Readers {
    /// Those that run as far as is known, in the order in which they came.
    running: [Option<Reader>; MOST],
    /// Reading dumps failed.
    misread: bool,
    has_failed: bool,
}

impl Readers {
    pub(super) const fn new() -> Self {
        Self {
            running: [const { None }; MOST],
            misread: false,
            has_failed: false,
        }
    }

    /// Remembers the process that runs this. Whether it may see dumps.
    pub(super) fn admit(&mut self) -> bool {
        let had_failed = self.has_failed;
        self.look();
        if had_failed && !self.has_failed {
            pr_info!("a reader has succeeded: /proc/vmcore_devdump shows device dumps again\n");
        }
        self.remember(Process::current());
        !self.has_failed
    }

    /// Reading dumps failed with `error`.
    pub(super) fn misread(&mut self, error: Error) {
        pr_err!("reading device dumps failed ({error:?})\n");
        self.misread = true;
    }

    /// Bytes of dumps were copied to `process`.
    pub(super) fn sees_dumps(&mut self, process: &Process) {
        let mut readers = self.running.iter_mut().flatten();
        if let Some(reader) = readers.find(|it| it.process.is(process)) {
            reader.saw_dumps = true;
        }
    }

    fn look(&mut self) {
        let (mut failed, mut succeeded) = (core::mem::take(&mut self.misread), false);
        for place in &mut self.running {
            let ended = place
                .as_ref()
                .and_then(|it| Some((it, it.process.ending()?)));
            let Some((reader, ending)) = ended else {
                continue;
            };
            match ending {
                Ending::Status(0) => succeeded = true,
                // No dump was the reason: makedumpfile --dump-dmesg may fail of a log that it does not understand.
                Ending::Status(_) if !reader.saw_dumps => {}
                _ if ending.was_wanted() => {}
                _ => {
                    failed = true;
                    tell(&reader.process, ending);
                }
            }
            *place = None;
        }
        // Of several, the one that failed may have seen what the others have not.
        self.has_failed = failed || (self.has_failed && !succeeded);
    }

    fn remember(&mut self, process: Process) {
        let mut readers = self.running.iter().flatten();
        if readers.any(|it| it.process.is(&process)) {
            return;
        }
        let reader = Some(Reader {
            process,
            saw_dumps: false,
        });
        if let Some(place) = self.running.iter_mut().find(|place| place.is_none()) {
            *place = reader;
            return;
        }
        self.running.rotate_left(1);
        if let Some(last) = self.running.last_mut() {
            *last = reader;
        }
    }
}

fn tell(process: &Process, ending: Ending) {
    let name = process.name();
    let (what, number) = match ending {
        Ending::Status(status) => ("exit status", status),
        Ending::Signal(signal) => ("signal", signal),
    };
    pr_warn!(
        "the last reader failed ({}, pid {}, {what} {number}): /proc/vmcore_devdump is as /proc/vmcore was, until one succeeds\n",
        BStr::from_bytes(until_nul(&name)),
        process.pid()
    );
}
