// SPDX-License-Identifier: GPL-2.0

//! What the hardware looked like when the kernel panicked, in the vmcore.
//!
//! Loaded into a crash kernel, this shows `/proc/vmcore_devdump`: `/proc/vmcore` with the dumps of devices in front of its
//! notes. Drivers add dumps through `vmcore_add_device_dump()`, as on kernels that have it built in, or as a stream.
//!
//! In any other kernel it refuses to load.

use kernel::prelude::*;

#[path = "rust/bindings"]
mod bindings {
    //! What the core needs of the kernel and the `kernel` crate does not have.

    pub(crate) mod crash_dump;
    pub(crate) mod file;
    pub(crate) mod module;
    pub(crate) mod page;
    pub(crate) mod proc_fs;
}

#[path = "rust/abi/lib.rs"]
mod abi;
#[path = "rust/devdump/lib.rs"]
mod devdump;
#[path = "rust/format/lib.rs"]
mod format;
#[path = "rust/abi/server.rs"]
mod server;

module! {
    type: VmcoreDevdump,
    name: "vmcore_devdump",
    authors: ["The vmcore-devdump developers"],
    description: "Device dumps in /proc/vmcore",
    license: "GPL",
    params: {
        dump_seconds: u32 {
            default: 60,
            description: "Most seconds that a dump may take, 1 to 3600 (60); what is missing then is left out",
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
        devdump::start(module_parameters::dump_seconds.value())?;
        Ok(Self)
    }
}

impl Drop for VmcoreDevdump {
    fn drop(&mut self) {
        devdump::stop();
    }
}
