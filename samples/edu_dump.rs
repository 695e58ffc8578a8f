// SPDX-License-Identifier: GPL-2.0

//! The smallest dump driver: four registers of QEMU's `edu` device.
//!
//! In the crash kernel it dumps the device while it probes, then declines it: the device is for its real driver, which may be what
//! the vmcore is saved through. Only if somebody asks for that, it keeps the device, and collects it once more each time that
//! `/proc/vmcore_devices/edu_<address>` is read: the way for what is too large for memory. In any other kernel the core does not
//! load, and so it does not.

// A driver needs none; `abi` has what is between it and the core.
#![deny(unsafe_code)]

#[allow(unsafe_code)]
#[path = "../rust/abi/lib.rs"]
mod abi;
// A driver for one series of the kernel does without.
#[path = "../rust/series.rs"]
mod series;

use abi::{offer::Offer, pci::dump_name, pci::MemoryDecoding, DeviceDump, Sink};
use kernel::io::{poll::read_poll_timeout, Io};
use kernel::{device, pci, prelude::*, str::CString, time::Delta};

/// Identification, liveness check, factorial and status; 32 bits each.
const REGISTERS: [usize; 4] = [0x00, 0x04, 0x08, STATUS];
const STATUS: usize = 0x20;
const COMPUTING: u32 = 1 << 0;

// `pci::Vendor` does not know 0x1234. Others have `DeviceId::from_id()`, and nothing to check in `probe()`.
const ID: pci::DeviceId = pci::DeviceId::from_class(0x00ff00, 0xffffff);
series::pci_device_table!(TABLE, (), [(ID, ())]);

struct EduDump;

impl pci::Driver for EduDump {
    type IdInfo = ();
    type Data<'bound> = Offer<Dump<'bound>>;
    const ID_TABLE: pci::IdTable<Self::IdInfo> = &TABLE;

    fn probe<'bound>(
        device: &'bound pci::Device<device::Core<'_>>,
        _info: series::IdInfo<'bound, Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        if device.vendor_id().as_raw() != 0x1234 || device.device_id() != 0x11e8 {
            return Err(ENODEV);
        }
        let mut dump = Dump(device, dump_name("edu", device)?);
        // If there is no dump, the core has logged why, and the manifest says it.
        let _ = abi::register(&mut dump);
        match series::value(&module_parameters::keep) {
            0 => Err(ENODEV),
            _ => Offer::new(dump),
        }
    }
}

struct Dump<'a>(&'a pci::Device<device::Bound>, CString);

impl DeviceDump for Dump<'_> {
    fn name(&self) -> &CStr {
        &self.1
    }

    // Called unless the dump is refused: its name is taken, the budget used up, or somebody reads the vmcore already. And for
    // everyone who reads what is offered.
    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        // Until this returns. Nothing else is enabled, nothing reset: that would change what is to be seen.
        let _decoding = MemoryDecoding::enable(self.0)?;
        let bar = self.0.iomap_region(0, c"edu_dump")?;
        // Whatever broke the kernel may have broken the device: never wait without an end, and keep what there is.
        let idle = |status: &u32| status & COMPUTING == 0;
        let (pause, most) = (Delta::from_millis(1), Delta::from_millis(20));
        if read_poll_timeout(|| bar.try_read32(STATUS), idle, pause, most).is_err() {
            sink.missing("factorial");
        }
        for register in REGISTERS {
            sink.write(&bar.try_read32(register)?.to_le_bytes())?;
        }
        Ok(())
    }
}

kernel::module_pci_driver! {
    type: EduDump,
    name: "edu_dump",
    authors: ["The vmcore-devdump developers"],
    description: "Device dumps of QEMU's edu device",
    license: "GPL",
    params: {
        keep: u8 {
            default: 0,
            description: "1: keep devices, and offer them in /proc/vmcore_devices",
        },
    },
}
