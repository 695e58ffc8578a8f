// SPDX-License-Identifier: GPL-2.0

fn main() -> anyhow::Result<()> {
    let script = std::fs::read_to_string(std::env::args().nth(1).unwrap())?;
    let o = vm::Vm::scenario("smoke").crash_kernel(&script).run()?;
    println!("{o:?}");
    Ok(())
}
