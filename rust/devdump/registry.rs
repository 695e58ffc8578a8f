// SPDX-License-Identifier: GPL-2.0

//! Which dumps there are, and how new ones are added.
//!
//! Dumps are collected in parallel, and no lock is held meanwhile: a driver that hangs in its callback keeps nobody from
//! adding another dump, or from opening the file. Whoever opens it sees the dumps that are complete; the one that comes
//! too late is refused.

use super::{
    super::{
        bindings::{
            file::Path,
            page::PageBox,
            proc_fs::ProcEntry, //
        },
        format::{
            manifest::{
                Entry,
                Reason,
                Status,
                MISSING_LEN, //
            },
            vmcoredd::NAME_LEN,
        },
        server::{
            Classic,
            Stream, //
        },
    },
    budget::{
        self,
        Limits,
        Parameters,
        Share, //
    },
    collector::Collector,
    crash_kernel,
    dump::Dump,
    failure::Failure,
    records::{
        self,
        Records, //
    },
    stacked::{
        Headers,
        Stacked, //
    },
    store::Store,
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*,
    str::BStr,
    sync::{
        global_lock, //
        Arc,
    },
    time::{
        Instant,
        Monotonic, //
    },
};

pub(super) struct State {
    /// The built-in file; `None` before and after our time.
    pub(super) lower: Option<Arc<Path>>,
    /// Its headers when we came.
    headers: Option<Headers>,
    entry: Option<ProcEntry<Stacked>>,
    pub(super) dumps: KVec<Arc<Dump>>,
    records: Records,
    /// How often the file is open.
    pub(super) open: usize,
    limits: Limits,
}

global_lock! {
    // SAFETY: `start()` initializes it, before the symbols and the file can be used.
    pub(super) unsafe(uninit) static STATE: Mutex<State> = State {
        lower: None,
        headers: None,
        entry: None,
        dumps: KVec::new(),
        records: Records::new(),
        open: 0,
        limits: Limits::NONE,
    };
}

/// Shows `/proc/vmcore_devdump`. Called once, while the module loads.
pub(crate) fn start(parameters: &Parameters) -> Result {
    if crash_kernel::is_disabled() {
        pr_info!("novmcoredd on the command line: /proc/vmcore is left without device dumps\n");
        return Err(ENODEV);
    }
    // SAFETY: The module loads once, and nothing else uses the locks before.
    unsafe {
        STATE.init();
        budget::init();
    }
    let lower = Path::lookup(c"/proc/vmcore").inspect_err(|error| {
        pr_err!("no /proc/vmcore ({error:?}): device dumps have nowhere to go\n");
    })?;
    let headers = Headers::read(&lower).inspect_err(|error| {
        pr_err!("/proc/vmcore is left as it is, without device dumps ({error:?})\n");
    })?;
    let limits = Limits::new(parameters, headers.lower_size)?;
    let lower = Arc::new(lower, GFP_KERNEL)?;
    let release = crash_kernel::release();
    {
        let mut state = STATE.lock();
        state.lower = Some(lower);
        state.headers = Some(headers);
        state.limits = limits;
        state.records.release = release;
    }
    let entry = ProcEntry::new(c"vmcore_devdump").inspect_err(|_| stop())?;
    let mut state = STATE.lock();
    state.entry = Some(entry);
    state.show_size();
    pr_info!("/proc/vmcore_devdump is ready, with {limits}\n");
    Ok(())
}

/// Undoes [`start`], and drops all dumps.
pub(crate) fn stop() {
    // Removing the entry waits for its users, who may want the lock.
    let entry = STATE.lock().entry.take();
    drop(entry);
    let mut state = STATE.lock();
    state.lower = None;
    state.headers = None;
    state.dumps = KVec::new();
    state.records = Records::new();
}

/// Adds the dump that `driver` fills a buffer of `size` bytes with. A name that is too long is cut, and there may be more dumps
/// of that name: so it is with the kernel's own function.
pub(crate) fn add_classic(name: &[u8], size: usize, mut driver: Classic) -> Result<(), Failure> {
    let name = name.get(..NAME_LEN - 1).unwrap_or(name);
    let registration = Registration::begin(name, size, Names::MayRepeat)?;
    let payload = fill(&mut driver, name, size, Share::new(registration.limits));
    let payload = payload.map(|payload| (payload, Reason::NONE));
    registration.finish(payload, &[0; MISSING_LEN])
}

/// The `size` bytes that `driver` fills a buffer with.
fn fill(driver: &mut Classic, name: &[u8], size: usize, share: Share) -> Result<Store, Failure> {
    let no_memory = |_| Failure::new(Reason::NO_MEMORY);
    let mut payload = Store::zeroed(size, share)?;
    // The kernel's own function rounds up, and drivers that write a little too much have never noticed.
    let mut slack = PageBox::zeroed().map_err(no_memory)?;
    let mut mapping = payload.map(&mut slack).map_err(no_memory)?;
    let (buf, slack) = mapping.bytes_mut().split_at_mut(size);
    let code = driver.fill(buf);
    if slack.iter().any(|byte| *byte != 0) {
        pr_warn!(
            "{}: the driver wrote past the {size} bytes that it asked for\n",
            BStr::from_bytes(name)
        );
    }
    drop(mapping);
    if code != 0 {
        return Err(Failure::driver(code));
    }
    payload.drop_zeroes();
    Ok(payload)
}

/// Adds the dump that `driver` writes.
pub(crate) fn add_stream(name: &[u8], mut driver: Stream) -> Result<(), Failure> {
    let registration = Registration::begin(name, 0, Names::AreUnique)?;
    let limits = registration.limits;
    let payload = Store::new(Share::new(limits));
    let mut collector = Collector::new(payload, registration.start, limits.dump_ms);
    let collected = driver.collect(&mut collector);
    let (reason, missing) = collector.shortcoming();
    let missing = *missing;
    let payload = match collected {
        Ok(()) => Ok((collector.payload, reason)),
        Err(error) => Err(Failure::driver(error.to_errno())),
    };
    registration.finish(payload, &missing)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    AreUnique,
    MayRepeat,
}

/// A dump on its way.
struct Registration<'a> {
    name: &'a [u8],
    names: Names,
    limits: Limits,
    start: Instant<Monotonic>,
    /// Its entry among the records, if there was room for one.
    record: Option<usize>,
}

impl<'a> Registration<'a> {
    /// Refuses whatever can be refused before a driver goes to work for `asked` bytes.
    fn begin(name: &'a [u8], asked: usize, names: Names) -> Result<Self, Failure> {
        let place = records::place(records::unfinished(name, asked));
        let mut state = STATE.lock();
        let may = state.may_begin(name, asked, names);
        let record = state.records.add(place);
        let Err(failure) = may else {
            return Ok(Self {
                name,
                names,
                limits: state.limits,
                start: Instant::now(),
                record,
            });
        };
        state.finish(record, |entry| {
            entry.status = Status::REFUSED;
            entry.reason = failure.reason;
            entry.errno = failure.code;
        });
        pr_err!(
            "{}: refused: {}\n",
            BStr::from_bytes(name),
            failure.reason.words().unwrap_or_default()
        );
        Err(failure)
    }

    /// Adds `payload`, which is complete if there is no reason why not.
    fn finish(
        self,
        payload: Result<(Store, Reason), Failure>,
        missing: &[u8; MISSING_LEN],
    ) -> Result<(), Failure> {
        let name = BStr::from_bytes(self.name);
        let ms = self.start.elapsed().as_millis();
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let added = payload.and_then(|(payload, reason)| {
            let (len, crc32) = (payload.len(), payload.crc32());
            let dump = Dump::new(self.name, payload)
                .and_then(|dump| Ok(Arc::new(dump, GFP_NOWAIT | __GFP_NOWARN)?))
                .map_err(|_| Failure::new(Reason::NO_MEMORY))?;
            let held = dump.held_bytes();
            let mut state = STATE.lock();
            state.add(dump, self.name, self.names)?;
            state.finish(self.record, |entry| {
                entry.status = match reason {
                    Reason::NONE => Status::COMPLETE,
                    _ => Status::PARTIAL,
                };
                entry.reason = reason;
                entry.bytes = len as u64;
                entry.crc32 = crc32;
                entry.ms = ms;
                entry.held_bytes = held as u64;
                entry.missing = *missing;
            });
            Ok((len, held, reason))
        });
        match added {
            Ok((len, held, Reason::NONE)) => {
                pr_info!("{name}: {len} bytes in {} KiB, {ms} ms\n", held / 1024);
            }
            Ok((len, held, reason)) => pr_warn!(
                "{name}: {len} bytes in {} KiB, {ms} ms, partial: {}\n",
                held / 1024,
                reason.words().unwrap_or_default()
            ),
            Err(failure) => {
                STATE.lock().finish(self.record, |entry| {
                    entry.reason = failure.reason;
                    entry.errno = failure.code;
                    entry.ms = ms;
                });
                pr_err!(
                    "{name}: no dump after {ms} ms: {} ({})\n",
                    failure.reason.words().unwrap_or_default(),
                    failure.code
                );
            }
        }
        added.map(drop)
    }
}

impl State {
    fn may_begin(&self, name: &[u8], asked: usize, names: Names) -> Result<(), Failure> {
        if name.is_empty() || name.len() >= NAME_LEN {
            return Err(Failure::new(Reason::ARGUMENTS));
        }
        self.may_add(name, names)?;
        // Checked only: it's taken, or not, when it is needed.
        let pages = asked.div_ceil(kernel::page::PAGE_SIZE).max(1);
        Share::new(self.limits).take(pages)
    }

    fn may_add(&self, name: &[u8], names: Names) -> Result<(), Failure> {
        if self.open > 0 {
            return Err(Failure::new(Reason::FILE_OPEN));
        }
        if names == Names::AreUnique && self.dumps.iter().any(|dump| dump.is_named(name)) {
            return Err(Failure::new(Reason::NAME_TAKEN));
        }
        Ok(())
    }

    fn add(&mut self, dump: Arc<Dump>, name: &[u8], names: Names) -> Result<(), Failure> {
        self.may_add(name, names)?;
        self.dumps
            .push(dump, GFP_NOWAIT | __GFP_NOWARN)
            .map_err(|_| Failure::new(Reason::NO_MEMORY))
    }

    /// Has `what` become of the dump with this record.
    fn finish(&mut self, record: Option<usize>, what: impl FnOnce(&mut Entry)) {
        if let Some(entry) = record.and_then(|number| self.records.get_mut(number)) {
            what(entry);
        }
        self.show_size();
    }

    /// The list of all dumps, as a dump.
    pub(super) fn manifest(&self) -> Result<Arc<Dump>> {
        let held = self.dumps.iter().map(|dump| dump.held_bytes()).sum();
        let manifest = self.records.manifest(self.limits, held)?;
        Ok(Arc::new(manifest, GFP_KERNEL)?)
    }

    fn show_size(&self) {
        let dumps: u64 = self.dumps.iter().map(|dump| dump.note_len()).sum();
        let Some((headers, entry)) = self.headers.as_ref().zip(self.entry.as_ref()) else {
            return;
        };
        if let Ok(layout) = headers.layout(dumps + self.records.note_len()) {
            entry.set_size(layout.size());
        }
    }
}
