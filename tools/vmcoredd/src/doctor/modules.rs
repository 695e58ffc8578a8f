// SPDX-License-Identifier: GPL-2.0

//! Whether the crash kernel is told to refuse our modules.

use super::{
    adapters::DRIVERS,
    command_line::CommandLine,
    initramfs::CORE,
    system::System,
    Finding,
    State, //
};

const CHECK: &str = "modules";

/// One finding for each reason; `release` is the kernel that they are for.
pub fn check(system: &System, line: &CommandLine, release: &str) -> Vec<Finding> {
    let reasons = [
        none_at_all(line),
        blacklisted(line),
        unsigned(system, line, release),
    ];
    let mut findings: Vec<_> = reasons.into_iter().flatten().collect();
    if findings.is_empty() {
        findings.push(Finding::ok(
            CHECK,
            "nothing tells the crash kernel to refuse ours",
        ));
    }
    findings
}

fn ours() -> impl Iterator<Item = &'static str> {
    [CORE].into_iter().chain(DRIVERS)
}

fn none_at_all(line: &CommandLine) -> Option<Finding> {
    let word = line.last("nomodule").filter(|word| word.is_on())?;
    Some(Finding::bad(
        CHECK,
        State::Warning,
        format!("{}: the crash kernel loads none at all", word.text),
        line.without(word, "nomodule=0"),
    ))
}

fn blacklisted(line: &CommandLine) -> Option<Finding> {
    let word = line.last("module_blacklist")?;
    let listed = word.value()?.split(',');
    let (refused, others): (Vec<_>, Vec<_>) =
        listed.partition(|name| ours().any(|our| our == *name));
    if refused.is_empty() {
        return None;
    }
    Some(Finding::bad(
        CHECK,
        State::Warning,
        format!("{}: {} will be refused", word.text, refused.join(" and ")),
        line.adding(&format!("module_blacklist={}", others.join(","))),
    ))
}

fn unsigned(system: &System, line: &CommandLine, release: &str) -> Option<Finding> {
    let enforced = line.all("module.sig_enforce").find(|word| word.is_on());
    let locked = || {
        let levels = ["integrity", "confidentiality"];
        let mut words = line.all("lockdown");
        words.find(|word| word.value().is_some_and(|value| levels.contains(&value)))
    };
    let why = match enforced.or_else(locked) {
        Some(word) => word.text.clone(),
        None => locked_down(system).then(|| "the kernel is locked down".to_owned())?,
    };
    let unsigned: Vec<_> = ours()
        .filter(|module| is_signed(system, module, release) == Some(false))
        .collect();
    if unsigned.is_empty() {
        return None;
    }
    Some(Finding::bad(
        CHECK,
        State::Warning,
        format!("{why}: unsigned {} will be refused", unsigned.join(" and ")),
        "sign them with a key that the kernel knows, as DKMS does: build them with vmcore-devdump-dkms, then \
         `mokutil --import /var/lib/dkms/mok.pub` and reboot",
    ))
}

/// Whether the running kernel is locked down, as it is by Secure Boot. So will be the crash kernel.
fn locked_down(system: &System) -> bool {
    let state = system.read("/sys/kernel/security/lockdown");
    state.is_some_and(|state| state.contains("[integrity]") || state.contains("[confidentiality]"))
}

/// `None`: it is not there.
fn is_signed(system: &System, module: &str, release: &str) -> Option<bool> {
    let said = system.output("modinfo", &["-k", release, "-F", "sig_id", module])?;
    Some(!said.trim().is_empty())
}
