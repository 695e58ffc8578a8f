// SPDX-License-Identifier: GPL-2.0

//! The same memory as a note, which is deflated, and handed out while it is read, which zstd compresses.

use std::time::Duration;

use anyhow::{Context, Result};
use vm::{Adapter, Vm};

use super::{Measured, FUNCTIONS};

/// MiB of memory that the adapter has; what is private is about a half of the last.
const MIB: [u32; 3] = [1, 1, 14];

const SCRIPT: &str = "
insmod /modules/vmcore_devdump.ko deadline_seconds=3600 dump_seconds=3600
echo note $(time_of insmod /modules/cxgb4_dump.ko whole=1) >>/out/times
file=/proc/vmcore_devices/cxgb4_0000:00:05.0
echo stream $(time_of cat $file) >>/out/times
echo stored $(wc -c <$file) >>/out/times
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore
";

pub fn run() -> Result<()> {
    let [edc, _, mc] = MIB;
    let adapter = Adapter::t6(1)
        .option(&format!("--edc-mib={edc}"))
        .option(&format!("--mc-mib={mc}"));
    let outcome = Vm::scenario("cost-stream")
        .memory_mib(1024)
        .crashkernel_mib(320)
        .adapter(adapter)
        .deadline(Duration::from_secs(1800))
        .crash_kernel(&format!("{FUNCTIONS}{SCRIPT}"))
        .counting_instructions()
        .run()?
        .success()?;
    let measured = Measured::of(&outcome)?;
    let number = |name| {
        let numbers = measured.all(name).next().context("nothing was counted")?;
        Ok::<_, anyhow::Error>(numbers[0])
    };
    let bytes = f64::from(MIB.iter().sum::<u32>() << 20);
    println!(
        "an adapter of {} MiB, without what the model takes: instructions, exact",
        bytes / f64::from(1 << 20)
    );
    println!(
        "{:24} {:>12} {:>9} {:>22} {:>12}",
        "", "instructions", "per byte", "MB/s, if 10^9 a second", "bytes"
    );
    let note = measured.dump()?["bytes"].as_f64().context("no dump")?;
    for (what, instructions, stored) in [
        ("note, by zlib", number("note")?, note),
        ("stream, by zstd", number("stream")?, number("stored")?),
    ] {
        println!(
            "{what:24} {:10.0} M {:9.1} {:22.0} {stored:12.0}",
            instructions / 1e6,
            instructions / bytes,
            1e3 * bytes / instructions
        );
    }
    println!();
    Ok(())
}
