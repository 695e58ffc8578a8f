// SPDX-License-Identifier: GPL-2.0

//! Each difference, with its reason.

use vmcore_format::cudbg::section::Section;

use super::{Difference, What::*};

const MEMORIES: &[Section] = &[
    Section::Edc0,
    Section::Edc1,
    Section::Mc0,
    Section::Mc1,
    Section::Hma,
];

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        sections: &[
            Section::CimObqUlp0,
            Section::CimObqUlp1,
            Section::CimObqUlp2,
            Section::CimObqUlp3,
            Section::CimObqSge,
            Section::CimObqNcsi,
            Section::CimObqRxq0,
            Section::CimObqRxq1,
        ],
        what: TheirsFails,
        why: "a queue of no bytes is no error",
    },
    Difference {
        sections: &[Section::MboxLog],
        what: NotOurs,
        why: "the log of a driver that has just started is empty",
    },
    Difference {
        sections: &[Section::Qdesc],
        what: NotOurs,
        why: "a driver that has just started has no queues",
    },
    Difference {
        sections: &[Section::RegDump],
        what: Bytes(&[(0x306c, 4), (0x193f8, 4)]),
        why: "the C driver has moved the window and used the flash before",
    },
    Difference {
        sections: &[Section::RegDump],
        what: Bytes(&[
            (0x8ec4, 4),
            (0x8ed4, 4),
            (0x8ee4, 4),
            (0x8ef4, 4),
            (0x8f04, 4),
            (0x8f14, 4),
            (0x8f24, 4),
            (0x8f34, 4),
            (0x8f44, 4),
            (0x8f54, 4),
            (0x8f64, 4),
            (0x19244, 4),
        ]),
        why: "reading these registers moves the positions of analyzers, whose sections have what they give",
    },
    Difference {
        sections: &[Section::UlptxLa],
        what: Moved,
        why: "the C driver has moved the positions of the analyzers by then",
    },
    Difference {
        sections: &[Section::CimMaLa],
        what: Overlap,
        why: "the C driver counts bytes as words: most requests overwrite responses",
    },
    Difference {
        sections: &[Section::CimPifLa],
        what: Carry,
        why: "in the C driver the position of responses carries into that of requests where it wraps",
    },
    Difference {
        sections: &[Section::CimQcfg],
        what: Bytes(&[(0x84, 4)]),
        why: "the C driver leaves a read position in the configuration of the logic analyzer",
    },
    Difference {
        sections: &[Section::UpCimIndirect],
        what: Bytes(&[(0x290, 4)]),
        why: "the same register",
    },
    Difference {
        sections: &[Section::TpIndirect],
        what: Bytes(&[(0x78, 8)]),
        why: "the C driver has asked for the RSS configuration of the last function before",
    },
    Difference {
        sections: &[Section::PmIndirect],
        what: Bytes(&[(0x5c, 8), (0x198, 8)]),
        why: "the C driver leaves another counter selected",
    },
    Difference {
        sections: &[Section::TidInfo],
        what: Bytes(&[(0x3c, 8), (0x58, 4)]),
        why: "start of servers and connections need no firmware; flags are those of the running driver",
    },
    Difference {
        sections: &[Section::PcieConfig],
        what: Bytes(&[(0x4, 4), (0x70, 4)]),
        why: "the C driver is bus master, and has a longer completion timeout",
    },
    Difference {
        sections: &[Section::PcieConfig],
        what: Bytes(&[(0x38, 1)]),
        why: "the interrupt line, in which our patch of the C driver marks the section",
    },
    Difference {
        sections: &[Section::PmIndirect],
        what: Lacks,
        why: "on T4 these registers are counters, to which the C driver writes indexes",
    },
    Difference {
        sections: &[Section::TpIndirect],
        what: Lacks,
        why: "on T4 the C driver has no ranges, and writes empty ones",
    },
    Difference {
        sections: &[Section::CimObqRxq0, Section::CimObqRxq1],
        what: Absent,
        why: "T4 does not have these queues, which is no error",
    },
    Difference {
        sections: &[Section::LeTcam],
        what: Scaled,
        why: "before T6 an id takes four entries of the TCAM; the C driver takes numbers of entries for ids",
    },
    Difference {
        sections: &[Section::DumpContext],
        what: Beyond,
        why: "without firmware the C driver looks at 256 queues of each kind, whatever there is room for",
    },
    Difference {
        sections: &[Section::DumpContext],
        what: Shorter,
        why: "the C driver leaves room for contexts that are not in use",
    },
    Difference {
        sections: MEMORIES,
        what: Private,
        why: "packets, TLS keys and what upper layers keep are private: the C driver reads all, but for chunks of nothing but packets",
    },
    Difference {
        sections: &[Section::Hma],
        what: NotAsked,
        why: "memory of the host is in the vmcore, and reading it through the adapter takes bus mastering",
    },
    Difference {
        sections: &[Section::CimIbqNcsi, Section::CimObqNcsi],
        what: NotAsked,
        why: "packets of the management network are private",
    },
    Difference {
        sections: &[Section::TpIndirect],
        what: Bytes(&[(160, 40)]),
        why: "the secret key of RSS is private",
    },
    Difference {
        sections: MEMORIES,
        what: Absent,
        why: "what is not fitted is no error",
    },
];
