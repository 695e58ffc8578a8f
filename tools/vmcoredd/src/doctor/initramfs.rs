// SPDX-License-Identifier: GPL-2.0

//! What the crash kernel boots from, and whether our modules are in it.

use super::{
    adapters::DRIVERS,
    command_line::KDUMP_TOOLS,
    shell::Settings,
    system::System,
    Finding,
    State, //
};

const CHECK: &str = "initramfs";
pub const CORE: &str = "vmcore_devdump";

/// The initramfs of the crash kernel.
pub struct Initramfs {
    /// As the system itself calls it.
    pub path: String,
    /// Release of the kernel that it is for.
    pub release: String,
    /// Its files, one a line, with their sizes; `None`: it cannot be listed.
    pub listed: Option<String>,
}

/// Where distributions keep it: directory, what is before the release in its name, and what is behind.
const PLACES: [(&str, &str, &str); 3] = [
    // Debian, Ubuntu
    ("/var/lib/kdump", "initrd.img-", ""),
    // Fedora, RHEL
    ("/boot", "initramfs-", "kdump.img"),
    // SUSE
    ("/boot", "initrd-", "-kdump"),
];

/// The one that is in use: what kdump-tools is told to take, that of the running kernel, or the newest.
pub fn find(system: &System) -> Result<Initramfs, Finding> {
    let running = system.release();
    let mut found = Vec::new();
    for (dir, before, behind) in PLACES {
        for name in system.names(dir) {
            if let Some(release) = release(&name, before, behind) {
                found.push((format!("{dir}/{name}"), release.to_owned()));
            }
        }
    }
    let settings = Settings::read(system, KDUMP_TOOLS);
    let named = settings.get("KDUMP_INITRD");
    let named = named.and_then(|path| system.follow(path));
    let named = named.and_then(|path| {
        let name = path.rsplit('/').next()?;
        let release = release(name, PLACES[0].1, PLACES[0].2)?.to_owned();
        Some((path, release))
    });
    if let Some((path, release)) = named {
        return Ok(Initramfs {
            listed: list(system, &path),
            path,
            release,
        });
    }
    let at = found
        .iter()
        .position(|(_, release)| *release == running)
        .or_else(|| found.len().checked_sub(1));
    let Some(at) = at else {
        return Err(Finding::bad(
            CHECK,
            State::Critical,
            "no initramfs for a crash kernel was found",
            match system.has("kdump-config") {
                true => "run `kdump-config load`, which makes it",
                false => "install and start your distribution's kdump service, which makes it",
            },
        ));
    };
    let (path, release) = found.swap_remove(at);
    Ok(Initramfs {
        listed: list(system, &path),
        path,
        release,
    })
}

/// What the name of an initramfs says between these.
fn release<'a>(name: &'a str, before: &str, behind: &str) -> Option<&'a str> {
    let release = name.strip_prefix(before)?.strip_suffix(behind)?;
    (!release.is_empty()).then_some(release)
}

/// How to make it anew.
pub fn making(path: &str) -> &'static str {
    match path.starts_with("/var/lib/kdump") {
        true => "run `vmcore-devdump-update`",
        false => "rebuild it: `kdumpctl rebuild` (Fedora, RHEL) or `mkdumprd -f` (SUSE)",
    }
}

pub fn check(system: &System, initramfs: &Initramfs) -> Finding {
    let Initramfs {
        path,
        release,
        listed,
    } = initramfs;
    let Some(listed) = listed else {
        return Finding::bad(
            CHECK,
            State::Warning,
            format!("{path} cannot be listed"),
            "run this as root, and install lsinitramfs (initramfs-tools-core) or lsinitrd (dracut)",
        );
    };
    let rebuild = match path.starts_with("/var/lib/kdump") {
        true => "install vmcore-devdump; if it is there, see /etc/default/vmcore-devdump, then run `vmcore-devdump-update`",
        false => making(path),
    };
    let modules = || [CORE].iter().chain(&DRIVERS);
    let missing: Vec<_> = modules()
        .filter(|module| !listed.lines().any(|line| is_module(line, module, release)))
        .copied()
        .collect();
    if missing.is_empty() {
        let foreign = modules().find_map(|module| {
            let kernel = built_for(system, module, release)?;
            (kernel != *release)
                .then(|| format!("{module} is built for kernel {kernel}, not for {release}"))
        });
        if let Some(found) = foreign {
            return Finding::bad(
                CHECK,
                State::Warning,
                found,
                "reinstall the package that has them (`dpkg -S vmcore_devdump.ko`), or vmcore-devdump-dkms, which builds them; without packages, `make install` with that kernel's KDIR",
            );
        }
        return Finding::ok(
            CHECK,
            format!("{path} has our modules for kernel {release}"),
        );
    }
    let elsewhere = |module: &&str| listed.contains(&format!("/{module}.ko"));
    let other = missing.iter().all(elsewhere);
    let found = match other {
        true => format!("{path} has our modules for another kernel than {release}"),
        false => format!("{path} lacks {}", missing.join(" and ")),
    };
    Finding::bad(CHECK, State::Warning, found, rebuild)
}

/// Whether a line of a listing ends with the path of `module` for kernel `release`.
fn is_module(line: &str, module: &str, release: &str) -> bool {
    let path = line.split_whitespace().next_back().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let name = file
        .split_once(".ko")
        .map(|(name, _)| name.replace('-', "_"));
    path.contains(&format!("lib/modules/{release}/")) && name.as_deref() == Some(module)
}

/// The kernel that the module which is installed for `release` says it is for.
fn built_for(system: &System, module: &str, release: &str) -> Option<String> {
    let said = system.output("modinfo", &["-k", release, "-F", "vermagic", module])?;
    said.split_whitespace().next().map(str::to_owned)
}

fn list(system: &System, path: &str) -> Option<String> {
    system
        .output("lsinitramfs", &["-l", path])
        .or_else(|| system.output("lsinitrd", &[path]))
}

#[cfg(test)]
mod tests {
    use super::is_module;

    #[test]
    fn modules_are_found_where_depmod_would() {
        for (line, expected) in [
            (
                "usr/lib/modules/7.3/updates/dkms/vmcore_devdump.ko.xz",
                true,
            ),
            (
                "-rw-r--r-- 1 root root 9 Jan 1 00:00 lib/modules/7.3/extra/vmcore-devdump.ko",
                true,
            ),
            ("usr/lib/modules/7.4/updates/dkms/vmcore_devdump.ko", false),
            ("usr/lib/modules/7.3/updates/dkms/vmcore_devdump2.ko", false),
            ("usr/share/doc/vmcore_devdump", false),
        ] {
            assert_eq!(is_module(line, "vmcore_devdump", "7.3"), expected, "{line}");
        }
    }
}
