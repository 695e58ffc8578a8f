// SPDX-License-Identifier: GPL-2.0

//! The module: it's loaded when all functions have been dumped.

use super::{
    dump::{
        Registers,
        Spaces, //
    },
    external::External,
    meter::Limits, //
};
use crate::{
    abi,
    bindings::crash_dump::is_kdump_kernel,
    module_parameters, //
};
use kernel::prelude::*;

/// Registers of devices that QEMU has no models of, too.
const UNTRIED: u32 = 2;

pub(crate) struct Module;

impl kernel::Module for Module {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        if !is_kdump_kernel() {
            pr_info!("not a crash kernel, nothing to do\n");
            return Err(ENODEV);
        }
        let limits = Limits {
            access_us: module_parameters::access_us.value(),
            function_ms: module_parameters::function_ms.value(),
            total_ms: module_parameters::total_ms.value(),
        };
        let mmio = module_parameters::mmio.value();
        // The core has logged why there is no dump, if there is none.
        let _ = abi::register(&mut Spaces { limits });
        if mmio > 0 {
            let _ = abi::register(&mut Registers {
                limits,
                untried: mmio >= UNTRIED,
                external: External::read(),
            });
        }
        Ok(Self)
    }
}
