// SPDX-License-Identifier: GPL-2.0

//! Dumps that are collected while somebody reads them: files in `/proc/vmcore_devices`.
//!
//! A driver's callback runs on a thread of ours, and waits there for the reader: it is written once, for notes and for this. Nothing
//! is held in memory but what is between the two.

use super::{
    super::{
        bindings::{
            module::ModuleRef,
            page::Buffer,
            proc_stream::{
                Source,
                StreamEntry, //
            },
            workqueue::Threads,
        },
        format::{
            manifest::{
                padded,
                until_nul, //
            },
            vmcoredd::NAME_LEN, //
        },
        server::Stream,
        LocalModule,
    },
    pipe::Pipe,
    recorder::{
        Recorder,
        Tools, //
    },
    registry::STATE,
};
use kernel::{
    iov::IovIterDest,
    prelude::*,
    str::{
        BStr,
        CString, //
    },
    sync::Arc,
};

/// Bytes between driver and reader, besides those that a record is made of: with the tables of zstd and what a driver takes, all of it
/// is less than half a MiB.
const BUFFER: usize = 64 * 1024;

/// A dump that is offered.
pub(crate) struct Offered {
    // First, so that nobody opens it any more; then the threads, so that nobody collects.
    entry: Option<StreamEntry<Device>>,
    pipe: Arc<Pipe>,
    name: CString,
}

/// What the file is made of.
struct Device {
    /// Zero-padded.
    name: [u8; NAME_LEN],
    pipe: Arc<Pipe>,
    driver: Stream,
    threads: Threads,
}

/// The file, open.
struct Reading {
    pipe: Arc<Pipe>,
    _module: ModuleRef<LocalModule>,
}

impl Offered {
    /// Offers the dump that `driver` writes.
    pub(crate) fn new(name: &[u8], driver: Stream) -> Result<KBox<Self>> {
        let offered = Self::make(name, driver);
        if let Err(error) = &offered {
            pr_err!(
                "{}: cannot be offered ({error:?})\n",
                BStr::from_bytes(name)
            );
        }
        offered
    }

    fn make(name: &[u8], driver: Stream) -> Result<KBox<Self>> {
        let is_file = name.iter().all(|byte| *byte != b'/') && name != b"." && name != b"..";
        if name.is_empty() || name.len() >= NAME_LEN || !is_file {
            return Err(EINVAL);
        }
        let padded = padded(name);
        let name = || CString::try_from_fmt(fmt!("{}", BStr::from_bytes(name)));
        let pipe = Arc::pin_init(Pipe::new(until_nul(&padded)), GFP_KERNEL)?;
        let device = Device {
            name: padded,
            pipe: pipe.clone(),
            driver,
            threads: Threads::new()?,
        };
        let mut offered = KBox::new(
            Self {
                entry: None,
                pipe,
                name: name()?,
            },
            GFP_KERNEL,
        )?;
        let mut state = STATE.lock();
        let state = &mut *state;
        if state.offers.iter().any(|other| **other == *offered.name) {
            return Err(EEXIST);
        }
        state.offers.push(name()?, GFP_KERNEL)?;
        let directory = state.directory.as_ref().ok_or(ENODEV);
        let entry = directory.and_then(|dir| StreamEntry::new(dir, &offered.name, device));
        match entry {
            Ok(entry) => offered.entry = Some(entry),
            Err(error) => {
                state.offers.pop();
                return Err(error);
            }
        }
        Ok(offered)
    }
}

impl Drop for Offered {
    fn drop(&mut self) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        self.pipe.withdraw();
        // This waits for who has it open, and for who collects.
        drop(entry);
        let mut state = STATE.lock();
        state.offers.retain(|other| **other != *self.name);
    }
}

impl Source for Device {
    type Open = Reading;

    fn open(&self) -> Result<KBox<Reading>> {
        let module = ModuleRef::get()?;
        self.pipe.open(|| Buffer::zeroed(BUFFER))?;
        // From here on, dropping it closes the pipe.
        let reading = Reading {
            pipe: self.pipe.clone(),
            _module: module,
        };
        let started = self
            .start()
            .and_then(|()| Ok(KBox::new(reading, GFP_KERNEL)?));
        started.inspect_err(|error| {
            let name = BStr::from_bytes(until_nul(&self.name));
            pr_err!("{name}: cannot be collected ({error:?})\n");
        })
    }

    fn read(open: &Reading, iter: &mut IovIterDest<'_>) -> Result<usize> {
        open.pipe.read(iter)
    }
}

impl Device {
    /// Collects, on another thread.
    fn start(&self) -> Result {
        let step_ms = STATE.lock().limits.dump_ms;
        let collect = || {
            let name = self.name;
            let (tools, pipe, mut driver) = (Tools::new()?, self.pipe.clone(), self.driver);
            self.threads.start(move || {
                let recorder = Recorder::new(until_nul(&name), &pipe, tools, step_ms);
                recorder.record(|sink| driver.collect(sink));
                pipe.finish();
            })
        };
        collect().inspect_err(|_| self.pipe.finish())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.pipe.close();
    }
}
