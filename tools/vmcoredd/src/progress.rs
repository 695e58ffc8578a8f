// SPDX-License-Identifier: GPL-2.0

//! A line on the terminal, when reading takes longer than a second.

use std::{
    cell::RefCell,
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

const QUIET: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);

struct Meter {
    bytes: u64,
    next: Instant,
    shown: bool,
}

thread_local! {
    /// `None`: nobody would see it.
    static METER: RefCell<Option<Meter>> = RefCell::new(std::io::stderr().is_terminal().then(|| Meter {
        bytes: 0,
        next: Instant::now() + QUIET,
        shown: false,
    }));
}

/// So many bytes more were read.
pub fn advance(bytes: u64) {
    METER.with_borrow_mut(|meter| {
        let Some(meter) = meter else { return };
        meter.bytes = meter.bytes.saturating_add(bytes);
        let now = Instant::now();
        if now >= meter.next {
            meter.next = now + PAUSE;
            meter.shown = true;
            // A terminal that does not take it is no reason to stop.
            let _ = write!(std::io::stderr(), "\r{} MiB read\x1b[K", meter.bytes >> 20);
        }
    });
}

/// Takes the line away: there is something to say.
pub fn clear() {
    METER.with_borrow_mut(|meter| {
        if let Some(meter) = meter {
            if std::mem::take(&mut meter.shown) {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        }
    });
}

/// Says on stderr what is wrong.
pub fn complain(what: std::fmt::Arguments<'_>) {
    clear();
    eprintln!("vmcoredd: {what}");
}
