// SPDX-License-Identifier: GPL-2.0

//! The story that `make demo` tells and the tests check: a T6 with a fault, a panic, a dump.

use crate::{Adapter, Vm};

/// The adapter of the story: a memory of it lost two bits of a word.
pub fn adapter() -> Adapter {
    Adapter::t6(6).option("--fault=EDC0.ECC_UE")
}

/// What the initramfs of a crash kernel does before it saves the vmcore.
pub const LOAD: &str = "insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
";

/// The story, named `name`; its vmcore will be `/out/vmcore`.
pub fn vm(name: &str) -> Vm {
    let save = "makedumpfile -l -d 31 /proc/vmcore /out/vmcore";
    Vm::scenario(name)
        .adapter(adapter())
        .crash_kernel(&format!("{LOAD}{save}\n"))
}
