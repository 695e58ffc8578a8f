// SPDX-License-Identifier: GPL-2.0

//! What the exit status of each command says, for its help and its manual page.

/// Statuses, and what they mean.
pub type Statuses = &'static [(u8, &'static str)];

const LIST: Statuses = &[
    (
        0,
        "the files were read; what is in them is listed, be it nothing",
    ),
    (
        1,
        "a file is damaged or incomplete; what is there is listed",
    ),
    (
        2,
        "a file cannot be read or is no vmcore, or the command line is wrong",
    ),
];

const VERIFY: Statuses = &[
    (0, "there are dumps, and all of them can be read back"),
    (
        1,
        "a file or a dump is damaged or incomplete, or there is no dump in a file",
    ),
    (
        2,
        "a file cannot be read or is no vmcore, or the command line is wrong",
    ),
];

const EXTRACT: Statuses = &[
    (0, "all that was asked for is written"),
    (1, "the file is damaged or incomplete, or something that was asked for is not in it or not as it was dumped"),
    (2, "the file cannot be read or is no vmcore, nothing can be written, or the command line is wrong"),
];

const SHOW: Statuses = &[
    (0, "all that was asked for is shown"),
    (
        1,
        "the file is damaged or incomplete, or what was asked for is not in it",
    ),
    (
        2,
        "the file cannot be read or is no vmcore, or the command line is wrong",
    ),
];

const DIAGNOSE: Statuses = &[
    (0, "nothing that the rules know is wrong"),
    (1, "there are warnings or errors"),
    (2, "the file cannot be read, is no vmcore, or holds no dump of a device for which there are rules"),
    (3, "a device had stopped, or could not be trusted any more"),
];

const REPORT: Statuses = &[
    (0, "the page is there"),
    (
        1,
        "it is, and the vmcore is damaged or holds no device dumps",
    ),
    (2, "there is no page"),
];

const COLLECT: Statuses = &[
    (0, "all is done"),
    (1, "something was damaged or could not be written"),
    (2, "a directory cannot be read"),
];

const SCAN: Statuses = &[
    (0, "all files were looked at"),
    (
        1,
        "some are damaged or cannot be read: their rows say why; the others are there",
    ),
    (2, "there is no output, or the command line is wrong"),
];

const TIMELINE: Statuses = &[
    (0, "logs are shown"),
    (
        1,
        "the file is damaged or incomplete, or holds no log that was asked for",
    ),
    (
        2,
        "the file cannot be read or is no vmcore, or the command line is wrong",
    ),
];

const DIFF: Statuses = &[
    (0, "nothing is different that should be the same"),
    (1, "something is, or a file is damaged"),
    (2, "a file cannot be read, or there is nothing to compare"),
];

// As monitoring systems expect it.
const DOCTOR: Statuses = &[
    (0, "all is ready"),
    (
        1,
        "the vmcore would be saved without device dumps, or with less than it could have",
    ),
    (
        2,
        "there would be no vmcore, or DIR is not the root directory of a system",
    ),
];

const DEVICES: Statuses = &[
    (0, "nothing is wrong, and what was to be written is"),
    (
        1,
        "something is wrong in a description, and nothing is written",
    ),
    (
        2,
        "a file cannot be read or written, or the command line is wrong",
    ),
];

const SNAPSHOT: Statuses = &[
    (0, "the file is written"),
    (
        2,
        "it is not: there are no PCI functions, or it cannot be written",
    ),
];

/// Those that all commands have.
const ALL: Statuses = &[
    (0, "all is well"),
    (1, "a file is damaged, or what was asked for is not in it"),
    (
        2,
        "a file cannot be read or is no vmcore, or the command line is wrong",
    ),
];

/// Of the command, by name.
pub fn of(command: &str) -> Statuses {
    match command {
        "list" => LIST,
        "verify" => VERIFY,
        "extract" => EXTRACT,
        "show" => SHOW,
        "diagnose" => DIAGNOSE,
        "report" => REPORT,
        "collect" => COLLECT,
        "scan" => SCAN,
        "timeline" => TIMELINE,
        "diff" => DIFF,
        "doctor" => DOCTOR,
        "snapshot" => SNAPSHOT,
        "devices" | "check" | "compile" | "import" => DEVICES,
        _ => ALL,
    }
}

/// For help.
pub fn help(command: &str) -> String {
    let lines = of(command).iter();
    lines.fold("Exit status:".into(), |help, (status, meaning)| {
        format!("{help}\n  {status}  {meaning}")
    })
}
