// SPDX-License-Identifier: GPL-2.0

//! What the hardware looked like when the kernel panicked, in the vmcore.
//!
//! Loaded into a crash kernel, this shows `/proc/vmcore_devdump`: `/proc/vmcore` with the dumps of devices in front of its
//! notes. Drivers add dumps through `vmcore_add_device_dump()`, as on kernels that have it built in, or as a stream.
//!
//! In any other kernel it refuses to load.

// Where the kernel has a `vmcore_add_device_dump()` of its own, ours is left out, and what only that needs is idle.
#![cfg_attr(
    all(CONFIG_PROC_VMCORE_DEVICE_DUMP, not(beside_native)),
    allow(dead_code, unused_imports)
)]

use kernel::prelude::*;

#[path = "rust/bindings"]
mod bindings {
    //! What the core needs of the kernel and the `kernel` crate does not have.

    pub(crate) mod clock;
    pub(crate) mod crash_dump;
    pub(crate) mod crc32;
    pub(crate) mod file;
    pub(crate) mod kmsg_dump;
    pub(crate) mod module;
    pub(crate) mod oom;
    pub(crate) mod page;
    pub(crate) mod proc_fs;
    pub(crate) mod proc_stream;
    pub(crate) mod task;
    pub(crate) mod workqueue;
    #[allow(dead_code)] // Drivers need more of it.
    pub(crate) mod zlib;
    #[cfg(CONFIG_ZSTD_COMPRESS)]
    pub(crate) mod zstd;
}

#[path = "rust/abi/lib.rs"]
mod abi;
#[path = "rust/devdump/lib.rs"]
mod devdump;
#[path = "rust/format/lib.rs"]
mod format;
#[path = "rust/series.rs"]
mod series;
#[path = "rust/abi/server.rs"]
mod server;

module! {
    type: VmcoreDevdump,
    name: "vmcore_devdump",
    authors: ["The vmcore-devdump developers"],
    description: "Device dumps in /proc/vmcore",
    license: "GPL",
    params: {
        total_mib: u32 {
            default: 0,
            description: "Memory for all dumps in MiB, 1 to 1024; 0: a quarter of what is free (0)",
        },
        dump_mib: u32 {
            default: 0,
            description: "Most memory for one dump in MiB, 1 to 1024; 0: as much as there is for all (0)",
        },
        dump_seconds: u32 {
            default: 0,
            description: "Most seconds that one dump may take, 1 to 3600; what is missing then is left out; 0: 60, if there are so many for all (0)",
        },
        deadline_seconds: u32 {
            default: 90,
            description: "All dumps are finished so many seconds after loading, 1 to 3600 (90)",
        },
        crash_log: u8 {
            default: 0,
            description: "1: dump what the crash kernel has logged so far, as crash_log (0)",
        },
    },
}

struct VmcoreDevdump;

impl kernel::Module for VmcoreDevdump {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        if !bindings::crash_dump::is_kdump_kernel() {
            pr_info!("not a crash kernel, nothing to do\n");
            return Err(ENODEV);
        }
        devdump::start(&devdump::Parameters {
            total_mib: series::value(&module_parameters::total_mib),
            dump_mib: series::value(&module_parameters::dump_mib),
            dump_seconds: series::value(&module_parameters::dump_seconds),
            deadline_seconds: series::value(&module_parameters::deadline_seconds),
        })?;
        if series::value(&module_parameters::crash_log) != 0 {
            devdump::crash_log::add();
        }
        Ok(Self)
    }
}

impl Drop for VmcoreDevdump {
    fn drop(&mut self) {
        devdump::stop();
    }
}
