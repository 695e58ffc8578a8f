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
    module_parameters,
    series, //
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
            access_us: series::value(&module_parameters::access_us),
            function_ms: series::value(&module_parameters::function_ms),
            total_ms: series::value(&module_parameters::total_ms),
        };
        let mmio = series::value(&module_parameters::mmio);
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
