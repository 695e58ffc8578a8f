// SPDX-License-Identifier: GPL-2.0

//! Writes the vmcores of a modelled fleet to a directory: `fleet DIR NUMBER`. For `make bench`.

#[path = "../tests/adapter.rs"]
mod adapter;
#[allow(dead_code)]
#[path = "../tests/files.rs"]
mod files;
#[allow(dead_code)]
#[path = "../tests/scan/fleet.rs"]
mod fleet;

use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, count] = args.as_slice() else {
        return Err("usage: fleet DIR NUMBER".into());
    };
    fleet::Fleet::default().write(Path::new(dir), count.parse()?)?;
    Ok(())
}
