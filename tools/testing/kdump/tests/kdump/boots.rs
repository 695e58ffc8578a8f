// SPDX-License-Identifier: GPL-2.0

//! The virtual machines.

use std::{fs, path::Path, sync::LazyLock, time::Duration};

use vm::{Adapter, Outcome, Vm};

use crate::bad_vmcores;

/// A virtual machine that ran to its end, or why it did not.
pub type Boot = LazyLock<Result<Outcome, String>>;

const FIRST: &str = include_str!("../../scripts/first.sh");

/// Boots it; the scripts must succeed.
pub fn boot(vm: Vm) -> Result<Outcome, String> {
    vm.run()
        .and_then(Outcome::success)
        .map_err(|error| format!("{error:#}"))
}

/// What a crash kernel runs to save a vmcore.
pub const SAVE: &str = "makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1\n";

/// With the dumps of our driver, of all adapters, however slow the emulation is.
pub fn save_with_dumps() -> String {
    let times = "devdump.ko dump_seconds=600 deadline_seconds=3600\n";
    let load = vm::demo::LOAD.replace("devdump.ko\n", times);
    format!("{load}{SAVE}")
}

/// No adapter: the core module for itself.
pub static CORE: Boot = LazyLock::new(|| {
    let mut vm = Vm::scenario("core")
        .modules(vm::build_dir().join("test-modules"))
        .program(env!("CARGO_BIN_EXE_compare-vmcore"))
        .first_kernel(FIRST)
        .crash_kernel(include_str!("../../scripts/core.sh"))
        .deadline(Duration::from_secs(900));
    for file in bad_vmcores::write().map_err(|error| error.to_string())? {
        vm = vm.file(file);
    }
    boot(vm)
});

/// The story that `make demo` tells.
pub static DEMO: Boot = LazyLock::new(|| boot(vm::demo::vm("story").first_kernel(FIRST)));

/// The adapter of [`T4`].
pub fn t4() -> Adapter {
    Adapter::t4(41)
}

/// A T4 whose flash is dumped too, as far as the time allows.
pub static T4: Boot = LazyLock::new(|| {
    let script = save_with_dumps()
        .replace("dump_seconds=600", "dump_seconds=25")
        .replace("dump.ko\n", "dump.ko flash=1\n");
    boot(Vm::scenario("t4").adapter(t4()).crash_kernel(&script))
});

/// The adapters of [`TWO`].
pub fn two() -> [Adapter; 2] {
    // Small, since every read of their memory leaves the guest.
    let (t6, t5) = (
        Adapter::t6(61).option("--mc-mib=1"),
        Adapter::t5(51).option("--mc-mib=1"),
    );
    [t6.counted(), t5.counted()]
}

/// A T6 whose memory window is nowhere, and which does not know where its packets are.
pub fn broken() -> Adapter {
    Adapter::t6(66)
        .option("--set=0x3068=0xffffffff")
        .option("--set=0x7d20=0xfffffff8")
}

/// Two adapters with every access counted, and a broken one.
pub static TWO: Boot = LazyLock::new(|| {
    let vm = Vm::scenario("two").crash_kernel(include_str!("../../scripts/two.sh"));
    boot(
        two()
            .into_iter()
            .chain([broken()])
            .fold(vm, Vm::adapter)
            .deadline(Duration::from_secs(900)),
    )
});

/// What the boot left behind.
pub fn of(boot: &'static Boot) -> &'static Outcome {
    match &**boot {
        Ok(outcome) => outcome,
        Err(error) => panic!("{error}"),
    }
}

/// A file that a script left in `/out`.
pub fn text(boot: &'static Boot, name: &str) -> String {
    let path = of(boot).out.join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lines of `log` that contain `what`, without what is before it.
pub fn lines<'a>(log: &'a str, what: &str) -> Vec<&'a str> {
    log.lines()
        .filter_map(|line| line.find(what).map(|at| &line[at..]))
        .collect()
}

/// Fails if `log` has one of these signs that something is wrong.
pub fn assert_none(log: &str, signs: &[&str]) {
    for sign in signs {
        assert!(!log.contains(sign), "{}", lines(log, sign).join("\n"));
    }
}

/// Runs a program of the build root and returns what it prints.
pub fn output(program: impl AsRef<Path>, args: &[&str]) -> String {
    let program = program.as_ref();
    let output = std::process::Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} {args:?}: {errors}",
        program.display()
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
