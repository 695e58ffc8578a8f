// SPDX-License-Identifier: GPL-2.0

//! Whether makedumpfile knows which pages of this kernel are user data.

use super::{
    command_line::{Loader, KDUMP_TOOLS},
    shell::Settings,
    system::System,
    version::numbers,
    Finding,
    State, //
};

const CHECK: &str = "makedumpfile";
/// The last one that looks for the heads of compound pages where they are no more…
const LAST: [u64; 3] = [1, 7, 9];
/// … since this kernel.
const SINCE: [u64; 2] = [7, 1];
/// Part of the dump level: leave out user data.
const USER_DATA: u64 = 8;

/// `release`: the kernel that would panic.
pub fn check(system: &System, release: &str) -> Finding {
    let Some(version) = packaged(system).or_else(|| asked(system)) else {
        return Finding::ok(CHECK, "its version is not known");
    };
    if release.is_empty() {
        return Finding::ok(CHECK, format!("{version}, for a kernel that is not known"));
    }
    let level = level(system);
    let fits = numbers(release) < SINCE || numbers(&version) > LAST;
    if fits || level & USER_DATA == 0 {
        return Finding::ok(CHECK, format!("{version} keeps what is asked for"));
    }
    let level = level & !USER_DATA;
    Finding::bad(
        CHECK,
        State::Warning,
        format!("{version} loses pages of kernel {release}"),
        format!(
            "install a later one than {}; until then, `-d {level}` keeps them, and user data: {}",
            LAST.map(|number| number.to_string()).join("."),
            match Loader::of(system) {
                Loader::KdumpTools => format!("`MAKEDUMP_ARGS=\"-c -d {level}\"` in {KDUMP_TOOLS}"),
                _ =>
                    "core_collector in /etc/kdump.conf, or KDUMP_DUMPLEVEL in /etc/sysconfig/kdump"
                        .to_owned(),
            }
        ),
    )
}

/// Of the Debian package, without what the packagers have added.
fn packaged(system: &System) -> Option<String> {
    let status = system.read("/var/lib/dpkg/status")?;
    let package = status.split("\n\n").find(|package| {
        let has = |line: &str| package.lines().any(|have| have == line);
        has("Package: makedumpfile") && has("Status: install ok installed")
    })?;
    let version = package
        .lines()
        .find_map(|line| line.strip_prefix("Version: "))?;
    let version = version
        .split_once(':')
        .map_or(version, |(_, version)| version);
    let version = version
        .rsplit_once('-')
        .map_or(version, |(version, _)| version);
    Some(version.to_owned())
}

/// What it says itself: "makedumpfile: version 1.7.6 (released on …)".
fn asked(system: &System) -> Option<String> {
    let said = system.output("makedumpfile", &["-v"])?;
    let mut words = said
        .split_whitespace()
        .skip_while(|word| *word != "version");
    words.nth(1).map(str::to_owned)
}

/// What pages are left out, in any of several tries.
fn level(system: &System) -> u64 {
    const USUAL: &str = "-d 31";
    let arguments = match Loader::of(system) {
        Loader::KdumpTools => {
            let settings = Settings::read(system, KDUMP_TOOLS);
            settings.get("MAKEDUMP_ARGS").unwrap_or(USUAL).to_owned()
        }
        _ => core_collector(system).unwrap_or_else(|| USUAL.to_owned()),
    };
    let mut words = arguments.split_whitespace();
    let mut level = 0;
    while let Some(word) = words.next() {
        let levels = match word.strip_prefix("-d") {
            Some("") => words.next().unwrap_or_default(),
            Some(levels) => levels,
            None => continue,
        };
        let levels = levels
            .split(',')
            .filter_map(|level| level.parse::<u64>().ok());
        level = levels.fold(0, |all, level| all | level);
    }
    level
}

/// Fedora's and RHEL's, or SUSE's.
fn core_collector(system: &System) -> Option<String> {
    let conf = system.read("/etc/kdump.conf").unwrap_or_default();
    let line = conf
        .lines()
        .rev()
        .find(|line| line.starts_with("core_collector "));
    let settings = Settings::read(system, "/etc/sysconfig/kdump");
    let level = || {
        settings
            .get("KDUMP_DUMPLEVEL")
            .map(|level| format!("-d {level}"))
    };
    line.map(str::to_owned).or_else(level)
}
