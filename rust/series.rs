// SPDX-License-Identifier: GPL-2.0

//! What differs between the series of the kernel in `tools/kdir/kernels`. `Kbuild` says which one it is.

#![allow(dead_code, unused_macros, unused_imports)] // No module needs all of it.

use kernel::{
    alloc::{
        AllocError,
        Allocator,
        Flags, //
    },
    bindings,
    ffi::c_int,
    io::Io,
    module_param::{
        ModuleParam,
        ModuleParamAccess, //
    },
    pci::Bar,
    prelude::*,
    ModuleMetadata, //
};

/// The module that this is in.
#[allow(clippy::extra_unused_type_parameters)] // Before 7.3.
pub(crate) fn this_module<M: ModuleMetadata>() -> *mut kernel::bindings::module {
    #[cfg(before_7_3)]
    let module: &ThisModule = &crate::THIS_MODULE;
    #[cfg(not(before_7_3))]
    let module: &ThisModule = &M::THIS_MODULE;
    module.as_ptr()
}

/// What a parameter was set to.
pub(crate) fn value<T: ModuleParam + Copy>(parameter: &ModuleParamAccess<T>) -> T {
    #[cfg(before_7_3)]
    let value = *parameter.value();
    #[cfg(not(before_7_3))]
    let value = parameter.value();
    value
}

/// `ETIME`, for which 7.2 has no name.
pub(crate) fn timed_out() -> Error {
    Error::from_errno(-(bindings::ETIME as c_int))
}

/// `len` zeroes.
pub(crate) fn zeroed<T, A>(len: usize, flags: Flags) -> Result<Vec<T, A>, AllocError>
where
    T: Zeroable + Clone,
    A: Allocator,
{
    #[cfg(before_7_3)]
    let zeroes = Vec::from_elem(Zeroable::zeroed(), len, flags);
    #[cfg(not(before_7_3))]
    let zeroes = Vec::zeroed(len, flags);
    zeroes
}

/// Bytes of a BAR.
pub(crate) fn bar_size(bar: &Bar<'_>) -> usize {
    #[cfg(before_7_3)]
    let size = Io::maxsize(&**bar);
    #[cfg(not(before_7_3))]
    let size = Io::size(bar);
    size
}

/// What a driver's table has beside the id of a device that is probed.
#[cfg(before_7_3)]
pub(crate) type IdInfo<'a, T> = &'a T;
#[cfg(not(before_7_3))]
pub(crate) type IdInfo<'a, T> = Option<&'a T>;

/// Declares the ids of a driver's devices.
#[cfg(before_7_3)]
macro_rules! pci_device_table {
    ($name:ident, $($rest:tt)*) => {
        kernel::pci_device_table!($name, MODULE_TABLE, $($rest)*);
    };
}
#[cfg(not(before_7_3))]
macro_rules! pci_device_table {
    ($($rest:tt)*) => {
        kernel::pci_device_table!($($rest)*);
    };
}
pub(crate) use pci_device_table;
