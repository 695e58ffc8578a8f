// SPDX-License-Identifier: GPL-2.0

//! The PCI driver: it dumps an adapter while it probes, then declines it.

use super::{
    super::{
        abi::{
            self,
            pci::{
                dump_name,
                MemoryDecoding, //
            },
            DeviceDump,
            Sink, //
        },
        bindings::probing::put_off,
        format::cudbg::{
            private::Private,
            Chip, //
        },
        module_parameters,
        series, //
    },
    bar::Bar0,
    device::Device,
    hal::Hal,
    ids,
    image::{
        self,
        Tally, //
    },
    scratch::Scratch,
};
use kernel::{
    device::{
        Bound,
        Core, //
    },
    pci,
    prelude::*,
    str::{
        CStr,
        CString, //
    },
    time::{
        Instant,
        Monotonic, //
    },
};

pub(super) struct Cxgb4Dump;

impl pci::Driver for Cxgb4Dump {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: pci::IdTable<Self::IdInfo> = ids::ADAPTERS;

    fn probe<'bound>(
        device: &'bound pci::Device<Core<'_>>,
        _info: series::IdInfo<'bound, Self::IdInfo>,
    ) -> impl PinInit<Self, Error> + 'bound {
        if !put_off(device) {
            // The core has logged why there is no dump, if there is none.
            let _ = dump(device);
        }
        // The device is for its real driver.
        Err::<Self, Error>(ENODEV)
    }
}

fn dump(device: &pci::Device<Bound>) -> Result {
    let name = dump_name("cxgb4", device)?;
    if !ids::is_ours(device.device_id(), &name) {
        return Err(ENODEV);
    }
    let hal = Chip::from_device_id(device.device_id())
        .map(Hal::of)
        .ok_or(ENODEV)?;
    let mut dump = Dump {
        device,
        hal,
        name,
        tally: Tally::default(),
    };
    let start = Instant::<Monotonic>::now();
    abi::register(&mut dump)?;
    let Tally {
        bytes,
        ok,
        failed,
        scratch,
    } = dump.tally;
    dev_info!(
        device.as_ref(),
        "{}: {bytes} bytes, {ok} sections ok, {failed} failed, {} ms, scratch {} KiB\n",
        hal.chip.name(),
        start.elapsed().as_millis(),
        scratch / 1024
    );
    Ok(())
}

/// Private things that somebody asked for.
fn asked() -> Private {
    let asked = [
        (&module_parameters::upper_layers, Private::UPPER_LAYERS),
        (&module_parameters::ncsi_queues, Private::NCSI_QUEUES),
        (&module_parameters::rss_key, Private::RSS_KEY),
        (&module_parameters::host_memory, Private::HOST_MEMORY),
    ];
    let asked = asked.iter().filter(|(is, _)| series::value(is) != 0);
    asked.fold(Private::NONE, |all, (_, one)| all.with(*one))
}

struct Dump<'a> {
    device: &'a pci::Device<Bound>,
    hal: &'static Hal,
    name: CString,
    tally: Tally,
}

impl DeviceDump for Dump<'_> {
    fn name(&self) -> &CStr {
        &self.name
    }

    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        // Before the first access to the device.
        let mut scratch = Scratch::new()?;
        let _decoding = MemoryDecoding::enable(self.device)?;
        let registers = Bar0::map(self.device);
        let (mut device, found) = Device::identify(self.hal, &registers);
        device.asked = asked();
        let flash = series::value(&module_parameters::flash) != 0;
        self.tally = image::collect(&device, sink, &mut scratch, flash, found.err())?;
        Ok(())
    }
}
