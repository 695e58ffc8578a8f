// SPDX-License-Identifier: GPL-2.0

//! Chelsio's registers as FreeBSD has them: tables (`usr.sbin/cxgbetool/reg_defs_t6.c`) and `#define`s
//! (`sys/dev/cxgbe/common/t4_regs.h`).

use super::{number, Field, Register};

/// What both kinds of file name; lines that are of neither are passed over.
pub fn registers(text: &str) -> Vec<Register> {
    let mut registers: Vec<Register> = Vec::new();
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("#define ") {
            Some(define) => defined(define, &mut registers),
            None => tabled(line, &mut registers),
        };
    }
    registers
}

fn register(name: &str, address: u64) -> Register {
    Register {
        name: name.to_owned(),
        address,
        offset: address,
        bits: 32,
        ..Register::default()
    }
}

/// `{ "NAME", 0xADDRESS, 0 }` is a register, `{ "NAME", LOW, BITS }` a field of the last one.
fn tabled(line: &str, registers: &mut Vec<Register>) -> Option<()> {
    let (name, rest) = line.strip_prefix("{ \"")?.split_once("\", ")?;
    let (first, rest) = rest.split_once(", ")?;
    let second = rest.split([' ', '}']).next()?;
    match first.starts_with("0x") {
        true => registers.push(register(name, number(first)?)),
        false => registers.last_mut()?.fields.push(Field {
            name: name.to_owned(),
            low: number(first)?.try_into().ok()?,
            bits: number(second)?.try_into().ok()?,
            ..Field::default()
        }),
    }
    Some(())
}

/// `A_` names an address, `S_` where a field of that begins, `M_` its mask; without one it is a bit.
fn defined(define: &str, registers: &mut Vec<Register>) -> Option<()> {
    let (name, value) = define.split_once([' ', '\t'])?;
    let value = number(
        value
            .split_whitespace()
            .next()?
            .trim_end_matches(['U', 'u']),
    );
    match name.split_at_checked(2)? {
        ("A_", name) => registers.push(register(name, value?)),
        ("S_", name) => registers.last_mut()?.fields.push(Field {
            name: name.to_owned(),
            low: value?.try_into().ok()?,
            bits: 1,
            ..Field::default()
        }),
        ("M_", name) => {
            let field = registers.last_mut()?.fields.last_mut()?;
            if field.name == name {
                field.bits = 64 - value?.leading_zeros();
            }
        }
        _ => {}
    }
    Some(())
}
