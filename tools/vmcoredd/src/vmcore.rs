// SPDX-License-Identifier: GPL-2.0

//! A file with device dumps: `Vmcore::open(path)?.dumps()`, and of each its `content()`.

mod host;
mod notes;

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{ensure, Context, Result};
use vmcore_format::manifest::NAME;

pub use self::host::Host;
use crate::{
    input::{memory::Core, FileFacts, Input, Warning},
    kernel::Kernel,
    kinds::{
        self,
        manifest::{Entry, Manifest},
        messages::Log,
        Dump,
    },
};

/// The note VMCOREINFO has some KiB.
const MAX_INFO: usize = 1 << 20;

/// What a file holds.
pub struct Vmcore {
    pub path: PathBuf,
    /// Kind of file, in words.
    pub kind: String,
    pub file: FileFacts,
    /// Where the file or its notes are damaged.
    pub warnings: Vec<Warning>,
    pub host: Host,
    pub manifest: Option<Manifest>,
    /// Without the manifest.
    dumps: Vec<Dump>,
    /// The manifest, as the dump that it is.
    manifest_dump: Option<Dump>,
    core: Option<Core>,
    /// The kernel's log, where a file has that instead of memory.
    log: Option<Dump>,
    /// The note VMCOREINFO: what the kernel that panicked says of itself.
    info: String,
}

/// The dump that is [`Vmcore::kernel_log`] where there is no memory, in the format of the crash kernel's own log.
pub const KERNEL_LOG: &str = "kernel_log";

impl Vmcore {
    /// Finds the dumps in `path`, a file or a URL, "-" being standard input. Fails if it is no file that could hold any.
    pub fn open(path: &Path) -> Result<Self> {
        Input::open(path, kinds::bare)
            .and_then(|input| Self::new(path, input))
            .with_context(|| path.display().to_string())
    }

    /// Finds the dumps in a stream.
    pub fn stream(from: impl Read) -> Result<Self> {
        Self::new(Path::new("-"), Input::stream(from, kinds::bare)?)
    }

    fn new(path: &Path, input: Input) -> Result<Self> {
        let info = input.vmcoreinfo.map(|note| note.up_to(0, MAX_INFO));
        let info = info.transpose()?.unwrap_or_default();
        let info = String::from_utf8_lossy(&info).into_owned();
        let mut vmcore = Self {
            path: path.to_owned(),
            kind: input.kind,
            file: input.file,
            warnings: input.warnings,
            host: Host::new(input.nodename, &info),
            info,
            manifest: None,
            dumps: input.notes.into_iter().map(Dump::new).collect(),
            manifest_dump: None,
            core: input.core,
            log: None,
        };
        if let (Some(entry), [dump]) = (&input.entry, vmcore.dumps.as_mut_slice()) {
            dump.entry = Some(Entry::of_stream(entry));
        }
        let is_log = |dump: &Dump| dump.name == KERNEL_LOG;
        if let Some(index) = vmcore.dumps.iter().position(is_log) {
            vmcore.log = Some(vmcore.dumps.remove(index));
        }
        let is_one = |dump: &Dump| dump.name.as_bytes() == NAME;
        if let Some(index) = vmcore.dumps.iter().rposition(is_one) {
            let dump = vmcore.dumps.remove(index);
            vmcore.manifest = Some(Manifest::read(&dump, &mut vmcore.dumps)?);
            vmcore.manifest_dump = Some(dump);
        }
        Ok(vmcore)
    }

    /// All dumps but the manifest.
    pub fn dumps(&self) -> &[Dump] {
        &self.dumps
    }

    /// What the kernel that panicked had logged. Fails if the file has no memory of it, or not that part.
    pub fn kernel_log(&self) -> Result<Log> {
        if let Some(dump) = &self.log {
            let content = dump
                .content()?
                .context("the kernel's log is of no known kind")?;
            return content.log().context("the kernel's log is empty");
        }
        let core = self.core.as_ref().context("the file is no vmcore")?;
        ensure!(!self.info.is_empty(), "there is no note VMCOREINFO");
        Kernel::new(&core.memory()?, &self.info).log()
    }

    /// Writes what is left when the memory is taken away: a small file that is read like this one.
    pub fn write_notes(&self, out: &mut dyn Write) -> Result<()> {
        notes::write(self, out)
    }

    /// The note VMCOREINFO, if there is one.
    pub fn info(&self) -> Option<&str> {
        Some(self.info.as_str()).filter(|info| !info.is_empty())
    }

    /// All dumps, the manifest last.
    pub fn all(&self) -> impl Iterator<Item = &Dump> {
        self.dumps.iter().chain(&self.manifest_dump)
    }

    /// Where the manifest, the file or its notes are damaged.
    pub fn problems(&self) -> Vec<String> {
        let manifest = self.manifest.iter();
        let problems = manifest.flat_map(|manifest| &manifest.problems).cloned();
        let warnings = self.warnings.iter().map(ToString::to_string);
        problems.chain(warnings).collect()
    }
}
