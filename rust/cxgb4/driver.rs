// SPDX-License-Identifier: GPL-2.0

//! The PCI driver: it dumps an adapter while it probes, then declines it.

use super::{
    super::{
        abi::{
            self,
            offer::Offer,
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
    scratch::{
        Chunks,
        Scratch, //
    },
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
    type Data<'bound> = Kept<'bound>;
    const ID_TABLE: pci::IdTable<Self::IdInfo> = ids::ADAPTERS;

    fn probe<'bound>(
        device: &'bound pci::Device<Core<'_>>,
        _info: series::IdInfo<'bound, Self::IdInfo>,
    ) -> impl PinInit<Kept<'bound>, Error> + 'bound {
        if put_off(device) {
            return Err(ENODEV);
        }
        let mut dump = Dump::of(device)?;
        // The core has logged why there is no dump, if there is none.
        let _ = dump.register();
        match series::value(&module_parameters::whole) {
            // The device is for its real driver.
            0 => Err(ENODEV),
            _ => Kept::new(dump),
        }
    }
}

/// A device that is kept from its real driver, and offered whole.
pub(super) struct Kept<'a> {
    _offer: Offer<Dump<'a>>,
}

impl<'a> Kept<'a> {
    fn new(dump: Dump<'a>) -> Result<Self> {
        Ok(Self {
            _offer: Offer::new(Dump {
                chunks: Chunks::Stored,
                ..dump
            })?,
        })
    }
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
    chunks: Chunks,
    tally: Tally,
}

impl<'a> Dump<'a> {
    /// `ENODEV`: it is no adapter that we know.
    fn of(device: &'a pci::Device<Bound>) -> Result<Self> {
        let name = dump_name("cxgb4", device)?;
        if !ids::is_ours(device.device_id(), &name) {
            return Err(ENODEV);
        }
        let hal = Chip::from_device_id(device.device_id())
            .map(Hal::of)
            .ok_or(ENODEV)?;
        Ok(Self {
            device,
            hal,
            name,
            chunks: Chunks::Deflated,
            tally: Tally::default(),
        })
    }

    /// Adds it to the vmcore, and says how that went.
    fn register(&mut self) -> Result {
        let start = Instant::<Monotonic>::now();
        abi::register(self)?;
        let Tally {
            bytes,
            ok,
            failed,
            scratch,
        } = self.tally;
        dev_info!(
            self.device.as_ref(),
            "{}: {bytes} bytes, {ok} sections ok, {failed} failed, {} ms, scratch {} KiB\n",
            self.hal.chip.name(),
            start.elapsed().as_millis(),
            scratch / 1024
        );
        Ok(())
    }
}

impl DeviceDump for Dump<'_> {
    fn name(&self) -> &CStr {
        &self.name
    }

    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        // Before the first access to the device.
        let mut scratch = Scratch::new(self.chunks)?;
        let _decoding = MemoryDecoding::enable(self.device)?;
        let registers = Bar0::map(self.device);
        let (mut device, found) = Device::identify(self.hal, &registers);
        device.asked = asked();
        let flash = series::value(&module_parameters::flash) != 0;
        self.tally = image::collect(&device, sink, &mut scratch, flash, found.err())?;
        Ok(())
    }
}
