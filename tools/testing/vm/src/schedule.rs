// SPDX-License-Identifier: GPL-2.0

//! Who runs when: as many at a time as there are processors, and what takes longest first, so that all of them are busy to the end.

use std::{
    collections::HashMap,
    env, fs,
    io::Write,
    path::PathBuf,
    sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::build_dir;

/// How soon it is wanted: the higher, the earlier.
type Urgency = Duration;

#[derive(Default)]
struct State {
    running: usize,
    /// Those that wait.
    waiting: Vec<Urgency>,
}

static STATE: Mutex<State> = Mutex::new(State {
    running: 0,
    waiting: Vec::new(),
});
static CHANGED: Condvar = Condvar::new();

/// What took how long in the last run on this machine, as `tools/testing/run` has left it.
static TIMES: LazyLock<HashMap<String, Duration>> = LazyLock::new(|| {
    let times = env::var_os("VMCORE_DEVDUMP_CACHE").map(|cache| PathBuf::from(cache).join("times"));
    let text = times.and_then(|file| fs::read_to_string(file).ok());
    let text = text.unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let (name, seconds) = line.rsplit_once(' ')?;
        Some((
            name.to_owned(),
            Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?,
        ))
    });
    lines.collect()
});

/// The right to keep a processor busy, until it is dropped.
pub struct Turn {
    name: String,
    start: Instant,
}

impl Turn {
    /// Waits for a processor for what is called `name`.
    pub fn wait(name: &str) -> Self {
        const UNKNOWN: Urgency = Duration::from_secs(600);
        Self::wait_for(name, TIMES.get(name).copied().unwrap_or(UNKNOWN))
    }

    /// The same for what others wait for: it comes before everything else.
    pub fn wait_urgently(name: &str) -> Self {
        Self::wait_for(name, Duration::MAX)
    }

    fn wait_for(name: &str, urgency: Urgency) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let mut state = lock();
        state.waiting.push(urgency);
        while state.running >= processors || state.waiting.iter().any(|other| *other > urgency) {
            state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let own = state.waiting.iter().position(|other| *other == urgency);
        state.waiting.swap_remove(own.expect("it is waiting"));
        state.running += 1;
        // Others may be next now.
        CHANGED.notify_all();
        tell(&format!("{:9}  {name} …", ""));
        Self {
            name: name.to_owned(),
            start: Instant::now(),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock().running -= 1;
        CHANGED.notify_all();
        let seconds = self.start.elapsed().as_secs_f32();
        tell(&format!("{seconds:8.1}s  {}", self.name));
        let times = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(build_dir().join("test.times"));
        // Only who wants to know misses it.
        let _ = times.and_then(|mut file| writeln!(file, "{} {seconds:.1}", self.name));
    }
}

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To stderr itself: tests capture what is printed by macros, and show it in the end or not at all.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
