// SPDX-License-Identifier: GPL-2.0

//! The machine that is examined, or the root directory of another one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use anyhow::{ensure, Context, Result};

pub struct System {
    root: PathBuf,
}

impl System {
    /// Fails if there is none in `root`.
    pub fn open(root: PathBuf) -> Result<Self> {
        let shown = root.display().to_string();
        fs::read_dir(&root).with_context(|| shown.clone())?;
        let has = |dir: &str| root.join(dir).is_dir();
        ensure!(
            has("etc") && (has("usr") || has("bin")),
            "{shown} is not the root directory of a system: it has no etc, or neither usr nor bin"
        );
        Ok(Self { root })
    }

    /// Where an absolute path is.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// The words of a file, without white space around them; `None` if it can't be read.
    pub fn read(&self, path: &str) -> Option<String> {
        let text = fs::read_to_string(self.path(path)).ok()?;
        Some(text.trim().to_owned())
    }

    /// A number in a file, decimal or with `0x`.
    pub fn number(&self, path: &str) -> Option<u64> {
        let text = self.read(path)?;
        match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        }
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// When a file was written the last time.
    pub fn modified(&self, path: &str) -> Option<SystemTime> {
        fs::metadata(self.path(path)).ok()?.modified().ok()
    }

    /// When a link was made, whatever it leads to.
    pub fn linked(&self, path: &str) -> Option<SystemTime> {
        fs::symlink_metadata(self.path(path)).ok()?.modified().ok()
    }

    /// What links lead to, as the system itself calls it; `None`: to nothing.
    pub fn follow(&self, path: &str) -> Option<String> {
        /// As many as the kernel follows.
        const LINKS: usize = 40;
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let Ok(target) = fs::read_link(self.path(&path)) else {
                return self.exists(&path).then_some(path);
            };
            let dir = Path::new(&path).parent()?;
            path = dir.join(target).to_str()?.to_owned();
        }
        None
    }

    /// What is in a directory, in order, without what can't be read.
    pub fn names(&self, dir: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(dir)).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// The running kernel's release.
    pub fn release(&self) -> String {
        self.read("/proc/sys/kernel/osrelease").unwrap_or_default()
    }

    pub fn has(&self, program: &str) -> bool {
        let dirs = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        dirs.iter()
            .any(|dir| self.exists(&format!("{dir}/{program}")))
    }

    /// What a program of the system prints; `None` if it can't be run, or fails.
    pub fn output(&self, program: &str, args: &[&str]) -> Option<String> {
        let own = Path::new("/");
        let mut command = match self.root == own {
            true => Command::new(program),
            false => {
                let mut chroot = Command::new("chroot");
                chroot.arg(&self.root).arg(program);
                chroot
            }
        };
        let output = command
            .args(args)
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }
}
