// SPDX-License-Identifier: GPL-2.0

//! QEMU's monitor, for scripts in the guest: what they leave in `/out/monitor.ask` is asked, line by line, and what it answers is put into
//! `/out/monitor.answer.N`, with a new number each time: a guest remembers which names were not there.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};

/// For scripts: `monitor COMMAND…` has QEMU's monitor do what each argument says, and prints what it answers.
pub const MONITOR: &str = include_str!("monitor.sh");

const POLL: Duration = Duration::from_millis(20);

/// Answers until it is dropped.
pub(crate) struct Monitor {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    /// What QEMU is to be called with.
    pub(crate) fn arguments(socket: &Path) -> [String; 2] {
        let server = format!("unix:{},server=on,wait=off", socket.display());
        ["-qmp".to_owned(), server]
    }

    /// Asks the QEMU at `socket` what is asked in `out`.
    pub(crate) fn start(socket: PathBuf, out: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                let ask = out.join("monitor.ask");
                if let Ok(commands) = fs::read_to_string(&ask) {
                    let answer = answer(&socket, &commands)
                        .unwrap_or_else(|error| format!("monitor: {error:#}\n"));
                    // A guest that is not answered stops at its own deadline.
                    let _ = fs::remove_file(&ask);
                    let whole = out.join("monitor.part");
                    let _ = fs::write(&whole, answer).and_then(|()| {
                        fs::rename(&whole, out.join(format!("monitor.answer.{number}")))
                    });
                    number += 1;
                }
                thread::sleep(POLL);
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(socket: &Path, commands: &str) -> Result<String> {
    let stream = UnixStream::connect(socket).with_context(|| socket.display().to_string())?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut ask = |request: Value| -> Result<Value> {
        (&stream).write_all(format!("{request}\n").as_bytes())?;
        for line in lines.by_ref() {
            let answer: Value = serde_json::from_str(&line?)?;
            ensure!(answer.get("error").is_none(), "{request}: {answer}");
            if let Some(answer) = answer.get("return") {
                return Ok(answer.clone());
            }
        }
        anyhow::bail!("{request}: no answer")
    };
    ask(json!({"execute": "qmp_capabilities"}))?;
    commands
        .lines()
        .map(|command| {
            let arguments = json!({"command-line": command});
            let said = ask(json!({"execute": "human-monitor-command", "arguments": arguments}))?;
            Ok(said.as_str().unwrap_or_default().replace('\r', ""))
        })
        .collect()
}
