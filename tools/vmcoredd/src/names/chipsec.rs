// SPDX-License-Identifier: GPL-2.0

//! chipsec's configuration files (`chipsec/cfg/8086/*.xml`): `<registers><register name offset size bar><field name bit size/>`. They do not
//! say what reading a register does.

use anyhow::Result;
use roxmltree::Node;

use super::{number, required, Access, Field, Register};

/// Registers in memory and in configuration space; the unit is the BAR, or the function as `BUS:DEVICE.FUNCTION`.
pub fn registers(root: Node<'_, '_>) -> Result<Vec<Register>> {
    let mut registers = Vec::new();
    for node in root
        .descendants()
        .filter(|node| node.has_tag_name("register"))
    {
        let value = |name| node.attribute(name).and_then(number);
        let (unit, access) = match node.attribute("type") {
            Some("mmio") => (node.attribute("bar").map(str::to_owned), Access::Plain),
            Some("mm_msgbus" | "memory") => {
                (node.attribute("bar").map(str::to_owned), Access::Elsewhere)
            }
            Some("pcicfg") => {
                let place = || Some((value("bus")?, value("dev")?, value("fun")?));
                let place = place()
                    .map(|(bus, device, function)| format!("{bus:x}:{device:x}.{function:x}"));
                let device = node.attribute("device").map(str::to_owned);
                (device.or(place), Access::Elsewhere)
            }
            // Model-specific registers and I/O ports are in no dump.
            _ => continue,
        };
        let at = node
            .attribute("offset")
            .or_else(|| node.attribute("address"));
        let address = required(node, "offset", at)?;
        registers.push(Register {
            unit: unit.unwrap_or_default(),
            name: node.attribute("name").unwrap_or_default().to_owned(),
            address,
            offset: address,
            bits: 8 * u32::from(required::<u8>(
                node,
                "size",
                node.attribute("size").or(Some("4")),
            )?),
            fields: fields(node)?,
            access,
        });
    }
    Ok(registers)
}

fn fields(register: Node<'_, '_>) -> Result<Vec<Field>> {
    let fields = register
        .children()
        .filter(|child| child.has_tag_name("field"));
    let field = |node: Node<'_, '_>| {
        Ok(Field {
            name: node.attribute("name").unwrap_or_default().to_owned(),
            low: required(node, "bit", node.attribute("bit"))?,
            bits: required::<u32>(node, "size", node.attribute("size"))?.max(1),
            ..Field::default()
        })
    };
    fields.map(field).collect()
}
