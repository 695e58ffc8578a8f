// SPDX-License-Identifier: GPL-2.0

//! The module: it's loaded when all adapters have been dumped.

use super::{
    super::bindings::probing::Gathering,
    driver::Cxgb4Dump, //
};
use kernel::{
    driver::Registration,
    pci,
    prelude::*,
    InPlaceModule,
    ModuleMetadata, //
};

/// As `module_pci_driver!` makes it, but that adapters are probed side by side: one that is slow or hangs holds up no other.
#[pin_data]
pub(crate) struct Module {
    #[pin]
    driver: Registration<pci::Adapter<Cxgb4Dump>>,
}

impl InPlaceModule for Module {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let gathering = Gathering::begin();
        try_pin_init!(Self {
            driver <- Registration::new(<Self as ModuleMetadata>::NAME, module),
            _: { gathering.probe(&driver) },
        })
    }
}
