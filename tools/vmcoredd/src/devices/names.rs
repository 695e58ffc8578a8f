// SPDX-License-Identifier: GPL-2.0

//! Names for registers that were read: of devices that are known, and of those that somebody has described.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{LazyLock, OnceLock},
};

use super::{
    check,
    description::{Device, Register},
    Described, Source, DIR,
};

/// As many as the module knows families, and called like them.
const KNOWN: [&str; 16] = [
    include_str!("known/ahci.toml"),
    include_str!("known/e1000e.toml"),
    include_str!("known/i40e.toml"),
    include_str!("known/ice.toml"),
    include_str!("known/igb.toml"),
    include_str!("known/igb_82576.toml"),
    include_str!("known/igc.toml"),
    include_str!("known/ixgbe.toml"),
    include_str!("known/megaraid_sas.toml"),
    include_str!("known/mlx5.toml"),
    include_str!("known/mpi3mr.toml"),
    include_str!("known/mpt3sas.toml"),
    include_str!("known/nvidia.toml"),
    include_str!("known/nvme.toml"),
    include_str!("known/tg3.toml"),
    include_str!("known/xhci.toml"),
];

static FROM: OnceLock<PathBuf> = OnceLock::new();

static DEVICES: LazyLock<Vec<Device>> = LazyLock::new(|| {
    let dir = FROM.get().map_or(Path::new(DIR), PathBuf::as_path);
    // What is wrong there, `devices check` says; nothing that is read here depends on it.
    let files = super::in_directory(dir).unwrap_or_default();
    let described = match files.as_slice() {
        [] => Described::default(),
        files => Described::read(files).unwrap_or_default(),
    };
    let known = KNOWN.map(|text| check(&Source::new(Path::new("built in"), text.to_owned())).0);
    described
        .devices
        .into_iter()
        .chain(known.into_iter().flatten())
        .collect()
});

/// Names come from the descriptions in `dir`, from now on; too late if any name was asked for.
pub fn take_from(dir: &Path) {
    let _ = FROM.set(dir.to_owned());
}

/// Registers of a device by BAR and offset: of one that was read by a table of these names, or that has these ids. What somebody has described
/// is stronger than what is known.
pub fn of(
    tables: &[&[u8]],
    id: (u16, u16),
    subsystem: (u16, u16),
    class: u32,
) -> HashMap<(u8, u32), &'static Register> {
    let fits = |device: &&Device| {
        let mut matches = device.matches.iter();
        tables.contains(&device.name.as_bytes())
            || matches.any(|wanted| wanted.fits(id, subsystem, class))
    };
    let mut names = HashMap::new();
    for register in DEVICES
        .iter()
        .filter(fits)
        .flat_map(|device| &device.registers)
    {
        names.entry((register.bar, register.at)).or_insert(register);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_has_no_mistake() {
        for text in KNOWN {
            let (device, complaints) = check(&Source::new(Path::new("known"), text.to_owned()));
            assert!(device.is_some() && complaints.is_empty(), "{complaints:?}");
        }
    }
}
