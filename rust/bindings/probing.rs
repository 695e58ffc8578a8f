// SPDX-License-Identifier: GPL-2.0

//! Devices that are probed side by side.
//!
//! Not by the kernel's own asynchronous probing: whoever loads any module waits until all of that is over, so that a device which
//! never comes to its end would keep the driver of the disk from being loaded.
//!
//! C header: `include/linux/device.h`

use super::workqueue::Threads;
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    bindings,
    device::Core,
    driver::{
        Registration,
        RegistrationOps, //
    },
    pci::Device,
    prelude::*,
    sync::{
        aref::ARef,
        global_lock, //
    },
};

global_lock! {
    // SAFETY: `Gathering::begin()` initializes it, before the driver can probe.
    unsafe(uninit) static GATHERED: Mutex<Option<KVec<Match>>> = None;
}

/// A device, and the driver that is for it.
#[derive(Clone)]
struct Match {
    device: ARef<Device>,
    driver: *const bindings::device_driver,
}

// SAFETY: Nobody looks at the driver but the kernel.
unsafe impl Send for Match {}

impl Match {
    /// Has the driver probe the device.
    fn probe(&self) {
        let device: *mut bindings::pci_dev = core::ptr::from_ref(&*self.device).cast_mut().cast();
        // SAFETY: `Device` is transparent over `struct pci_dev`, to which there is a reference. `Gathering` probes while the
        // driver is registered.
        let _ = unsafe { bindings::device_driver_attach(self.driver, &raw mut (*device).dev) };
    }
}

/// While this lives, [`put_off`] keeps devices for later.
pub(crate) struct Gathering(());

impl Gathering {
    /// To be called once, before the module registers its only driver.
    pub(crate) fn begin() -> Self {
        // SAFETY: A module is initialized once, and no driver of it uses the lock before.
        unsafe { GATHERED.init() };
        *GATHERED.lock() = Some(KVec::new());
        Self(())
    }

    /// Probes what was put off, and returns when that is done. `_driver` is the driver that did so.
    pub(crate) fn probe<T: RegistrationOps>(self, _driver: &Registration<T>) {
        let gathered = GATHERED.lock().take().unwrap_or_default();
        let Some((mine, others)) = gathered.split_first() else {
            return;
        };
        // One alone needs no thread; what gets none has its turn afterwards.
        let threads = match others {
            [] => None,
            _ => Threads::new().ok(),
        };
        let start = |other: &Match| {
            let (threads, other) = (threads.as_ref()?, other.clone());
            threads.start(move || other.probe()).ok()
        };
        let started = others.iter().map_while(start).count();
        mine.probe();
        others.iter().skip(started).for_each(Match::probe);
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        // Something, if the driver could not be registered.
        let left = GATHERED.lock().take();
        drop(left);
    }
}

/// Puts a device off that is being probed: it's to be declined for now. `false`: it's not put off, so probe it.
pub(crate) fn put_off(device: &Device<Core<'_>>) -> bool {
    let raw: *const bindings::pci_dev = core::ptr::from_ref(device).cast();
    let found = Match {
        device: device.into(),
        // SAFETY: `Device` is transparent over `struct pci_dev`; while it's being probed, this is the driver that does.
        driver: unsafe { (*raw).dev.driver },
    };
    match GATHERED.lock().as_mut() {
        Some(gathered) => gathered.push(found, GFP_NOWAIT | __GFP_NOWARN).is_ok(),
        None => false,
    }
}
