// SPDX-License-Identifier: GPL-2.0

//! Which devices would be dumped.

use super::{system::System, Finding, State};

const CHECK: &str = "adapters";
/// Drivers that dump devices.
pub const DRIVERS: [&str; 1] = ["cxgb4_dump"];

/// Those that the drivers for kernel `release` know.
pub fn check(system: &System, release: &str) -> Finding {
    let mut aliases = Vec::new();
    for driver in DRIVERS {
        let Some(said) = system.output("modinfo", &["-k", release, "-F", "alias", driver]) else {
            return Finding::bad(
                CHECK,
                State::Warning,
                format!("{driver} is not installed for kernel {release}"),
                "install vmcore-devdump-modules-VERSION for a kernel that has them, or vmcore-devdump-dkms and the kernel's headers: `dkms status` says whether it was built",
            );
        };
        aliases.extend(said.lines().filter_map(ids));
    }
    let found: Vec<_> = devices(system)
        .into_iter()
        .filter(|(_, vendor, device)| aliases.contains(&(*vendor, *device)))
        .map(|(address, vendor, device)| format!("{address} [{vendor:04x}:{device:04x}]"))
        .collect();
    match found.len() {
        0 => Finding::ok(CHECK, "none that a driver could dump"),
        count => Finding::ok(
            CHECK,
            format!("{count} would be dumped: {}", found.join(", ")),
        ),
    }
}

/// Vendor and device in a "pci:v00001425d00006401sv*…".
fn ids(alias: &str) -> Option<(u32, u32)> {
    let ids = alias.strip_prefix("pci:v")?;
    let (vendor, rest) = ids.split_at_checked(8)?;
    let device = rest.strip_prefix('d')?.get(..8)?;
    Some((
        u32::from_str_radix(vendor, 16).ok()?,
        u32::from_str_radix(device, 16).ok()?,
    ))
}

/// Address, vendor and device of all PCI functions, in the order of addresses.
fn devices(system: &System) -> Vec<(String, u32, u32)> {
    const DIR: &str = "/sys/bus/pci/devices";
    system
        .names(DIR)
        .into_iter()
        .filter_map(|address| {
            let id = |what: &str| system.number(&format!("{DIR}/{address}/{what}"));
            let (vendor, device) = (id("vendor")?, id("device")?);
            Some((address, vendor as u32, device as u32))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn ids_are_taken_from_what_modinfo_prints() {
        for (alias, expected) in [
            (
                "pci:v00001425d00006401sv*sd*bc*sc*i*",
                Some((0x1425, 0x6401)),
            ),
            ("pci:v*d*sv*sd*bc02sc00i00*", None),
            ("of:N*T*Cvendor,device", None),
            ("pci:v0000", None),
        ] {
            assert_eq!(ids(alias), expected, "{alias}");
        }
    }
}
