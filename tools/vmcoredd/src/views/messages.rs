// SPDX-License-Identifier: GPL-2.0

//! Standard error: what is wrong, and, on a terminal, a line that says how far it is when reading takes longer than a second.

use std::{
    cell::RefCell,
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use crate::input;

const QUIET: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);

struct Meter {
    bytes: u64,
    next: Instant,
    shown: bool,
}

thread_local! {
    static METER: RefCell<Option<Meter>> = const { RefCell::new(None) };
}

/// From now on, says how much was read, if somebody would see it.
pub fn show_progress() {
    if !std::io::stderr().is_terminal() {
        return;
    }
    METER.set(Some(Meter {
        bytes: 0,
        next: Instant::now() + QUIET,
        shown: false,
    }));
    input::on_progress(advance);
}

/// So many bytes more were read.
fn advance(bytes: u64) {
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

/// See [`complain!`].
pub fn say(what: std::fmt::Arguments<'_>) {
    clear();
    // If nobody listens, the exit status says it.
    let _ = writeln!(std::io::stderr(), "vmcoredd: {what}");
}

/// Says on stderr what is wrong.
macro_rules! complain {
    ($($what:tt)*) => {
        $crate::views::messages::say(format_args!($($what)*))
    };
}
pub(crate) use complain;
