// SPDX-License-Identifier: GPL-2.0

//! Which dumps there are.

use super::{
    super::{
        bindings::{
            file::Path,
            proc_fs::ProcEntry, //
        },
        format::{
            manifest::{
                Entry,
                Reason, //
            },
            vmcoredd::NAME_LEN,
        },
    },
    budget::{
        Limits,
        Parameters,
        Share, //
    },
    crash_kernel,
    dump::Dump,
    failure::Failure,
    records::Records,
    stacked::{
        Headers,
        Stacked, //
    },
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*,
    sync::{
        global_lock, //
        Arc,
    },
};

/// Whether several dumps may have the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    AreUnique,
    MayRepeat,
}

pub(super) struct State {
    /// The built-in file; `None` before and after our time.
    pub(super) lower: Option<Arc<Path>>,
    /// Its headers when we came.
    headers: Option<Headers>,
    entry: Option<ProcEntry<Stacked>>,
    pub(super) dumps: KVec<Arc<Dump>>,
    pub(super) records: Records,
    /// How often the file is open.
    pub(super) open: usize,
    pub(super) limits: Limits,
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
    // SAFETY: The module loads once, and nothing else uses the lock before.
    unsafe { STATE.init() };
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

impl State {
    pub(super) fn may_begin(&self, name: &[u8], asked: usize, names: Names) -> Result<(), Failure> {
        if name.is_empty() || name.len() >= NAME_LEN {
            return Err(Failure::new(Reason::ARGUMENTS));
        }
        self.may_add(name, names)?;
        if self.limits.deadline.ms_left() == 0 {
            return Err(Failure::new(Reason::TIME));
        }
        // It's taken, or not, when it is needed.
        let pages = asked.div_ceil(kernel::page::PAGE_SIZE).max(1);
        Share::new(self.limits).may_take(pages)
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

    pub(super) fn add(
        &mut self,
        dump: Arc<Dump>,
        name: &[u8],
        names: Names,
    ) -> Result<(), Failure> {
        self.may_add(name, names)?;
        self.dumps
            .push(dump, GFP_NOWAIT | __GFP_NOWARN)
            .map_err(|_| Failure::new(Reason::NO_MEMORY))
    }

    /// Has `what` become of the dump with this record.
    pub(super) fn finish(&mut self, record: Option<usize>, what: impl FnOnce(&mut Entry)) {
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
