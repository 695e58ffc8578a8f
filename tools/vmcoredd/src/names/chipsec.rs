// SPDX-License-Identifier: GPL-2.0

//! chipsec's configuration files (`chipsec/cfg/8086/*.xml`): `<registers><register name offset size bar><field name bit size/>`.

use anyhow::Result;
use roxmltree::Node;

use super::{number, Field, Register};

/// Registers in memory and in configuration space; the unit is the BAR, or the function as `BUS:DEVICE.FUNCTION`.
pub fn registers(root: Node<'_, '_>) -> Result<Vec<Register>> {
    let registers = root
        .descendants()
        .filter(|node| node.has_tag_name("register"));
    Ok(registers.filter_map(register).collect())
}

fn register(node: Node<'_, '_>) -> Option<Register> {
    let value = |name| node.attribute(name).and_then(number);
    let unit = match node.attribute("type")? {
        "mmio" | "mm_msgbus" | "memory" => node.attribute("bar").unwrap_or_default().to_owned(),
        "pcicfg" => match node.attribute("device") {
            Some(device) => device.to_owned(),
            None => format!(
                "{:x}:{:x}.{:x}",
                value("bus")?,
                value("dev")?,
                value("fun")?
            ),
        },
        // Model-specific registers and I/O ports are in no dump.
        _ => return None,
    };
    let fields = node
        .children()
        .filter(|child| child.has_tag_name("field"))
        .filter_map(|field| {
            let value = |name| u32::try_from(number(field.attribute(name)?)?).ok();
            Some(Field {
                name: field.attribute("name")?.to_owned(),
                low: value("bit")?,
                bits: value("size")?,
            })
        });
    Some(Register {
        unit,
        name: node.attribute("name")?.to_owned(),
        address: value("offset").or_else(|| value("address"))?,
        bits: u32::try_from(value("size").unwrap_or(4))
            .ok()?
            .checked_mul(8)?,
        fields: fields.collect(),
    })
}
