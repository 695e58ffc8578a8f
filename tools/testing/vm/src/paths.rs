// SPDX-License-Identifier: GPL-2.0

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// What is built for the kernel of the build root, and what virtual machines leave: `$VMCORE_DEVDUMP_BUILD` or `build/` of the repository.
pub fn build_dir() -> PathBuf {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../build");
    env::var_os("VMCORE_DEVDUMP_BUILD").map_or_else(|| PathBuf::from(usual), PathBuf::from)
}

/// The kernel modules under test: `$VMCORE_DEVDUMP_MODULES` or `build/modules`.
pub fn modules_dir() -> PathBuf {
    env::var_os("VMCORE_DEVDUMP_MODULES").map_or_else(|| build_dir().join("modules"), PathBuf::from)
}

/// The kernel modules in `dir`.
pub(crate) fn modules_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(dir).with_context(|| dir.display().to_string())?;
    let paths: Vec<PathBuf> = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    let modules = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "ko"));
    Ok(modules.collect())
}

/// The host tools: `$VMCORE_DEVDUMP_BIN` or `build/bin`.
pub fn bin_dir() -> PathBuf {
    env::var_os("VMCORE_DEVDUMP_BIN").map_or_else(|| build_dir().join("bin"), PathBuf::from)
}

/// The version of the kernel that the build root was made for, and the directory of its image and modules.
pub(crate) fn kernel() -> Result<(String, PathBuf)> {
    const FILE: &str = "/etc/vmcore-devdump-kernel";
    let version = fs::read_to_string(FILE)
        .with_context(|| format!("{FILE}: this runs inside the build root (tools/setup/enter)"))?;
    let version = version.trim().to_owned();
    let dir = PathBuf::from("/lib/modules").join(&version);
    Ok((version, dir))
}
