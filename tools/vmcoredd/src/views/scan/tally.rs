// SPDX-License-Identifier: GPL-2.0

//! Counts, for whoever waits at a terminal.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use super::rows::{Row, State, What};
use crate::views::messages::{clear, say};

const PAUSE: Duration = Duration::from_millis(200);

pub struct Tally {
    started: Instant,
    /// When the line was last shown, if anybody sees it.
    shown: Option<Instant>,
    files: BTreeMap<&'static str, u64>,
    dumps: u64,
    sound: bool,
}

impl Tally {
    pub fn new() -> Self {
        let started = Instant::now();
        Self {
            started,
            shown: std::io::stderr().is_terminal().then_some(started),
            files: BTreeMap::new(),
            dumps: 0,
            sound: true,
        }
    }

    pub fn add(&mut self, rows: &[Row]) {
        for row in rows {
            match row.what {
                What::File => {
                    let state = row.file.state;
                    *self.files.entry(state.name()).or_default() += 1;
                    self.sound &= matches!(state, State::Ok | State::Foreign);
                }
                What::Dump => self.dumps += 1,
                What::Finding(_) | What::Register(_) => {}
            }
        }
        if self.shown.is_some_and(|shown| shown.elapsed() >= PAUSE) {
            self.shown = Some(Instant::now());
            // A terminal that does not take it is no reason to stop.
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", self.words());
        }
    }

    /// Whether all could be read that is a vmcore.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    fn words(&self) -> String {
        let states = self.files.iter();
        let states: Vec<_> = states
            .map(|(state, files)| format!("{files} {state}"))
            .collect();
        let files: u64 = self.files.values().sum();
        let states = match states.is_empty() {
            true => String::new(),
            false => format!(" ({})", states.join(", ")),
        };
        format!("{files} files{states}, {} dumps", self.dumps)
    }

    /// All in all.
    pub fn report(&self, read: u64) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
        clear();
        say(format_args!(
            "{}, {} MiB read, {:.1} s",
            self.words(),
            read.div_ceil(1 << 20),
            self.started.elapsed().as_secs_f64()
        ));
    }
}
