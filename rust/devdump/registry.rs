// SPDX-License-Identifier: GPL-2.0

//! Which dumps there are.

use super::{
    super::{
        bindings::{
            file::Path,
            module::ModuleRef,
            oom::OomNotifier,
            proc_fs::ProcEntry,
            proc_stream::ProcDir, //
        },
        format::{
            manifest::{
                Entry,
                Reason, //
            },
            vmcoredd::NAME_LEN,
        },
        LocalModule,
    },
    budget::{
        Limits,
        Parameters,
        Share, //
    },
    crash_kernel,
    dump::Dump,
    dumps::{
        self,
        DUMPS, //
    },
    failure::Failure,
    readers::Readers,
    records::Records,
    shortage::Shortage,
    stacked::{
        Headers,
        Stacked, //
    },
};
use kernel::{
    prelude::*,
    str::CString,
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
    notifier: Option<OomNotifier<Shortage>>,
    /// Where dumps are offered, and the names of those that are.
    pub(super) directory: Option<ProcDir>,
    pub(super) offers: KVec<CString>,
    /// While there are dumps, we stay: the file may be mounted.
    module: Option<ModuleRef<LocalModule>>,
    pub(super) records: Records,
    pub(super) readers: Readers,
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
        notifier: None,
        directory: None,
        offers: KVec::new(),
        module: None,
        records: Records::new(),
        readers: Readers::new(),
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
        DUMPS.init();
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
    let notifier = OomNotifier::register()?;
    {
        let mut state = STATE.lock();
        state.lower = Some(lower);
        state.headers = Some(headers);
        state.limits = limits;
        state.records.release = release;
        state.notifier = Some(notifier);
    }
    let made = ProcDir::new(c"vmcore_devices")
        .and_then(|directory| Ok((directory, ProcEntry::new(c"vmcore_devdump")?)));
    let (directory, entry) = made.inspect_err(|_| stop())?;
    let mut state = STATE.lock();
    state.directory = Some(directory);
    state.entry = Some(entry);
    state.show_size();
    pr_info!("/proc/vmcore_devdump is ready, with {limits}\n");
    Ok(())
}

/// Undoes [`start`], and drops all dumps.
pub(crate) fn stop() {
    let (entry, notifier, directory) = {
        let mut state = STATE.lock();
        let directory = state.directory.take();
        (state.entry.take(), state.notifier.take(), directory)
    };
    // This waits for their users, who may want the lock.
    drop((entry, notifier, directory));
    let mut state = STATE.lock();
    state.lower = None;
    state.headers = None;
    state.offers = KVec::new();
    state.records = Records::new();
    state.readers = Readers::new();
    drop(dumps::take_all());
}

/// Does what was written to the file. `EINVAL`: it's not understood; `EBUSY`: somebody reads the file.
pub(super) fn command(text: &[u8]) -> Result {
    if text != b"clear" {
        pr_err!("/proc/vmcore_devdump takes \"clear\", which drops all dumps, and nothing else\n");
        return Err(EINVAL);
    }
    let mut state = STATE.lock();
    if state.open > 0 {
        return Err(EBUSY);
    }
    let dumps = dumps::take_all();
    state.records.clear();
    state.readers = Readers::new();
    state.show_size();
    // The writer keeps the file from going away.
    state.module = None;
    pr_info!("device dumps dropped: {}\n", dumps.len());
    Ok(())
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
        if names == Names::AreUnique && dumps::has(name) {
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
        dumps::push(dump).map_err(|_| Failure::new(Reason::NO_MEMORY))?;
        if self.module.is_none() {
            // Does not fail: whoever adds a dump keeps us here until then.
            self.module = ModuleRef::get().ok();
        }
        Ok(())
    }

    /// Has `what` become of the dump with this record.
    pub(super) fn finish(&mut self, record: Option<usize>, what: impl FnOnce(&mut Entry)) {
        if let Some(entry) = record.and_then(|number| self.records.get_mut(number)) {
            what(entry);
        }
        self.show_size();
    }

    fn show_size(&self) {
        let Some((headers, entry)) = self.headers.as_ref().zip(self.entry.as_ref()) else {
            return;
        };
        if let Ok(layout) = headers.layout(dumps::notes_len() + self.records.note_len()) {
            entry.set_size(layout.size());
        }
    }
}
