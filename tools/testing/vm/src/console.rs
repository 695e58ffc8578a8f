// SPDX-License-Identifier: GPL-2.0

//! Retells what matters of a guest's console while it runs.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        Arc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Lines to be told, from there on.
const TOLD: [&str; 6] = [
    "Linux version ",
    "Run /init",
    "Kernel panic",
    "vmcore_devdump: /proc",
    "vmcore_devdump: cxgb4",
    "cxgb4_dump 0000",
];

/// A thread that watches the console.
pub struct Watch {
    thread: JoinHandle<()>,
    ended: Arc<AtomicBool>,
}

impl Watch {
    pub fn start(serial_log: &Path, since: Instant) -> Self {
        // What is there is from an earlier run.
        let _ = std::fs::remove_file(serial_log);
        let ended = Arc::new(AtomicBool::new(false));
        let (path, stop) = (serial_log.to_owned(), ended.clone());
        Self {
            thread: thread::spawn(move || watch(path, since, &stop)),
            ended,
        }
    }

    pub fn stop(self) {
        self.ended.store(true, Relaxed);
        // If it has panicked, that has been told.
        let _ = self.thread.join();
    }
}

fn watch(path: PathBuf, since: Instant, ended: &AtomicBool) {
    let mut line = Vec::new();
    let mut log = None;
    loop {
        // Before looking, so that the last lines are not missed.
        let last = ended.load(Relaxed);
        if log.is_none() {
            log = File::open(&path).map(BufReader::new).ok();
        }
        if let Some(log) = &mut log {
            while log.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                if line.ends_with(b"\n") {
                    tell(String::from_utf8_lossy(&line).trim_end(), since);
                    line.clear();
                }
            }
        }
        if last {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn tell(line: &str, since: Instant) {
    if let Some(at) = TOLD.iter().find_map(|what| line.find(what)) {
        // Without who built the kernel, and how.
        let said = line[at..].split(" (").next().unwrap_or_default();
        println!("{:8.1}s  {said}", since.elapsed().as_secs_f32());
    }
}
