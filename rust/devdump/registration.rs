// SPDX-License-Identifier: GPL-2.0

//! How dumps are added.
//!
//! They are collected in parallel, and no lock is held meanwhile: a driver that hangs in its callback keeps nobody from
//! adding another dump, or from opening the file. Whoever opens it sees the dumps that are complete; the one that comes
//! too late is refused.

use super::{
    super::{
        bindings::page::PageBox,
        format::{
            manifest::{
                Reason,
                Status,
                MISSING_LEN, //
            },
            vmcoredd::NAME_LEN,
        },
        server::{
            Backend,
            Classic,
            Stream, //
        },
    },
    budget::{
        Limits,
        Share, //
    },
    collector::Collector,
    dump::Dump,
    failure::Failure,
    records,
    registry::{
        Names,
        STATE, //
    },
    store::Store,
};
use kernel::{
    prelude::*,
    str::BStr,
    time::{
        Instant,
        Monotonic, //
    },
};

/// Adds the dump that `driver` fills a buffer of `size` bytes with. A name that is too long is cut, and there may be more dumps
/// of that name: so it is with the kernel's own function.
pub(crate) fn add_classic(name: &[u8], size: usize, mut driver: Classic) -> Result<(), Failure> {
    let name = name.get(..NAME_LEN - 1).unwrap_or(name);
    let registration = Registration::begin(name, size, Names::MayRepeat)?;
    let payload = fill(&mut driver, name, size, Share::new(registration.limits));
    let payload = payload.map(|payload| (payload, Reason::NONE));
    registration.finish(payload, &[0; MISSING_LEN])
}

/// The `size` bytes that `driver` fills a buffer with.
fn fill(driver: &mut Classic, name: &[u8], size: usize, share: Share) -> Result<Store, Failure> {
    let no_memory = |_| Failure::new(Reason::NO_MEMORY);
    let mut payload = Store::zeroed(size, share)?;
    // The kernel's own function rounds up, and drivers that write a little too much have never noticed.
    let mut slack = PageBox::zeroed().map_err(no_memory)?;
    let mut mapping = payload.map(&mut slack).map_err(no_memory)?;
    let (buf, slack) = mapping
        .bytes_mut()
        .split_at_mut_checked(size)
        .ok_or(Failure::new(Reason::NO_MEMORY))?;
    let code = driver.fill(buf);
    if slack.iter().any(|byte| *byte != 0) {
        pr_warn!(
            "{}: the driver wrote past the {size} bytes that it asked for\n",
            BStr::from_bytes(name)
        );
    }
    drop(mapping);
    if code != 0 {
        return Err(Failure::driver(code));
    }
    payload.drop_zeroes();
    Ok(payload)
}

/// Adds the dump that `driver` writes.
pub(crate) fn add_stream(name: &[u8], mut driver: Stream) -> Result<(), Failure> {
    add(name, &mut |sink| driver.collect(sink))
}

/// Adds the dump that `collect` writes.
pub(super) fn add(
    name: &[u8],
    collect: &mut dyn FnMut(&mut dyn Backend) -> Result,
) -> Result<(), Failure> {
    let registration = Registration::begin(name, 0, Names::AreUnique)?;
    let limits = registration.limits;
    let payload = Store::new(Share::new(limits));
    let mut collector = Collector::new(payload, registration.start, &limits);
    let collected = collect(&mut collector);
    let (reason, missing) = collector.shortcoming();
    let missing = *missing;
    let payload = match collected {
        Ok(()) => Ok((collector.payload, reason)),
        Err(error) => Err(Failure::driver(error.to_errno())),
    };
    registration.finish(payload, &missing)
}

/// A dump on its way.
struct Registration<'a> {
    name: &'a [u8],
    names: Names,
    limits: Limits,
    start: Instant<Monotonic>,
    /// Its entry among the records, if there was room for one.
    record: Option<usize>,
}

impl<'a> Registration<'a> {
    /// Refuses whatever can be refused before a driver goes to work for `asked` bytes.
    fn begin(name: &'a [u8], asked: usize, names: Names) -> Result<Self, Failure> {
        let place = records::place(records::unfinished(name, asked));
        let mut state = STATE.lock();
        let may = state.may_begin(name, asked, names);
        let record = state.records.add(place);
        let Err(failure) = may else {
            return Ok(Self {
                name,
                names,
                limits: state.limits,
                start: Instant::now(),
                record,
            });
        };
        state.finish(record, |entry| {
            entry.status = Status::REFUSED;
            entry.reason = failure.reason;
            entry.errno = failure.code;
        });
        pr_err!(
            "{}: refused: {}\n",
            BStr::from_bytes(name),
            failure.reason.words().unwrap_or_default()
        );
        Err(failure)
    }

    /// Adds `payload`, which is complete if there is no reason why not.
    fn finish(
        self,
        payload: Result<(Store, Reason), Failure>,
        missing: &[u8; MISSING_LEN],
    ) -> Result<(), Failure> {
        let name = BStr::from_bytes(self.name);
        let ms = self.start.elapsed().as_millis();
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let added = payload.and_then(|(payload, reason)| {
            let (len, crc32) = (payload.len(), payload.crc32());
            let dump = Dump::new(self.name, payload, self.record)
                .map_err(|_| Failure::new(Reason::NO_MEMORY))?;
            let held = dump.held_bytes();
            let mut state = STATE.lock();
            state.add(dump, self.name, self.names)?;
            state.finish(self.record, |entry| {
                entry.status = match reason {
                    Reason::NONE => Status::COMPLETE,
                    _ => Status::PARTIAL,
                };
                entry.reason = reason;
                entry.bytes = len as u64;
                entry.crc32 = crc32;
                entry.ms = ms;
                entry.held_bytes = held as u64;
                entry.missing = *missing;
                entry.kept = len as u64;
            });
            Ok((len, held, reason))
        });
        match added {
            Ok((len, held, Reason::NONE)) => {
                pr_info!("{name}: {len} bytes in {} KiB, {ms} ms\n", held / 1024);
            }
            Ok((len, held, reason)) => pr_warn!(
                "{name}: {len} bytes in {} KiB, {ms} ms, partial: {}\n",
                held / 1024,
                reason.words().unwrap_or_default()
            ),
            Err(failure) => {
                STATE.lock().finish(self.record, |entry| {
                    entry.reason = failure.reason;
                    entry.errno = failure.code;
                    entry.ms = ms;
                });
                pr_err!(
                    "{name}: no dump after {ms} ms: {} ({})\n",
                    failure.reason.words().unwrap_or_default(),
                    failure.code
                );
            }
        }
        added.map(drop)
    }
}
