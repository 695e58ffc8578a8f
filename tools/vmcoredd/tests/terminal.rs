// SPDX-License-Identifier: GPL-2.0

//! What is different on a terminal, and when nobody reads what is said.

use std::{
    fs::File,
    io::Read,
    os::unix::fs::OpenOptionsExt,
    process::{Command, Stdio},
};

use rustix::{
    fs::OFlags,
    pty::{grantpt, openpt, ptsname, unlockpt, OpenptFlags},
    termios::{tcsetwinsize, Winsize},
};

use crate::{files, Files, NAME};

const COLUMNS: usize = 60;

/// What is printed on a terminal.
fn on_terminal(args: &[&str], no_color: bool) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: COLUMNS as u16,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal, size).unwrap();
    let other = File::options()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits() as i32)
        .open(ptsname(&terminal, Vec::new()).unwrap().to_str().unwrap())
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmcoredd"));
    command
        .args(args)
        .env_remove("NO_COLOR")
        .env("TERM", "xterm");
    if no_color {
        command.env("NO_COLOR", "1");
    }
    let mut child = command.stdout(other).spawn().unwrap();
    // Its side of the terminal is to be closed when it ends.
    drop(command);
    let mut said = Vec::new();
    // A terminal that is closed is an error.
    let _ = File::from(terminal).read_to_end(&mut said);
    child.wait().unwrap();
    String::from_utf8(said).unwrap().replace("\r\n", "\n")
}

fn vmcore(files: &Files) -> String {
    files.write(
        "vmcore",
        &files::elf(&[(NAME, &files::slow_image(0x1100)), ("other", b"something")]),
    )
}

#[test]
fn lines_are_no_wider_than_the_terminal() {
    let files = Files::new();
    let file = vmcore(&files);
    for args in [
        &["list", &file][..],
        &["show", &file],
        &["show", &file, "--section", "all"],
        &["verify", &file],
    ] {
        let said = on_terminal(args, true);
        assert!(said.lines().count() > 2, "{args:?}: {said}");
        for line in said.lines() {
            // One word may be wider.
            let fits = line.chars().count() <= COLUMNS;
            assert!(fits || !line.trim().contains(' '), "{args:?}: {line}");
        }
    }
}

#[test]
fn colours_are_for_terminals_and_those_who_want_them() {
    let files = Files::new();
    let file = vmcore(&files);
    assert!(on_terminal(&["verify", &file], false).contains("\x1b[32mok\x1b[0m"));
    assert!(!on_terminal(&["verify", &file], true).contains('\x1b'));
    assert!(!on_terminal(&["verify", &file, "--color", "never"], false).contains('\x1b'));
    let piped = |args: &[&str]| crate::run(&[&["verify", &file], args].concat()).1;
    assert!(!piped(&[]).contains('\x1b'));
    assert!(piped(&["--color=always"]).contains('\x1b'));
}

#[test]
fn nobody_who_stops_reading_gets_complaints() {
    let files = Files::new();
    let file = vmcore(&files);
    // More than a pipe takes.
    for args in [
        &["show", &file, "--registers", "--json"][..],
        &["show", &file, "--section=all"],
        &["extract", &file, "05.0", "-o", "-"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(complaint, "", "{args:?}");
        assert!(output.status.success(), "{args:?}");
    }
}

#[test]
fn an_error_that_nobody_can_read_is_still_an_exit_status() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
        .args(["list", "/does/not/exist"])
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}
