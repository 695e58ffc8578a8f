// SPDX-License-Identifier: GPL-2.0

//! Dumps every PCI function into the vmcore: configuration spaces, and registers of devices that are known.
//!
//! For crash kernels: while it loads, it reads. It binds no device, has no alias, writes nothing, wakes nothing, and turns no decoding
//! on.

#[path = "rust/bindings"]
mod bindings {
    //! What the module needs of the kernel and the `kernel` crate does not have.

    pub(crate) mod clock;
    pub(crate) mod crash_dump;
    pub(crate) mod firmware;
    pub(crate) mod io;
    pub(crate) mod pci_functions;
}

#[path = "rust/abi/lib.rs"]
mod abi;
#[forbid(unsafe_code)]
#[path = "rust/format/lib.rs"]
mod format;
#[forbid(unsafe_code)]
#[path = "rust/pci/lib.rs"]
mod pci;
#[path = "rust/series.rs"]
mod series;

kernel::prelude::module! {
    type: pci::Module,
    name: "pci_dump",
    authors: ["The vmcore-devdump developers"],
    description: "Device dumps of all PCI functions",
    license: "GPL",
    imports_ns: ["CXL"],
    params: {
        mmio: u32 {
            default: 1,
            description: "Registers behind BARs: 0 none, 1 of devices that QEMU has models of, and of those in the table of further devices, 2 of all that are known (1)",
        },
        total_ms: u32 {
            default: 10000,
            description: "Most milliseconds for configuration spaces, and as many for registers (10000)",
        },
        function_ms: u32 {
            default: 500,
            description: "Most milliseconds for a function, in each of the two (500)",
        },
        access_us: u32 {
            default: 5000,
            description: "An access that takes more microseconds is the last to a function; to a configuration space, the second one (5000)",
        },
    },
}
