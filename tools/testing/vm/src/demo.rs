// SPDX-License-Identifier: GPL-2.0

//! The story that `make demo` tells and the tests check: a T6 with a fault, a panic, a dump. `make demo` has another device in it, which has
//! refused a request.

use crate::{Adapter, Vm, MONITOR};

/// The adapter of the story: a memory of it lost two bits of a word.
pub fn adapter() -> Adapter {
    Adapter::t6(6).option("--fault=EDC0.ECC_UE")
}

/// What the initramfs of a crash kernel does before it saves the vmcore.
pub const LOAD: &str = "insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
";

const SAVE: &str = "makedumpfile -l -d 31 /proc/vmcore /out/vmcore\n";

/// The story, named `name`; its vmcore will be `/out/vmcore`.
pub fn vm(name: &str) -> Vm {
    Vm::scenario(name)
        .adapter(adapter())
        .crash_kernel(&format!("{LOAD}{SAVE}"))
}

/// A network controller of QEMU.
const CONTROLLER: &str =
    "-device pcie-root-port,id=above,chassis=1,addr=0x10 -device e1000e,bus=above,id=controller";
/// It has refused to read a double word at an address that is not its own; this is the request.
const REFUSE: &str =
    "monitor 'pcie_aer_inject_error controller UNSUP 0x00000001 0x0000000f 0xfee01000 0'\n";

/// The story with the dumps of all our modules.
pub fn whole(name: &str) -> Vm {
    let load = LOAD
        .replace("devdump.ko\n", "devdump.ko crash_log=1\n")
        .replace("mount", "insmod /modules/pci_dump.ko\nmount");
    vm(name)
        .arguments(CONTROLLER)
        .monitor()
        .crash_options("pcie_ports=compat")
        .first_kernel(&format!("{MONITOR}{REFUSE}"))
        .crash_kernel(&format!("{load}{SAVE}"))
}
