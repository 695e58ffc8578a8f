// SPDX-License-Identifier: GPL-2.0

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{bail, Context, Result};

use crate::{
    initramfs::{self, Extra},
    machine::{self, Machine},
    monitor::Monitor,
    paths,
    qemu::{Console, Guest},
    schedule::Turn,
    Accel, Adapter, Lost,
};

/// A busy host delays the ticks by which the kernel would find out whether its timer works.
const CMDLINE: &str = "console=ttyS0 panic=-1 oops=panic rdinit=/init no_timer_check";
/// For the person at the shell.
const HINTS: &str = "
Modules are in /modules. This loads them, and saves the vmcore:  sh /scripts/crash
What is left in /out stays. `exit` goes on to the next kernel, or to the end.
";
/// How long a person may take.
const INTERACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// What the crash kernel runs to have Linux's own driver dump the adapters: our core takes its dumps, of 32 MiB each.
pub const LOAD_C_DRIVER: &str = "for module in /drivers/*.ko; do insmod $module; done
insmod /modules/vmcore_devdump.ko total_mib=208 deadline_seconds=3600 dump_seconds=600
insmod /modules/cxgb4.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
";

/// A virtual machine to be booted once.
#[derive(Clone, Debug)]
pub struct Vm {
    name: String,
    memory_mib: u32,
    crashkernel_mib: u32,
    cpus: u32,
    crash_options: String,
    first_options: String,
    arguments: Vec<String>,
    has_monitor: bool,
    adapters: Vec<Adapter>,
    devices: Vec<String>,
    extra: Extra,
    module_dirs: Vec<PathBuf>,
    first: String,
    crash: Option<String>,
    crash_image: Option<PathBuf>,
    crash_initramfs: Option<PathBuf>,
    deadline: Duration,
    counting: bool,
    shell: Option<Stage>,
}

/// One of the two kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The one that panics.
    First,
    /// The one that saves what is left.
    Crash,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Crash => "crash",
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What the scripts left in `/out`, and their logs.
    pub out: PathBuf,
    /// Exit status of the first kernel's script.
    pub first: i32,
    /// Exit status of the crash kernel's script, if it was to run.
    pub crash: Option<i32>,
    /// The console of both kernels.
    pub serial_log: PathBuf,
    /// Statistics of the adapters, in order.
    pub adapters: Vec<PathBuf>,
}

impl Outcome {
    /// Fails if a script failed.
    pub fn success(self) -> Result<Self> {
        for (stage, status) in [("first", Some(self.first)), ("crash", self.crash)] {
            let status = status.unwrap_or(0);
            if status != 0 {
                let log = self.out.join(format!("{stage}.log"));
                let said = fs::read_to_string(&log).unwrap_or_default();
                let tail: Vec<_> = said.lines().rev().take(10).collect();
                let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
                bail!(
                    "the script of the {stage} kernel ended with {status} ({}; console: {}):\n{tail}",
                    log.display(),
                    self.serial_log.display()
                );
            }
        }
        Ok(self)
    }

    /// What the crash kernel logged, or the first one if there was no crash.
    pub fn dmesg(&self) -> Result<String> {
        let stage = if self.crash.is_some() {
            "crash"
        } else {
            "first"
        };
        let bytes = fs::read(self.out.join(format!("{stage}.dmesg")))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Vm {
    /// A virtual machine whose files will be in `build/vm/<name>`.
    pub fn scenario(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            // The kernel may be anywhere in it: the larger of the parts before and behind has room for a crash kernel.
            memory_mib: 512,
            crashkernel_mib: 192,
            cpus: 1,
            crash_options: String::new(),
            first_options: String::new(),
            arguments: Vec::new(),
            has_monitor: false,
            adapters: Vec::new(),
            devices: Vec::new(),
            extra: Extra::default(),
            module_dirs: vec![paths::modules_dir()],
            first: String::new(),
            crash: None,
            crash_image: None,
            crash_initramfs: None,
            deadline: Duration::from_secs(300),
            counting: false,
            shell: None,
        }
    }

    /// Memory of the machine, in MiB.
    pub fn memory_mib(mut self, mib: u32) -> Self {
        self.memory_mib = mib;
        self
    }

    /// Memory set aside for the crash kernel, in MiB.
    pub fn crashkernel_mib(mut self, mib: u32) -> Self {
        self.crashkernel_mib = mib;
        self
    }

    /// Processors, of both kernels.
    pub fn cpus(mut self, cpus: u32) -> Self {
        self.cpus = cpus;
        self
    }

    /// More for the command line of the crash kernel.
    pub fn crash_options(mut self, options: &str) -> Self {
        self.crash_options = options.to_owned();
        self
    }

    /// More for the command line of the first kernel.
    pub fn first_options(mut self, options: &str) -> Self {
        self.first_options = options.to_owned();
        self
    }

    /// More for QEMU; words are separated by blanks.
    pub fn arguments(mut self, words: &str) -> Self {
        let words = words.split_whitespace().map(str::to_owned);
        self.arguments.extend(words);
        self
    }

    /// Lets scripts ask QEMU's monitor: each line of `/out/monitor.ask`, which they rename into place, is a command, and what they
    /// answer is in `/out/monitor.answer.N` then, with a new number each time.
    pub fn monitor(mut self) -> Self {
        self.has_monitor = true;
        self
    }

    /// Plugs in an adapter: the first one is 0000:00:05.0, the next 0000:00:06.0, and so on.
    pub fn adapter(mut self, adapter: Adapter) -> Self {
        self.adapters.push(adapter);
        self
    }

    /// Plugs in a device that QEMU models, behind the adapters.
    pub fn device(mut self, model: &str) -> Self {
        self.devices.push(model.to_owned());
        self
    }

    /// Puts the kernel modules in a directory of the host into `/modules`, besides the ones under test.
    pub fn modules(mut self, dir: impl Into<PathBuf>) -> Self {
        self.module_dirs.push(dir.into());
        self
    }

    /// Puts a module of the distribution's kernel, and those that it needs, into `/drivers`, numbered in the order to load them.
    pub fn driver(mut self, name: &str) -> Self {
        self.extra.driver = name.to_owned();
        self
    }

    /// Puts Linux's own driver for the adapters, as `tools/setup/oracle` has built it, into `/modules`, and what it needs into
    /// `/drivers`; [`LOAD_C_DRIVER`] loads it.
    pub fn c_driver(self) -> Self {
        let mut vm = self
            .modules(paths::build_dir().join("oracle"))
            .driver("cxgb4");
        vm.extra.own_driver = true;
        vm
    }

    /// Puts a program of the host, and the libraries it needs, into `/bin` of the guest.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.extra.programs.push(program.into());
        self
    }

    /// Puts a file of the host into `/files` of the guest.
    pub fn file(mut self, file: impl Into<PathBuf>) -> Self {
        self.extra.files.push(file.into());
        self
    }

    /// What the first kernel runs, after the crash kernel was loaded. If it fails, the machine stops without a panic.
    pub fn first_kernel(mut self, script: &str) -> Self {
        self.first = script.to_owned();
        self
    }

    /// What the crash kernel runs. Without it the machine stops after the first script.
    pub fn crash_kernel(mut self, script: &str) -> Self {
        self.crash = Some(script.to_owned());
        self
    }

    /// The debug kernel (`tools/setup/debug-kernel`) for the crash kernel; in `/modules` what was built for it in `dirs` of
    /// `build/debug`.
    pub fn debug_kernel(mut self, dirs: [&str; 2]) -> Self {
        let debug = paths::build_dir().join("debug");
        self.crash_image = Some(debug.join("kernel/bzImage"));
        self.module_dirs = dirs.map(|dir| debug.join(dir)).to_vec();
        self
    }

    /// Another initramfs for the crash kernel, which has to do by itself what the script would: leave its exit status and what
    /// it saves in `out` of the shared directory, and power off.
    pub fn crash_initramfs(mut self, initramfs: impl Into<PathBuf>) -> Self {
        self.crash_initramfs = Some(initramfs.into());
        self.crash_kernel("")
    }

    /// Time for everything.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Time in the guest is instructions that were executed, each a nanosecond: exact, whatever else the host does, and slow.
    pub fn counting_instructions(mut self) -> Self {
        self.counting = true;
        self
    }

    /// Gives the terminal a shell in one of the kernels instead of running its script.
    pub fn shell(mut self, stage: Stage) -> Self {
        self.shell = Some(stage);
        self
    }

    /// Boots it, as soon as there is a processor for it, and waits for its end. Fails with [`Lost`] if the scripts could not run to their end.
    pub fn run(&self) -> Result<Outcome> {
        let dir = machine::fresh_dir(&self.name)?;
        let (share, serial_log) = (dir.join("share"), dir.join("serial.log"));
        let out = share.join("out");
        fs::create_dir_all(&out)?;
        self.prepare(&dir, &share)?;

        let turn = Some(Turn::wait(&self.name));
        let machine = Machine::new(&dir, &serial_log, &self.adapters, turn)?;
        let cmdline = format!(
            "{CMDLINE} crashkernel={}M {}",
            self.crashkernel_mib, self.first_options
        );
        let (console, time) = match self.shell {
            Some(_) => (Console::Terminal, INTERACTIVE),
            None => (Console::Log, self.deadline),
        };
        // Only the translator counts instructions.
        let accel = match self.counting {
            true => Accel::Tcg,
            false => Accel::get()?,
        };
        let guest = Guest {
            accel,
            memory_mib: self.memory_mib,
            kernel: &share.join("vmlinuz"),
            initrd: &share.join("initramfs"),
            cmdline: &cmdline,
            serial_log: &serial_log,
            adapters: &machine.adapters,
        };
        let mut command = guest.sharing(&share, self.cpus, console, &self.devices);
        if self.counting {
            command.args(["-icount", "shift=0,sleep=off"]);
        }
        command.args(&self.arguments);
        let monitor = self.has_monitor.then(|| {
            let socket = dir.join("monitor.sock");
            command.args(Monitor::arguments(&socket));
            Monitor::start(socket, out.clone())
        });
        let adapters = machine.start(command, console)?.wait(time)?;
        drop(monitor);
        let lost = |why: String| Lost {
            why,
            serial_log: serial_log.clone(),
        };
        let first = self.status(&out, "first").map_err(lost)?;
        let crash = match self.crash {
            Some(_) if first == 0 => Some(self.status(&out, "crash").map_err(lost)?),
            _ => None,
        };
        Ok(Outcome {
            out,
            first,
            crash,
            serial_log,
            adapters,
        })
    }

    fn prepare(&self, dir: &Path, share: &Path) -> Result<()> {
        let mut scripts = vec![("first", self.first.as_str())];
        scripts.extend(self.crash.as_deref().map(|script| ("crash", script)));
        let interactive = self
            .shell
            .map(|stage| format!("{}.interactive", stage.name()));
        scripts.extend(interactive.as_deref().map(|name| (name, HINTS)));
        let modules = self.module_dirs.iter().map(|dir| paths::modules_in(dir));
        let mut extra = self.extra.clone();
        extra.modules = modules.collect::<Result<Vec<_>>>()?.concat();
        initramfs::write(&share.join("initramfs"), dir, &scripts, &extra)?;

        let (version, kernel) = paths::kernel()?;
        fs::copy(kernel.join("vmlinuz"), share.join("vmlinuz"))
            .with_context(|| format!("no image of kernel {version}"))?;
        if let Some(image) = &self.crash_image {
            fs::copy(image, share.join("crash-vmlinuz"))
                .with_context(|| image.display().to_string())?;
        }
        if let Some(initramfs) = &self.crash_initramfs {
            fs::copy(initramfs, share.join("crash-initramfs"))
                .with_context(|| initramfs.display().to_string())?;
        }
        let cmdline = format!(
            "{CMDLINE} irqpoll nr_cpus={} reset_devices {}",
            self.cpus, self.crash_options
        );
        fs::write(share.join("crash.cmdline"), cmdline)?;
        Ok(())
    }

    fn status(&self, out: &Path, stage: &str) -> std::result::Result<i32, String> {
        if let Ok(why) = fs::read_to_string(out.join(format!("{stage}.broken"))) {
            return Err(why.trim().to_owned());
        }
        fs::read_to_string(out.join(format!("{stage}.status")))
            .ok()
            .and_then(|status| status.trim().parse().ok())
            .ok_or_else(|| format!("the script of the {stage} kernel did not come to its end"))
    }
}
