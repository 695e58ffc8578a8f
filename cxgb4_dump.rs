// SPDX-License-Identifier: GPL-2.0

//! Dumps Chelsio T4, T5 and T6 adapters into the vmcore.
//!
//! For crash kernels: on probe, registers and on-chip memory of the adapter are collected into a device dump
//! (`vmcore_devdump.ko`). Then the adapter is left to its real driver.

#[path = "rust/bindings"]
mod bindings {
    //! What the driver needs of the kernel and the `kernel` crate does not have.

    pub(crate) mod pci;
    pub(crate) mod probing;
    pub(crate) mod sort;
    pub(crate) mod workqueue;
    pub(crate) mod zlib;
}

#[path = "rust/abi/lib.rs"]
mod abi;
#[forbid(unsafe_code)]
#[path = "rust/cxgb4/lib.rs"]
mod cxgb4;
#[forbid(unsafe_code)]
#[path = "rust/format/lib.rs"]
mod format;
#[path = "rust/series.rs"]
mod series;

kernel::prelude::module! {
    type: cxgb4::Module,
    name: "cxgb4_dump",
    authors: ["The vmcore-devdump developers"],
    description: "Device dumps of Chelsio T4, T5 and T6 adapters",
    license: "GPL",
    params: {
        whole: u8 {
            default: 0,
            description: "1: keep adapters, and offer all of each as /proc/vmcore_devices/cxgb4_<address> until this module is unloaded; they have no other driver until then (0)",
        },
        flash: u8 {
            default: 0,
            description: "1: dump the serial flash, too: 4 MiB and more, and some seconds (0)",
        },
        upper_layers: u8 {
            default: 0,
            description: "1: dump the regions of iSCSI and RDMA, too, which describe memory of this host and of its peers (0)",
        },
        ncsi_queues: u8 {
            default: 0,
            description: "1: dump the queues of the sideband to the management controller, too, which carry its packets (0)",
        },
        rss_key: u8 {
            default: 0,
            description: "1: dump the secret key of RSS, too (0)",
        },
        host_memory: u8 {
            default: 0,
            description: "1: dump the part of the host's memory that the adapter uses, too, if it is bus master (0)",
        },
    },
}
