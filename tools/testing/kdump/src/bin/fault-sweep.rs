// SPDX-License-Identifier: GPL-2.0

//! Runs in a crash kernel with fault injection: does one thing again and again, and lets its first allocation fail, then
//! its second, and so on, until there is none left to fail. After each, all files that show the memory of the crashed kernel
//! must show what they showed before.

use std::{
    collections::BTreeMap,
    ffi::CString,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::{
        fd::AsRawFd,
        unix::{ffi::OsStrExt, fs::FileExt},
    },
    path::Path,
    process::ExitCode,
    time::Instant,
};

use anyhow::{bail, ensure, Context, Result};
use kdump_tests::{core_file::split_notes, CoreFile};
use memmap2::{Mmap, MmapOptions};

const USAGE: &str = "usage: fault-sweep [--sparse] [--with MODULE]... [--gives ERRNO] load MODULE | write FILE TEXT | read FILE | file VMCORE";
// MODULE: a file, and parameters behind it.
const BUILTIN: &str = "/proc/vmcore";
const VMCORES: [&str; 2] = [BUILTIN, "/proc/vmcore_devdump"];
const PAGE: u64 = 4096;
/// More allocations than this are a loop that does not end.
const MOST: u32 = 20_000;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fault-sweep: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let mut sweep = Sweep {
        sparse: false,
        with: Vec::new(),
        gives: 0,
        shown: Shown::by(BUILTIN)?,
    };
    let mut args = args.iter().map(String::as_str);
    loop {
        let mut next = || args.next().context(USAGE);
        match next()? {
            "--sparse" => sweep.sparse = true,
            "--with" => sweep.with.push(next()?.to_owned()),
            "--gives" => sweep.gives = next()?.parse()?,
            "load" => {
                let module = next()?;
                let name = Path::new(module).file_stem().unwrap_or_default();
                let what = format!("load {}", name.to_string_lossy());
                return sweep.over(&what, || Ok(()), |()| load(module));
            }
            "write" => {
                let (file, text) = (next()?, next()?);
                let open = || OpenOptions::new().write(true).open(file);
                let write = |mut file: File| file.write_all(text.as_bytes());
                return sweep.over(&format!("write {text}"), open, write);
            }
            "read" => {
                let file = next()?;
                // All of it is there before.
                let mut buf = vec![1; 1 << 16];
                let read = |()| {
                    let mut file = File::open(file)?;
                    while file.read(&mut buf)? > 0 {}
                    Ok(())
                };
                return sweep.over(&format!("read {file}"), || Ok(()), read);
            }
            "file" => return file(&sweep, next()?),
            _ => bail!(USAGE),
        }
    }
}

struct Sweep {
    /// Not every allocation, but fewer and fewer.
    sparse: bool,
    /// Loaded before each time, and unloaded after it.
    with: Vec<String>,
    /// The errno without any fault, or 0.
    gives: i32,
    shown: Shown,
}

impl Sweep {
    /// Does `act` on what `prepare` gives, and prints how many allocations failed, what came of it, and how long it took.
    fn over<P, T>(
        &self,
        what: &str,
        mut prepare: impl FnMut() -> io::Result<P>,
        mut act: impl FnMut(P) -> io::Result<T>,
    ) -> Result<()> {
        let start = Instant::now();
        let mut failed = 0;
        let mut results = BTreeMap::<i32, u32>::new();
        let mut nth = 1;
        loop {
            ensure!(nth <= MOST, "{what}: more than {MOST} allocations");
            let mut modules = Vec::new();
            for module in &self.with {
                modules.push(load(module).with_context(|| module.clone())?);
            }
            let prepared = prepare().with_context(|| what.to_owned())?;
            let fault = Fault::arm(nth)?;
            let result = act(prepared);
            let has_failed = fault.disarm()?;
            self.all_is_shown()
                .with_context(|| format!("{what}: after allocation {nth} failed"))?;
            let errno = match &result {
                Ok(_) => 0,
                Err(error) => error.raw_os_error().context("no errno")?,
            };
            drop(result);
            // In the order of their use.
            while modules.pop().is_some() {}
            if !has_failed {
                ensure!(errno == self.gives, "{what}: errno {errno} without a fault");
                break;
            }
            failed += 1;
            *results.entry(errno).or_default() += 1;
            nth += if self.sparse { 1 + nth / 2 } else { 1 };
        }
        self.all_is_shown().with_context(|| what.to_owned())?;
        let seconds = start.elapsed().as_secs();
        println!("{what}: {failed} failed, errnos {results:?}, {seconds} s");
        Ok(())
    }

    fn all_is_shown(&self) -> Result<()> {
        for path in VMCORES {
            if Path::new(path).exists() {
                let shown = Shown::by(path)?;
                ensure!(shown.memory == self.shown.memory, "{path}: other memory");
                ensure!(shown.notes == self.shown.notes, "{path}: other notes");
            }
        }
        Ok(())
    }
}

/// What a file shows of the crashed kernel.
struct Shown {
    /// Pages at the start and in the middle of each segment of memory.
    memory: Vec<Vec<u8>>,
    /// But for device dumps.
    notes: Vec<u8>,
}

impl Shown {
    fn by(path: &str) -> Result<Self> {
        let core = CoreFile::open(path)?;
        let places = core
            .loads()
            .flat_map(|phdr| [0, phdr.filesz / 2 / PAGE * PAGE].map(|at| phdr.offset + at));
        let pages = places.map(|offset| core.read(offset, PAGE as usize));
        Ok(Self {
            memory: pages.collect::<Result<_>>()?,
            notes: split_notes(&core.note_bytes()?)?.1,
        })
    }
}

/// An allocation of this thread that is going to fail.
struct Fault(File);

impl Fault {
    fn arm(nth: u32) -> Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/proc/thread-self/fail-nth")
            .context("no fault injection in this kernel")?;
        file.write_all_at(nth.to_string().as_bytes(), 0)?;
        Ok(Self(file))
    }

    /// Whether it has failed: the kernel counts down to it.
    fn disarm(self) -> Result<bool> {
        let mut left = [0; 16];
        let read = self.0.read_at(&mut left, 0)?;
        self.0.write_all_at(b"0", 0)?;
        Ok(left[..read].trim_ascii() == b"0")
    }
}

/// A module that is loaded, until it is dropped.
struct Module(CString);

fn load(module: &str) -> io::Result<Module> {
    let (path, parameters) = module.split_once(' ').unwrap_or((module, ""));
    let (path, parameters) = (Path::new(path), CString::new(parameters)?);
    let file = File::open(path)?;
    // SAFETY: An open file and a string.
    let result = unsafe {
        libc::syscall(
            libc::SYS_finit_module,
            file.as_raw_fd(),
            parameters.as_ptr(),
            0,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    let name = path.file_stem().unwrap_or_default().as_bytes();
    Ok(Module(CString::new(name)?))
}

impl Drop for Module {
    fn drop(&mut self) {
        // The core stays while there are dumps.
        if self.0.as_bytes() == b"vmcore_devdump" {
            fs::write("/proc/vmcore_devdump", "clear").expect("dropping all dumps");
        }
        // SAFETY: A string.
        let result = unsafe { libc::syscall(libc::SYS_delete_module, self.0.as_ptr(), 0) };
        let error = io::Error::last_os_error();
        assert_eq!(result, 0, "unloading {:?}: {error}", self.0);
    }
}

/// All that is done with a vmcore.
fn file(sweep: &Sweep, path: &str) -> Result<()> {
    let of = |what: &str| format!("{what} {path}");
    let open = || File::open(path);
    sweep.over(&of("open"), || Ok(()), |()| open())?;
    let core = CoreFile::open(path)?;
    let notes = core.notes()?;
    let memory = core.loads().last().context("no PT_LOAD")?.offset & !(PAGE - 1);
    let mut bytes = vec![0; usize::try_from(notes.filesz.max(4 * PAGE))?];
    for (what, offset, len) in [
        ("read notes of", notes.offset, notes.filesz),
        ("read memory of", memory, 4 * PAGE),
    ] {
        let bytes = &mut bytes[..len as usize];
        sweep.over(&of(what), open, |file| file.read_exact_at(bytes, offset))?;
    }
    sweep.over(&of("map"), open, |file| map(&file, memory))?;
    sweep.over(&of("release"), open, |file| {
        drop(file);
        Ok(())
    })
}

fn map(file: &File, offset: u64) -> io::Result<Mmap> {
    let len = PAGE as usize;
    // SAFETY: Nobody changes the memory of the crashed kernel.
    unsafe { MmapOptions::new().offset(offset).len(len).map(file) }
}
