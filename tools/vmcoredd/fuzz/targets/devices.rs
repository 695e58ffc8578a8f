// SPDX-License-Identifier: GPL-2.0

//! Whatever the kernel finds as a table of devices, or a reader as a dump of PCI functions or of a log, reading it ends, does not
//! panic, and keeps the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vmcore_format::{
    crash_log::CrashLog,
    devices::{Table, MAX_READ},
    pci::{Part, Pci},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(table) = Table::parse(bytes) {
        table_is_within_limits(&table);
    }
    if let Ok(pci) = Pci::parse(bytes) {
        for function in pci.functions().flatten() {
            let _ = (function.config32(0), function.config8(4095));
            for part in function.parts().flatten() {
                if let Part::Range(range) = part {
                    assert!(range.values().count() <= 1 << 16);
                }
            }
        }
    }
    if let Ok(log) = CrashLog::parse(bytes) {
        assert!(log.pieces().count() <= bytes.len());
    }
});

fn table_is_within_limits(table: &Table<'_>) {
    for device in table.devices() {
        device.fits((0x8086, 0x10d3), (0, 0), 0x02_0000);
        let conditions = device.conditions().count();
        let mut read = 0;
        for entry in device.entries() {
            assert!(entry.end() <= 1 << 32 && entry.offsets().count() == entry.count.into());
            assert!(entry.offsets().all(|at| at % u32::from(entry.width) == 0));
            assert!(entry.condition == u16::MAX || usize::from(entry.condition) < conditions);
            read += entry.read_len();
        }
        assert!(read <= MAX_READ);
        for condition in device.conditions() {
            assert!(!device.is_never(condition.bar, condition.at, condition.width.into()));
        }
    }
}
