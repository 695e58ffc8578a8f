// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/module.h`

use crate::series::this_module;
use kernel::{
    bindings,
    prelude::*,
    ModuleMetadata, //
};

use core::marker::PhantomData;

/// Keeps module `M` from being unloaded.
///
/// # Invariants
///
/// Holds a reference to the module.
pub(crate) struct ModuleRef<M: ModuleMetadata>(PhantomData<M>);

impl<M: ModuleMetadata> ModuleRef<M> {
    /// `ENODEV`: the module is being unloaded.
    pub(crate) fn get() -> Result<Self> {
        // SAFETY: The pointer is that of this very module.
        match unsafe { bindings::try_module_get(this_module::<M>()) } {
            // INVARIANT: `try_module_get()` took a reference.
            true => Ok(Self(PhantomData)),
            false => Err(ENODEV),
        }
    }
}

impl<M: ModuleMetadata> Drop for ModuleRef<M> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::module_put(this_module::<M>()) };
    }
}
