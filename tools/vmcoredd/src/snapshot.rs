// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd snapshot`: what the crash kernel would note of PCI functions, from a machine that runs. Only configuration space is read, and only
//! through sysfs.

mod config;
mod sysfs;

use std::time::Instant;

use anyhow::{ensure, Result};
use vmcore_format::pci::{write_range, External, Facts, Header, RangeHead, Reason, Space, Status};

use self::{config::Config, sysfs::Sysfs};
use crate::{
    cli::Snapshot,
    views::{messages::complain, save::save},
};

pub fn run(args: &Snapshot) -> Result<u8> {
    let sysfs = Sysfs::open(&args.root)?;
    let begin = Instant::now();
    let mut records = Vec::new();
    let mut count = 0;
    let mut partial = 0;
    for name in sysfs.functions() {
        // One that was unplugged meanwhile.
        let Some(mut function) = sysfs.head(&name) else {
            continue;
        };
        let config = sysfs.config(&name)?;
        let (head, resources) = (&mut function.head, &function.resources);
        head.port_type = config.port_type();
        head.header_type = config.space.u8(0x0e).unwrap_or(0);
        head.config_len = config.len;
        head.accesses = config.accesses;
        head.taken_us = config.taken.as_micros().try_into().unwrap_or(u32::MAX);
        head.slowest_us = config.slowest.as_micros().try_into().unwrap_or(u32::MAX);
        head.facts = Facts::default().with(Facts::BOUND, !head.driver().is_empty());
        partial += usize::from(config.is_refused());
        records.extend(head.encode());
        for resource in resources {
            records.extend(resource.encode());
        }
        ranges(&config, &mut records);
        count += 1;
    }
    ensure!(count > 0, "{}: no PCI functions", args.root.display());
    let header = Header {
        found: count,
        written: count,
        finished: true,
        external: External::ABSENT,
        started_ms: sysfs.uptime_ms(),
        taken_ms: begin.elapsed().as_millis().try_into().unwrap_or(u32::MAX),
        ..Header::default()
    };
    save(&args.output, args.force, |out| {
        out.write_all(&header.encode())?;
        Ok(out.write_all(&records)?)
    })?;
    if partial > 0 {
        complain!(
            "of {partial} of {count} functions, only the first 64 bytes could be read: errors and links are not among them; run it as root"
        );
    }
    println!("{count} PCI functions in {}", args.output.display());
    Ok(crate::OK)
}

/// What was read, and what was not.
fn ranges(config: &Config, records: &mut Vec<u8>) {
    let dwords = (0..config.len).step_by(4).map(|at| {
        let value = config.space.u32(at as usize);
        let reason = value.map_or_else(|| config.reason(at), |_| Reason::NONE);
        (at, reason, value.unwrap_or_default())
    });
    let dwords: Vec<_> = dwords.collect();
    for run in dwords.chunk_by(|(_, one, _), (_, next, _)| one == next) {
        let (start, reason, _) = run[0];
        let head = RangeHead {
            space: Space::CONFIG,
            start,
            width: 4,
            stride: 4,
            ..RangeHead::default()
        };
        if reason != Reason::NONE {
            let unread = RangeHead {
                status: Status::UNREAD,
                reason,
                count: run.len() as u32,
                ..head
            };
            records.extend(unread.encode());
            continue;
        }
        let values: Vec<u8> = run.iter().flat_map(|(.., it)| it.to_le_bytes()).collect();
        let Ok(()) = write_range(head, &values, &mut |bytes| {
            records.extend_from_slice(bytes);
            Ok::<_, std::convert::Infallible>(())
        });
    }
}
