// SPDX-License-Identifier: GPL-2.0

//! Which dumps there are, and how new ones are added.
//!
//! One dump is collected at a time, under `COLLECTING`. `STATE` is held only for moments, so a driver that hangs in its
//! callback does not keep anybody from opening the file: whoever opens it while a dump is being collected sees the dumps
//! that were complete, and the one that comes too late is refused.

use super::{
    super::{
        bindings::file::Path,
        bindings::proc_fs::ProcEntry,
        format::vmcoredd::{
            self,
            MAX_PAYLOAD, //
        },
        server::{
            Backend,
            Classic,
            Stream, //
        },
    },
    budget,
    dump::Dump,
    stacked::{
        self,
        Stacked, //
    },
    store::Store,
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    page::PAGE_SIZE,
    prelude::*,
    str::BStr,
    sync::{
        global_lock, //
        Arc,
    },
    task::Task,
    time::{
        Instant,
        Monotonic, //
    },
};

pub(super) struct State {
    /// The built-in file; `None` before and after our time.
    lower: Option<Arc<Path>>,
    entry: Option<ProcEntry<Stacked>>,
    dumps: KVec<Arc<Dump>>,
    /// How often the file is open.
    open: usize,
    /// The task that is collecting, as a number to compare with.
    collector: Option<usize>,
    /// Bytes that dumps may take, and those that they have taken.
    budget: usize,
    used: usize,
    /// Most milliseconds that a dump may take.
    dump_ms: u32,
}

global_lock! {
    // SAFETY: `start()` initializes it, before the symbols and the file can be used.
    unsafe(uninit) static STATE: Mutex<State> = State {
        lower: None,
        entry: None,
        dumps: KVec::new(),
        open: 0,
        collector: None,
        budget: 0,
        used: 0,
        dump_ms: 0,
    };
}

global_lock! {
    // SAFETY: As for `STATE`.
    unsafe(uninit) static COLLECTING: Mutex<()> = ();
}

/// Shows `/proc/vmcore_devdump`; a dump may take `dump_seconds`. Called once, while the module loads.
pub(crate) fn start(dump_seconds: u32) -> Result {
    let dump_ms = budget::dump_ms(dump_seconds)?;
    // SAFETY: The module loads once, and nothing else uses the locks before.
    unsafe {
        STATE.init();
        COLLECTING.init();
    }
    let lower = Path::lookup(c"/proc/vmcore").inspect_err(|error| {
        pr_err!("no /proc/vmcore ({error:?}): device dumps have nowhere to go\n");
    })?;
    let size = stacked::size(&lower, 0).inspect_err(|error| {
        pr_err!("/proc/vmcore is left as it is, without device dumps ({error:?})\n");
    })?;
    let budget = budget::total_bytes();
    let lower = Arc::new(lower, GFP_KERNEL)?;
    {
        let mut state = STATE.lock();
        state.lower = Some(lower);
        state.budget = budget;
        state.dump_ms = dump_ms;
    }
    let entry = ProcEntry::new(c"vmcore_devdump").inspect_err(|_| stop())?;
    entry.set_size(size);
    STATE.lock().entry = Some(entry);
    pr_info!(
        "/proc/vmcore_devdump is ready, with {} KiB for device dumps\n",
        budget / 1024
    );
    Ok(())
}

/// Undoes [`start`], and drops all dumps.
pub(crate) fn stop() {
    // Removing the entry waits for its users, who may want the lock.
    let entry = STATE.lock().entry.take();
    drop(entry);
    let mut state = STATE.lock();
    state.lower = None;
    state.dumps = KVec::new();
}

/// Adds the dump that `driver` fills a buffer of `size` bytes with.
pub(crate) fn add_classic(name: &[u8], size: usize, mut driver: Classic) -> Result {
    let registration = Registration::begin(name, size)?;
    let payload = VVec::<u8>::zeroed(size, GFP_KERNEL | __GFP_NOWARN)
        .map_err(Error::from)
        .and_then(|mut buf| {
            driver.fill(&mut buf)?;
            Store::from_buffer(&buf)
        });
    registration.finish(payload)
}

/// Adds the dump that `driver` writes.
pub(crate) fn add_stream(name: &[u8], mut driver: Stream) -> Result {
    let registration = Registration::begin(name, 0)?;
    let mut collector = Collector {
        payload: Store::new(),
        limit: registration.limit,
        start: registration.start,
        dump_ms: STATE.lock().dump_ms,
    };
    let result = driver.collect(&mut collector);
    registration.finish(result.map(|()| collector.payload))
}

/// A dump on its way.
struct Registration<'a> {
    name: &'a [u8],
    /// Bytes it may take.
    limit: usize,
    start: Instant<Monotonic>,
    _collecting: kernel::sync::lock::GlobalGuard<COLLECTING>,
}

impl<'a> Registration<'a> {
    /// Refuses whatever can be refused before a driver goes to work for `size` bytes.
    fn begin(name: &'a [u8], size: usize) -> Result<Self> {
        vmcoredd::header(name, size as u64).map_err(|_| match size as u64 {
            size if size > MAX_PAYLOAD => ENOSPC,
            _ => EINVAL,
        })?;
        let task = Task::current_raw() as usize;
        // Waiting for itself would take forever.
        if STATE.lock().collector == Some(task) {
            return Err(EDEADLK);
        }
        let collecting = COLLECTING.lock();
        let mut state = STATE.lock();
        state.may_add(name)?;
        let limit = state.budget.saturating_sub(state.used) / PAGE_SIZE * PAGE_SIZE;
        if limit < size.max(1) {
            pr_err!(
                "{}: refused, {limit} bytes are left for device dumps\n",
                BStr::from_bytes(name)
            );
            return Err(ENOSPC);
        }
        state.collector = Some(task);
        Ok(Self {
            name,
            limit,
            start: Instant::now(),
            _collecting: collecting,
        })
    }

    fn finish(self, payload: Result<Store>) -> Result {
        let name = BStr::from_bytes(self.name);
        let ms = self.start.elapsed().as_millis();
        let added = payload.and_then(|payload| {
            let len = payload.len();
            let dump = Arc::new(Dump::new(self.name, payload)?, GFP_KERNEL | __GFP_NOWARN)?;
            let mut state = STATE.lock();
            state.may_add(self.name)?;
            let pages = dump.pages();
            state.dumps.push(dump, GFP_NOWAIT | __GFP_NOWARN)?;
            state.used += pages * PAGE_SIZE;
            state.show_size();
            Ok((len, pages))
        });
        match added {
            Ok((len, pages)) => pr_info!("{name}: {len} bytes in {pages} pages, {ms} ms\n"),
            Err(error) => pr_err!("{name}: no dump after {ms} ms: {error:?}\n"),
        }
        added.map(drop)
    }
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        STATE.lock().collector = None;
    }
}

impl State {
    fn may_add(&self, name: &[u8]) -> Result {
        if self.open > 0 {
            return Err(EBUSY);
        }
        if self.dumps.iter().any(|dump| dump.is_named(name)) {
            return Err(EEXIST);
        }
        Ok(())
    }

    fn dumps_len(&self) -> u64 {
        self.dumps.iter().map(|dump| dump.note_len()).sum()
    }

    fn show_size(&self) {
        if let (Some(lower), Some(entry)) = (&self.lower, &self.entry) {
            if let Ok(size) = stacked::size(lower, self.dumps_len()) {
                entry.set_size(size);
            }
        }
    }
}

/// The sink of a stream.
struct Collector {
    payload: Store,
    limit: usize,
    start: Instant<Monotonic>,
    dump_ms: u32,
}

impl Backend for Collector {
    fn write(&mut self, bytes: &[u8]) -> Result {
        if bytes.len() > self.remaining() {
            return Err(ENOSPC);
        }
        self.payload.append(bytes)
    }

    fn patch(&mut self, offset: usize, bytes: &[u8]) -> Result {
        self.payload.patch(offset, bytes)
    }

    fn len(&self) -> usize {
        self.payload.len()
    }

    fn remaining(&self) -> usize {
        self.limit
            .min(MAX_PAYLOAD as usize)
            .saturating_sub(self.payload.len())
    }

    fn ms_left(&self) -> u32 {
        let spent = u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.dump_ms.saturating_sub(spent)
    }
}

/// The dumps that an open file shows; while there is one, no dump is added.
pub(super) struct Opened {
    pub(super) lower: Arc<Path>,
    dumps: KVec<Arc<Dump>>,
}

impl Opened {
    pub(super) fn new() -> Result<Self> {
        let mut state = STATE.lock();
        let lower = state.lower.clone().ok_or(ENODEV)?;
        let mut dumps = KVec::with_capacity(state.dumps.len(), GFP_KERNEL)?;
        for dump in state.dumps.iter() {
            dumps.push(dump.clone(), GFP_KERNEL)?;
        }
        state.open += 1;
        Ok(Self { lower, dumps })
    }

    /// Bytes of all notes.
    pub(super) fn dumps_len(&self) -> u64 {
        self.dumps.iter().map(|dump| dump.note_len()).sum()
    }

    /// Some of the bytes of the notes from `offset` on; empty only at their end.
    pub(super) fn dumps_at(&self, mut offset: u64) -> &[u8] {
        for dump in self.dumps.iter() {
            if offset < dump.note_len() {
                return dump.at(offset);
            }
            offset -= dump.note_len();
        }
        &[]
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        STATE.lock().open -= 1;
    }
}
