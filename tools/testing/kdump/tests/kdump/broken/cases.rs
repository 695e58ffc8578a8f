// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with an adapter, and what can be had all the same.

use vmcore_format::cudbg::{cause::Cause, section::Section};

/// What a section of a broken adapter must say.
pub(crate) enum Says {
    Ok,
    /// Nothing, for this reason.
    Fails(Cause),
    /// A part, for this reason.
    Partial(Cause),
}

use Says::{Fails, Ok as Good, Partial};

pub(crate) struct Case {
    pub(crate) what: &'static str,
    pub(crate) options: &'static [&'static str],
    pub(crate) says: &'static [(Section, Says)],
    /// Sections that are good, at least.
    pub(crate) good: usize,
}

/// Every unit that can be busy is, for ever.
const STUCK: &[&str] = &[
    "--stuck=cim",
    "--stuck=ibq",
    "--stuck=obq",
    "--stuck=rss",
    "--stuck=context",
    "--stuck=le",
    "--stuck=flash",
];

pub(crate) const FIRMWARE: &str =
    "firmware that goes on, queues that take their time, and two answers that get lost";

pub(crate) const SLOW: &str = "a device whose reads take 20 ms";

pub(crate) const CASES: &[Case] = &[
    Case {
        what: "all-ones from the start",
        options: &["--dead"],
        says: &[
            (Section::RegDump, Fails(Cause::DeviceGone)),
            (Section::Edc0, Fails(Cause::DeviceGone)),
            (Section::VpdData, Partial(Cause::DeviceGone)),
            // Chelsio's viewer relies on these.
            (Section::TpIndirect, Partial(Cause::DeviceGone)),
            (Section::SgeIndirect, Partial(Cause::DeviceGone)),
        ],
        good: 0,
    },
    Case {
        what: "gone after 3000 accesses",
        options: &["--vanish-after=3000"],
        says: &[
            (Section::RegDump, Partial(Cause::DeviceGone)),
            (Section::Meminfo, Fails(Cause::DeviceGone)),
        ],
        good: 0,
    },
    Case {
        what: "gone after 30000 accesses",
        options: &["--vanish-after=30000"],
        says: &[
            (Section::RegDump, Good),
            (Section::Meminfo, Good),
            (Section::Edc0, Fails(Cause::DeviceGone)),
        ],
        good: 5,
    },
    Case {
        what: "all busy bits stuck",
        options: STUCK,
        says: &[
            (Section::CimLa, Fails(Cause::Timeout)),
            (Section::CimQcfg, Partial(Cause::Busy)),
            (Section::CimIbqTp0, Fails(Cause::Timeout)),
            (Section::CimObqUlp1, Fails(Cause::Timeout)),
            (Section::PbtTable, Fails(Cause::Busy)),
            (Section::Rss, Fails(Cause::Timeout)),
            (Section::DumpContext, Fails(Cause::Timeout)),
            (Section::LeTcam, Partial(Cause::Timeout)),
            (Section::VpdData, Partial(Cause::Timeout)),
            (Section::RegDump, Good),
            (Section::Mc0, Good),
        ],
        good: 25,
    },
    Case {
        what: "an analyzer stuck, and half of the lookup engine; vital product data corrupt; the log among packets",
        options: &[
            "--stuck=cim-la",
            "--stuck=le-tail",
            "--vpd=corrupt",
            "--set=0x30d8=0x000a0002",
        ],
        says: &[
            (Section::DevLog, Fails(Cause::BadRegister)),
            (Section::CimLa, Partial(Cause::Timeout)),
            (Section::LeTcam, Partial(Cause::BadRegister)),
            (Section::VpdData, Partial(Cause::Malformed)),
            (Section::Edc0, Good),
        ],
        good: 42,
    },
    Case {
        what: "no BAR0",
        options: &["--bar0-kib=0"],
        says: &[
            (Section::RegDump, Fails(Cause::OutsideBar)),
            (Section::VpdData, Partial(Cause::OutsideBar)),
        ],
        good: 0,
    },
    Case {
        what: "BAR0 of 64 KiB",
        options: &["--bar0-kib=64"],
        says: &[
            (Section::RegDump, Fails(Cause::OutsideBar)),
            (Section::VpdData, Partial(Cause::OutsideBar)),
        ],
        good: 0,
    },
    Case {
        what: "BAR0 of 128 KiB",
        options: &["--bar0-kib=128"],
        says: &[
            (Section::RegDump, Partial(Cause::OutsideBar)),
            (Section::Edc0, Fails(Cause::BadRegister)),
            (Section::CimLa, Good),
            (Section::LeTcam, Good),
        ],
        good: 35,
    },
    Case {
        what: "an absurd aperture, more ids than there can be, vital product data dead",
        options: &[
            "--set=0x3068=0x600ff",
            "--set=0x19c28=0xffffffff",
            "--vpd=dead",
        ],
        says: &[
            (Section::Edc0, Fails(Cause::BadRegister)),
            (Section::DevLog, Fails(Cause::BadRegister)),
            (Section::LeTcam, Fails(Cause::BadRegister)),
            (Section::VpdData, Partial(Cause::ConfigSpace)),
            (Section::CimLa, Good),
        ],
        good: 40,
    },
    Case {
        what: "memories that overlap, one that wraps, regions upside down",
        options: &[
            "--set=0x77c4=0x00000001",
            "--set=0x77c8=0x0fff0fff",
            "--set=0x1915c=0xffffffff",
            "--set=0x19160=0x0",
        ],
        says: &[
            (Section::Meminfo, Good),
            (Section::Edc0, Fails(Cause::BadRegister)),
            (Section::Mc0, Fails(Cause::BadRegister)),
            (Section::LeTcam, Good),
        ],
        good: 40,
    },
    Case {
        what: "never ready",
        options: &["--not-ready-ms=1000000000"],
        says: &[
            (Section::RegDump, Fails(Cause::NotReady)),
            (Section::VpdData, Partial(Cause::NoAccess)),
            (Section::TpIndirect, Partial(Cause::NotReady)),
        ],
        good: 0,
    },
    Case {
        what: "nothing of TP can be accessed",
        options: &["--no-access=0x7d00-0x7efc"],
        says: &[
            (Section::RegDump, Partial(Cause::NoAccess)),
            (Section::TpIndirect, Partial(Cause::NoAccess)),
            (Section::Clk, Partial(Cause::NoAccess)),
            (Section::Rss, Fails(Cause::NoAccess)),
            (Section::CimLa, Good),
            (Section::SgeIndirect, Good),
        ],
        good: 30,
    },
    Case {
        what: FIRMWARE,
        options: &[
            "--not-ready-ms=300",
            "--firmware-every=37",
            "--ibq-ms=8",
            "--lost=2000",
            "--lost=7000",
        ],
        says: &[
            (Section::RegDump, Good),
            (Section::TpIndirect, Good),
            (Section::CimIbqTp0, Good),
            (Section::DumpContext, Good),
        ],
        good: 46,
    },
    Case {
        what: "a memory of 4 GiB, of which next to nothing is there",
        options: &["--set=0x77c8=0x00020ffd"],
        says: &[
            (Section::RegDump, Good),
            (Section::Edc0, Good),
            (Section::LeTcam, Good),
            (Section::Mc0, Partial(Cause::Deadline)),
        ],
        good: 44,
    },
    Case {
        what: SLOW,
        options: &["--slow-us=20000"],
        says: &[
            (Section::RegDump, Partial(Cause::Deadline)),
            (Section::PcieConfig, Good),
            (Section::VpdData, Good),
            (Section::DevLog, Partial(Cause::Deadline)),
            (Section::Meminfo, Good),
        ],
        good: 3,
    },
    Case {
        what: "a memory whose reads take 5 ms",
        options: &["--slow-memory=edc0=5000", "--mc-mib=1"],
        says: &[
            (Section::Edc0, Partial(Cause::SlowMemory)),
            (Section::Edc1, Good),
            (Section::Mc0, Good),
            (Section::LeTcam, Good),
        ],
        good: 45,
    },
    Case {
        what: "packets of no size, as after a reset",
        options: &["--set=0x7d34=0x0"],
        says: &[
            (Section::RegDump, Good),
            (Section::DevLog, Fails(Cause::Unlocated)),
            (Section::Edc0, Fails(Cause::Unlocated)),
            (Section::Mc0, Fails(Cause::Unlocated)),
            (Section::LeTcam, Good),
        ],
        good: 42,
    },
    Case {
        what: "nothing wrong",
        options: &[],
        says: &[(Section::Mc0, Good), (Section::LeTcam, Good)],
        good: 46,
    },
];
