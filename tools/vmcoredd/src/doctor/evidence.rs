// SPDX-License-Identifier: GPL-2.0

//! What the crash kernel wipes before any module can read it, and what would keep it.

use super::{
    agreed,
    command_line::CommandLine,
    system::System,
    Finding,
    State, //
};

const PCIE: &str = "PCIe errors";
const MACHINE_CHECKS: &str = "MCA banks";
const FIRMWARE: &str = "firmware";

const PORTS: &str = "/sys/bus/pci_express/devices";
const FUNCTIONS: &str = "/sys/bus/pci/devices";
/// Those of machine checks that the kernel may handle.
const BANKS: &str = "/sys/devices/system/machinecheck/machinecheck0";
/// Lists where the firmware leaves its records of errors.
const HEST: &str = "/sys/firmware/acpi/tables/HEST";

pub fn check(system: &System, line: &CommandLine) -> Vec<Finding> {
    vec![
        pcie(system, line),
        machine_checks(system, line),
        firmware(system, line),
    ]
}

/// `pci_aer_init()` clears the status of each function whose errors the kernel handles (drivers/pci/pcie/aer.c).
fn pcie(system: &System, line: &CommandLine) -> Finding {
    let functions = system.names(FUNCTIONS).into_iter();
    let recording = functions
        .filter(|name| system.exists(&format!("{FUNCTIONS}/{name}/aer_dev_fatal")))
        .count();
    if recording == 0 {
        return Finding::ok(PCIE, "no function records any (AER)");
    }
    let kept = |why: &str| {
        Finding::ok(
            PCIE,
            format!("{why}: what {recording} functions have recorded is kept"),
        )
    };
    // Cumulative: what says native cannot be taken back.
    if let Some(word) = line.all("pcie_ports").find(|word| {
        word.value()
            .is_some_and(|value| value.starts_with("native"))
    }) {
        return Finding::bad(
            PCIE,
            State::Warning,
            format!(
                "{}: the crash kernel clears what {recording} functions have recorded",
                word.text
            ),
            line.removing(word),
        );
    }
    let says = |name: &str, value: &str| {
        line.all(name).any(|word| {
            word.value()
                .is_some_and(|words| words.split(',').any(|word| word == value))
        })
    };
    if says("pcie_ports", "compat") {
        return kept("pcie_ports=compat");
    }
    if says("pci", "noaer") {
        return kept("pci=noaer");
    }
    let certain = match system.names(PORTS).iter().any(|name| is_aer(name)) {
        true => "clears",
        // The firmware may have kept them to itself, or there is no root port.
        false => "may clear",
    };
    let found = format!(
        "the crash kernel {certain} what {recording} functions have recorded, before anybody can read it"
    );
    match agreed::answer(system) {
        Some(agreed::Answer::No) => Finding::ok(PCIE, format!("{found}, as {} has it", agreed::SETTINGS)),
        _ => Finding::bad(
            PCIE,
            State::Warning,
            found,
            format!(
                "pcie_ports=compat keeps it. The crash kernel then leaves errors, hotplug and wake-up of PCIe ports to the firmware, as that of \
                 Fedora and RHEL does: disks and networks work, what is plugged in meanwhile is not seen. To have it, {}",
                agreed::how(system, line)
            ),
        ),
    }
}

/// Whether a port's service is that for errors. The name ends with the kind of the port and a bit for the service.
fn is_aer(name: &str) -> bool {
    const AER: u32 = 2;
    let service = name.rsplit_once(":pcie").map(|(_, digits)| digits);
    let service = service.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    service.is_some_and(|service| service & 0xff == AER)
}

/// `__mcheck_cpu_init_prepare_banks()` logs what the banks of its one processor hold, and clears them (arch/x86/kernel/cpu/mce/core.c).
fn machine_checks(system: &System, line: &CommandLine) -> Finding {
    if line.all("mce").any(|word| word.value() == Some("off")) {
        return Finding::ok(
            MACHINE_CHECKS,
            "mce=off: the crash kernel does not touch their banks, and the next boot logs them; one that happens in the crash kernel ends it",
        );
    }
    let log = line
        .all("mce")
        .filter(|word| matches!(word.value(), Some("bootlog" | "nobootlog")));
    if let Some(word) = log.last().filter(|word| word.value() == Some("nobootlog")) {
        return Finding::bad(
            MACHINE_CHECKS,
            State::Warning,
            "mce=nobootlog: the crash kernel clears their banks without a word",
            line.without(word, "mce=bootlog"),
        );
    }
    if !system.exists(BANKS) {
        return Finding::ok(MACHINE_CHECKS, "none are handled by this kernel");
    }
    Finding::hint(
        MACHINE_CHECKS,
        "the crash kernel logs what the banks of its processor hold, and clears them; its log is kept",
        format!(
            "mce=off would leave them to the next boot's log; then a machine check while the vmcore is saved resets the machine. To have it, {}",
            line.adding("mce=off")
        ),
    )
}

/// `ghes_probe()` prints what is pending and acknowledges it (drivers/acpi/apei/ghes.c).
fn firmware(system: &System, line: &CommandLine) -> Finding {
    if !system.exists(HEST) {
        return Finding::ok(FIRMWARE, "it keeps no records of errors (no HEST)");
    }
    if line.last("hest_disable").is_some() {
        return Finding::ok(
            FIRMWARE,
            "hest_disable: its records of errors are not touched",
        );
    }
    Finding::hint(
        FIRMWARE,
        "the crash kernel logs its pending records of errors, and acknowledges them; its log is kept",
        format!(
            "hest_disable would leave them as they are; then no error that the firmware reports while the vmcore is saved is seen. To have it, {}",
            line.adding("hest_disable")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::is_aer;

    #[test]
    fn the_service_for_errors_is_told_from_its_siblings() {
        for (name, expected) in [
            ("0000:00:1c.0:pcie002", true),
            ("0000:00:1f.7:pcie602", true),
            ("0000:00:1c.0:pcie001", false),
            ("0000:02:00.0:pcie204", false),
            ("0000:00:1c.0:pcie012", false),
            ("0000:00:1c.0", false),
        ] {
            assert_eq!(is_aer(name), expected, "{name}");
        }
    }
}
