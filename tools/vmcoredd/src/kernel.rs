// SPDX-License-Identifier: GPL-2.0

//! The kernel that panicked: what it says of itself, and its memory by virtual address. x86-64 alone.
//!
//! Source: Linux's `Documentation/admin-guide/kdump/vmcoreinfo.rst`; `arch/x86/include/asm/pgtable_types.h`.

mod printk;

use std::collections::HashMap;

use anyhow::{bail, Context, Result};

use crate::{input::memory::Memory, kinds::messages::Log};

/// Where the kernel's text and data are.
const TEXT: u64 = 0xffff_ffff_8000_0000;
const TEXT_END: u64 = 0xffff_ffff_c000_0000;
const PRESENT: u64 = 1;
const LARGE: u64 = 1 << 7;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

pub struct Kernel<'a> {
    memory: &'a Memory,
    info: HashMap<&'a str, &'a str>,
}

impl<'a> Kernel<'a> {
    /// A kernel that says `info` (the note VMCOREINFO) of itself.
    pub fn new(memory: &'a Memory, info: &'a str) -> Self {
        let lines = info.lines().filter_map(|line| line.split_once('='));
        Self {
            memory,
            info: lines.collect(),
        }
    }

    /// What it had logged.
    pub fn log(&self) -> Result<Log> {
        printk::read(self)
    }

    fn text(&self, name: &str) -> Result<&'a str> {
        let value = self.info.get(name).copied();
        value.with_context(|| format!("VMCOREINFO has no {name}"))
    }

    fn hexadecimal(&self, name: &str) -> Result<u64> {
        u64::from_str_radix(self.text(name)?, 16).with_context(|| name.to_owned())
    }

    fn decimal(&self, name: &str) -> Result<u64> {
        // A negative number is what it is modulo 2^64.
        let text = self.text(name)?;
        let signed = text.parse::<i64>().map(|number| number as u64);
        signed
            .or_else(|_| text.parse())
            .with_context(|| name.to_owned())
    }

    /// The physical address of a virtual one.
    fn physical(&self, address: u64) -> Result<u64> {
        if (TEXT..TEXT_END).contains(&address) {
            return Ok((address - TEXT).wrapping_add(self.decimal("NUMBER(phys_base)")?));
        }
        let five = self.decimal("NUMBER(pgtable_l5_enabled)").unwrap_or(0) != 0;
        let mut table = self.physical(self.hexadecimal("SYMBOL(init_top_pgt)")?)?;
        for level in (0..if five { 5 } else { 4 }).rev() {
            let shift = 12 + 9 * level;
            let index = (address >> shift) & 511;
            let entry = self.physical_word(table + 8 * index)?;
            if entry & PRESENT == 0 {
                bail!("no page at {address:#x}");
            }
            let within = (1 << shift) - 1;
            if level == 0 || (level < 3 && entry & LARGE != 0) {
                return Ok((entry & ADDRESS & !within) | (address & within));
            }
            table = entry & ADDRESS;
        }
        bail!("no page at {address:#x}")
    }

    fn physical_word(&self, address: u64) -> Result<u64> {
        let mut word = [0; 8];
        self.memory.read(address, &mut word)?;
        Ok(u64::from_le_bytes(word))
    }

    /// `len` bytes at a virtual address.
    fn bytes(&self, address: u64, len: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let mut done = 0;
        while done < len {
            let at = address
                .checked_add(done as u64)
                .context("an address behind 2^64")?;
            let step = (len - done).min(4096 - (at % 4096) as usize);
            self.memory
                .read(self.physical(at)?, &mut bytes[done..done + step])?;
            done += step;
        }
        Ok(bytes)
    }
}
