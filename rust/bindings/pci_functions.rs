// SPDX-License-Identifier: GPL-2.0

//! PCI functions that nobody binds, as the kernel knows them: they are looked at, and never written to.
//!
//! C headers: `include/linux/pci.h`, `include/linux/aer.h`

use kernel::{
    bindings,
    ffi::{
        c_int,
        c_uint, //
    },
    prelude::*,
};

use core::ptr::NonNull;

// Some structure behind a pointer has a lock class, which is empty without lockdep; none is passed by value.
#[allow(improper_ctypes)]
#[cfg(CONFIG_PCIEAER)]
extern "C" {
    fn pcie_aer_is_native(dev: *mut bindings::pci_dev) -> c_int;
}

const ANY: c_uint = c_uint::MAX;

/// A function.
///
/// # Invariants
///
/// Holds a reference to it.
pub(crate) struct Function(NonNull<bindings::pci_dev>);

impl Clone for Function {
    fn clone(&self) -> Self {
        // SAFETY: By the type invariant.
        unsafe { bindings::pci_dev_get(self.raw()) };
        // INVARIANT: That took a reference.
        Self(self.0)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::pci_dev_put(self.raw()) };
    }
}

/// An address range.
#[derive(Clone, Copy)]
pub(crate) struct Resource {
    pub(crate) start: u64,
    pub(crate) len: u64,
    pub(crate) flags: u32,
}

/// All functions, in the order in which they were found: a bridge comes before what is below it.
pub(crate) fn functions() -> impl Iterator<Item = Function> {
    core::iter::successors(next(None), |function| next(Some(function)))
}

/// The one after `function`; the first one, if that is none.
fn next(function: Option<&Function>) -> Option<Function> {
    // The reference to where the search starts is given up by it.
    let from = match function.cloned() {
        Some(function) => core::mem::ManuallyDrop::new(function).raw(),
        None => core::ptr::null_mut(),
    };
    // SAFETY: Null, or a reference that is passed on.
    // INVARIANT: The one that is returned is ours.
    NonNull::new(unsafe { bindings::pci_get_device(ANY, ANY, from) }).map(Function)
}

impl Function {
    fn raw(&self) -> *mut bindings::pci_dev {
        self.0.as_ptr()
    }

    /// Reads a field that is set when the function is found.
    fn get<T>(&self, field: impl FnOnce(*const bindings::pci_dev) -> T) -> T {
        field(self.raw())
    }

    /// Its name, as in `0000:00:05.0`.
    pub(crate) fn name(&self) -> &[u8] {
        // SAFETY: A device keeps its name while there is a reference to it.
        unsafe {
            let device = &raw const (*self.raw()).dev;
            let name = match (*device).init_name {
                name if name.is_null() => (*device).kobj.name,
                name => name,
            };
            CStr::from_char_ptr(name).to_bytes()
        }
    }

    /// Number of its bus, then of device and function in one.
    pub(crate) fn place(&self) -> (u8, u8) {
        // SAFETY: By the type invariant; a function has a bus.
        self.get(|dev| unsafe { ((*(*dev).bus).number, (*dev).devfn as u8) })
    }

    /// Vendor and device id; those of the subsystem.
    pub(crate) fn ids(&self) -> [(u16, u16); 2] {
        // SAFETY: By the type invariant.
        self.get(|dev| unsafe {
            [
                ((*dev).vendor, (*dev).device),
                ((*dev).subsystem_vendor, (*dev).subsystem_device),
            ]
        })
    }

    /// Class, subclass, programming interface and revision.
    pub(crate) fn class(&self) -> u32 {
        // SAFETY: By the type invariant.
        self.get(|dev| unsafe { ((*dev).class << 8) | u32::from((*dev).revision) })
    }

    /// Header type.
    pub(crate) fn header_type(&self) -> u8 {
        // SAFETY: By the type invariant.
        let (kind, several) = self.get(|dev| unsafe {
            (
                (*dev).hdr_type,
                bindings::pci_dev::multifunction_raw(dev) != 0,
            )
        });
        kind | if several { 0x80 } else { 0 }
    }

    /// The PCI Express capabilities register, if it has it, and where that capability is.
    pub(crate) fn express(&self) -> Option<(u16, u8)> {
        // SAFETY: By the type invariant.
        let (at, flags) = self.get(|dev| unsafe { ((*dev).pcie_cap, (*dev).pcie_flags_reg) });
        (at != 0).then_some((flags, at))
    }

    /// Where Downstream Port Containment is, if it has it.
    pub(crate) fn dpc(&self) -> Option<u16> {
        #[cfg(CONFIG_PCIE_DPC)]
        // SAFETY: By the type invariant.
        let at = self.get(|dev| unsafe { (*dev).dpc_cap });
        // The kernel does not know, and leaves it alone.
        #[cfg(not(CONFIG_PCIE_DPC))]
        let at = 0;
        (at != 0).then_some(at)
    }

    /// Whether it has Advanced Error Reporting.
    pub(crate) fn has_aer(&self) -> bool {
        #[cfg(CONFIG_PCIEAER)]
        // SAFETY: By the type invariant.
        let has = self.get(|dev| unsafe { (*dev).aer_cap != 0 });
        #[cfg(not(CONFIG_PCIEAER))]
        let has = false;
        has
    }

    /// Whether it has MSI or MSI-X.
    pub(crate) fn has_msi(&self) -> bool {
        // SAFETY: By the type invariant.
        self.get(|dev| unsafe { (*dev).msi_cap != 0 || (*dev).msix_cap != 0 })
    }

    /// Where power management is, if it has it.
    pub(crate) fn pm(&self) -> Option<u8> {
        // SAFETY: By the type invariant.
        let at = self.get(|dev| unsafe { (*dev).pm_cap });
        (at != 0).then_some(at)
    }

    /// Whether it could have virtual functions.
    pub(crate) fn is_physfn(&self) -> bool {
        // SAFETY: By the type invariant.
        self.get(|dev| unsafe { bindings::pci_dev::is_physfn_raw(dev) != 0 })
    }

    /// Whether this kernel looks after Advanced Error Reporting of it, and so has cleared its status when it found it.
    pub(crate) fn aer_is_native(&self) -> bool {
        #[cfg(CONFIG_PCIEAER)]
        // SAFETY: By the type invariant.
        let native = unsafe { pcie_aer_is_native(self.raw()) != 0 };
        #[cfg(not(CONFIG_PCIEAER))]
        let native = false;
        native
    }

    /// Whether this kernel looks after Downstream Port Containment.
    pub(crate) fn dpc_is_native(&self) -> bool {
        // SAFETY: By the type invariant; each bus is below a host bridge.
        unsafe {
            let bridge = bindings::pci_find_host_bridge((*self.raw()).bus);
            bindings::pci_host_bridge::native_dpc_raw(bridge) != 0
        }
    }

    /// The bridge above it; `None`: it is on a root bus.
    pub(crate) fn parent(&self) -> Option<Self> {
        // SAFETY: By the type invariant; a bus has the bridge to it for as long as there are functions on it.
        let above = unsafe {
            let bus = (*self.raw()).bus;
            match (*bus).parent.is_null() {
                true => core::ptr::null_mut(),
                false => bindings::pci_dev_get((*bus).self_),
            }
        };
        // INVARIANT: That took a reference.
        NonNull::new(above).map(Self)
    }

    /// Bytes of its configuration space that may be accessed.
    pub(crate) fn config_len(&self) -> usize {
        // SAFETY: By the type invariant.
        usize::try_from(self.get(|dev| unsafe { (*dev).cfg_size })).unwrap_or(0)
    }

    /// Reads the double word at `at` of its configuration space: `None` if that is not possible. What does not answer reads as
    /// ones.
    pub(crate) fn config32(&self, at: u16) -> Option<u32> {
        if at % 4 != 0 || usize::from(at).saturating_add(4) > self.config_len() {
            return None;
        }
        let mut value = 0;
        // SAFETY: By the type invariant; the place is inside of the configuration space.
        let code = unsafe { bindings::pci_read_config_dword(self.raw(), at.into(), &mut value) };
        (code == 0).then_some(value)
    }

    /// Its address ranges: BARs, ROM, and what else the kernel has.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (u8, Resource)> + '_ {
        (0..u8::MAX).map_while(|index| Some((index, self.resource(index)?)))
    }

    /// One of these.
    pub(crate) fn resource(&self, index: u8) -> Option<Resource> {
        // SAFETY: By the type invariant. Nobody changes what has been assigned, and if so, it were numbers all the same.
        let found = unsafe {
            let all = &raw const (*self.raw()).resource;
            let all = core::slice::from_raw_parts(all.cast::<bindings::resource>(), RESOURCES);
            let found = all.get(usize::from(index))?;
            (found.start, found.end, found.flags)
        };
        let (start, end, flags) = found;
        Some(Resource {
            start,
            len: match end {
                0 => 0,
                end => end.wrapping_sub(start).wrapping_add(1),
            },
            flags: flags as u32,
        })
    }

    /// Keeps drivers away from it; `None`: one of them is there, or somebody who lets no other near its configuration space.
    ///
    /// Not by `pci_dev_trylock()`, which sets a bit: the kernel changes others in the same word without a lock, when a driver has
    /// declined a function, and that bit with them.
    pub(crate) fn try_lock(&self) -> Option<Locked<'_>> {
        // SAFETY: By the type invariant.
        let locked = unsafe { bindings::mutex_trylock(self.mutex()) } != 0;
        // INVARIANT: It was locked right now.
        let locked = locked.then_some(Locked(self))?;
        // SAFETY: By the type invariant.
        let blocked = self.get(|dev| unsafe { bindings::pci_dev::block_cfg_access_raw(dev) });
        (blocked == 0).then_some(locked)
    }

    /// What the kernel takes as `device_lock()`.
    fn mutex(&self) -> *mut bindings::mutex {
        // SAFETY: By the type invariant.
        unsafe { &raw mut (*self.raw()).dev.mutex }
    }

    /// The C structure, for those functions that log what they do.
    pub(super) fn device(&self) -> *mut bindings::device {
        // SAFETY: By the type invariant.
        unsafe { &raw mut (*self.raw()).dev }
    }
}

const RESOURCES: usize = bindings::PCI_NUM_RESOURCES as usize;

/// A function that nobody else uses.
///
/// # Invariants
///
/// It is locked.
pub(crate) struct Locked<'a>(&'a Function);

impl Locked<'_> {
    /// The name of the driver that has it, if there is one.
    pub(crate) fn driver(&self) -> Option<&[u8]> {
        // SAFETY: While it is locked, the driver stays.
        unsafe {
            let driver = (*self.0.raw()).dev.driver;
            match driver.is_null() {
                true => None,
                false => Some(CStr::from_char_ptr((*driver).name).to_bytes()),
            }
        }
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { bindings::mutex_unlock(self.0.mutex()) };
    }
}
