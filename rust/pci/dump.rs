// SPDX-License-Identifier: GPL-2.0

//! The two dumps.

use super::{
    config::{
        Image,
        State,
        DWORDS, //
    },
    external::External,
    families::FAMILIES,
    family::Rules,
    gate::may_read_memory,
    live::{
        self,
        functions, //
    },
    meter::{
        Limits,
        Meter,
        Total, //
    },
    registers::{
        Identity,
        ReadSoFar,
        Reader,
        BUFFER, //
    },
};
use crate::series::zeroed;
use crate::{
    abi::{
        DeviceDump,
        Sink, //
    },
    bindings::{
        clock::{
            now_ms,
            now_ns, //
        },
        pci_functions::Function,
    },
    format::{
        manifest::padded,
        pci::{
            FunctionHead,
            Header,
            Origin,
            Reason,
            Table, //
        },
    },
};
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    prelude::*, //
};

/// All the memory that it takes, besides what is collected.
struct Scratch {
    values: KVVec<u32>,
    states: KVVec<State>,
    buffer: KVVec<u8>,
}

impl Scratch {
    fn new() -> Result<Self> {
        let flags = GFP_NOWAIT | __GFP_NOWARN;
        Ok(Self {
            values: KVVec::from_elem(0, DWORDS, flags)?,
            states: KVVec::from_elem(State::Unseen, DWORDS, flags)?,
            buffer: zeroed(BUFFER, flags)?,
        })
    }
}

/// Where a dump is written to, with what is the same for all functions.
struct Note<'a, 's> {
    sink: &'a mut Sink<'s>,
    header: Header,
    total: Total,
    /// Whether something is missing that is not known to be so everywhere.
    slow: bool,
}

impl<'a, 's> Note<'a, 's> {
    fn begin(sink: &'a mut Sink<'s>, limits: Limits, header: Header) -> Result<Self> {
        let header = Header {
            started_ms: now_ms(),
            total_ms: limits.total_ms,
            function_ms: limits.function_ms,
            access_us: limits.access_us,
            ..header
        };
        sink.write(&header.encode())?;
        Ok(Self {
            total: Total::new(
                Limits {
                    total_ms: limits.total_ms.min(sink.ms_left()),
                    ..limits
                },
                now_ns(),
            ),
            sink,
            header,
            slow: false,
        })
    }

    fn finish(mut self) -> Result {
        self.header.finished = true;
        self.header.taken_ms = self.total.taken_ms(now_ns());
        if self.slow {
            self.sink.missing("slow functions");
        }
        self.sink.patch(0, &self.header.encode())
    }

    /// Writes a function, and what `read` makes of it; the counts are known only then.
    fn function(
        &mut self,
        function: &Function,
        mut head: FunctionHead,
        read: impl FnOnce(&mut Meter<'_>, &mut Sink<'s>) -> Result,
    ) -> Result {
        let place = self.sink.len();
        self.sink.write(&head.encode())?;
        for resource in live::resources(function) {
            self.sink.write(&resource.encode())?;
        }
        // A slow access behind a BAR may have been a completion timeout, which the machine may not forgive twice.
        let pardons = u32::from(!self.header.mmio);
        let mut meter = Meter::new(&self.total, now_ns, pardons);
        let written = read(&mut meter, self.sink);
        head.ended = meter.ended();
        [head.accesses, head.taken_us, head.slowest_us] = meter.tally();
        self.slow |= matches!(
            head.ended,
            Reason::SLOW | Reason::TIME | Reason::FUNCTION_TIME
        );
        self.header.written = self.header.written.saturating_add(1);
        self.sink.patch(place, &head.encode())?;
        written
    }
}

/// Functions that the kernel knows.
fn count() -> u32 {
    functions().fold(0, |count: u32, _| count.saturating_add(1))
}

/// The configuration spaces of all functions.
pub(crate) struct Spaces {
    pub(crate) limits: Limits,
}

impl DeviceDump for Spaces {
    fn name(&self) -> &CStr {
        c"pci"
    }

    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        let header = Header {
            found: count(),
            ..Header::default()
        };
        let mut scratch = Scratch::new()?;
        let mut note = Note::begin(sink, self.limits, header)?;
        // Ports first: an access to a function that is gone leaves traces in them.
        for bridges in [true, false] {
            for function in functions() {
                if live::is_bridge(&function) == bridges {
                    read_space(&function, &mut scratch, &mut note)?;
                }
            }
        }
        note.finish()
    }
}

fn read_space(function: &Function, scratch: &mut Scratch, note: &mut Note<'_, '_>) -> Result {
    // Reading is harmless while a driver is being bound, which the lock keeps away.
    let locked = function.try_lock();
    let head = live::head(function, locked.as_ref());
    let (Some(values), Some(states)) = (
        scratch.values.first_chunk_mut(),
        scratch.states.first_chunk_mut(),
    ) else {
        return Err(ENOMEM);
    };
    note.function(function, head, |meter, sink| {
        Image::read(function, meter, values, states).write(&mut |bytes| sink.write(bytes))
    })
}

/// Registers of the functions that are known.
pub(crate) struct Registers {
    pub(crate) limits: Limits,
    pub(crate) untried: bool,
    pub(crate) external: External,
}

impl DeviceDump for Registers {
    fn name(&self) -> &CStr {
        c"pci_registers"
    }

    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        let header = Header {
            found: count(),
            mmio: true,
            external: self.external.found,
            external_offset: self.external.offset,
            ..Header::default()
        };
        let mut scratch = Scratch::new()?;
        let mut note = Note::begin(sink, self.limits, header)?;
        for function in functions() {
            self.function(&function, &mut scratch, &mut note)?;
        }
        note.finish()
    }
}

impl Registers {
    fn function(
        &self,
        function: &Function,
        scratch: &mut Scratch,
        note: &mut Note<'_, '_>,
    ) -> Result {
        let [id, subsystem] = function.ids();
        let class = function.class() >> 8;
        let identity = Identity {
            vendor: id.0,
            class,
        };
        let (untried, further) = (self.untried, &self.external);
        let built_in = || {
            let families = FAMILIES.iter();
            families.filter(|family| family.fits(id, class) && (family.tried || untried))
        };
        let external = || {
            let devices = further.devices();
            devices.filter(|device| device.fits(id, subsystem, class))
        };
        if built_in().next().is_none() && external().next().is_none() {
            return Ok(());
        }
        let Some(buffer) = scratch.buffer.first_chunk_mut() else {
            return Err(ENOMEM);
        };
        let locked = function.try_lock();
        let head = live::head(function, locked.as_ref());
        note.function(function, head, |meter, sink| {
            let may = match locked {
                Some(_) => may_read_memory(function, meter),
                None => Err(Reason::BUSY),
            };
            let mut tables = Tables {
                function,
                identity,
                may,
                buffer,
                state: ReadSoFar::default(),
            };
            for family in built_in() {
                tables.read(Origin::BUILT_IN, &Rules::BuiltIn(family), meter, sink)?;
            }
            for device in external() {
                tables.read(Origin::EXTERNAL, &Rules::External(device), meter, sink)?;
            }
            Ok(())
        })
    }
}

/// Reads of a function by one table after the other.
struct Tables<'a> {
    function: &'a Function,
    identity: Identity,
    may: core::result::Result<(), Reason>,
    buffer: &'a mut [u8; BUFFER],
    state: ReadSoFar,
}

impl Tables<'_> {
    fn read(
        &mut self,
        origin: Origin,
        rules: &Rules<'_>,
        meter: &mut Meter<'_>,
        sink: &mut Sink<'_>,
    ) -> Result {
        let mut table = Table {
            origin,
            skipped: self.may.err().unwrap_or_default(),
            name: padded(rules.name()),
            ..Table::default()
        };
        let place = sink.len();
        sink.write(&table.encode())?;
        if self.may.is_err() {
            return Ok(());
        }
        let mut reader = Reader {
            function: self.function,
            identity: self.identity,
            meter,
            buffer: self.buffer,
            state: &mut self.state,
            out: |bytes: &[u8]| sink.write(bytes),
        };
        reader.table(rules)?;
        table.ended = meter.ended();
        sink.patch(place, &table.encode())
    }
}
