// SPDX-License-Identifier: GPL-2.0

//! Programs that are not ours, from PyPI.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use serde_json::Value;

/// Where they are.
static VENV: LazyLock<PathBuf> = LazyLock::new(|| {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(here.join("../setup/venv"))
        .arg(here.join("tests/scan/requirements.txt"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "tools/setup/venv failed");
    String::from_utf8(output.stdout).unwrap().trim().into()
});

fn python(script: &str, args: &[&str]) -> Command {
    let mut command = Command::new(VENV.join("bin/python"));
    command.args(["-c", script]).args(args);
    // What is for the outside world is not for a server here.
    for name in ["http_proxy", "https_proxy"] {
        command.env_remove(name);
    }
    command
}

/// What a script prints as JSON.
pub fn ask(script: &str, args: &[&str]) -> Value {
    let output = python(script, args).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A server that runs as long as this lives.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    /// One that prints its port when it is ready.
    pub fn start(script: &str, args: &[&str]) -> Self {
        let mut child = python(script, args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().expect("a port");
        // Whoever prints more does not wait for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
