// SPDX-License-Identifier: GPL-2.0

use super::*;
use crate::kinds::register::Register as Held;

fn words(registers: &[Register]) -> Vec<String> {
    let field = |field: &Field| format!("{}@{}/{}", field.name, field.low, field.bits);
    registers
        .iter()
        .map(|register| {
            let fields: Vec<_> = register.fields.iter().map(field).collect();
            let Register {
                unit,
                name,
                address,
                bits,
                ..
            } = register;
            format!("{unit}:{name} {address:#x}/{bits} {}", fields.join(","))
        })
        .collect()
}

#[test]
fn databases_of_each_kind_are_read() {
    for (text, expected) in [
        (
            "struct reg_info t6_sge_regs[] = {\n\t{ \"SGE_INT_CAUSE1\", 0x1024, 0 },\n\t\t{ \"perr_pc_rsp\", 23, 1 },\n\
             \t\t{ \"fatal_deq_drdy\", 3, 2 },\n\t{ \"SGE_X\", 0x1028, 0 },\n\t{ NULL }\n};\n",
            &[":SGE_INT_CAUSE1 0x1024/32 perr_pc_rsp@23/1,fatal_deq_drdy@3/2", ":SGE_X 0x1028/32 "][..],
        ),
        (
            "#define A_SGE_PF_KDOORBELL 0x0\n#define S_QID    15\n#define M_QID    0x1ffffU\n#define V_QID(x) ((x) << S_QID)\n\
             #define S_DBPRIO 14\n#define F_DBPRIO    V_DBPRIO(1U)\n",
            &[":SGE_PF_KDOORBELL 0x0/32 QID@15/17,DBPRIO@14/1"],
        ),
        (
            r#"<?xml version="1.0"?><configuration platform="X"><registers>
            <register name="HSFS" type="mmio" bar="SPIBAR" offset="0x04" size="2" desc="x">
              <field name="FDONE" bit="0" size="1" desc=""/><field name="FLOCKDN" bit="15" size="1"/></register>
            <register name="BC" type="pcicfg" bus="0" dev="0x1F" fun="5" offset="0xDC" size="4"/>
            <register name="IA32" type="msr" msr="0x8B" size="8"/></registers></configuration>"#,
            &["SPIBAR:HSFS 0x4/16 FDONE@0/1,FLOCKDN@15/1", "0:1f.5:BC 0xdc/32 "],
        ),
        (
            r#"<device><size>32</size><peripherals>
            <peripheral><name>U0</name><baseAddress>0x4000</baseAddress><registers>
              <register><name>CR</name><addressOffset>0</addressOffset><fields>
                <field><name>EN</name><bitOffset>0</bitOffset></field>
                <field><name>MODE</name><bitRange>[3:1]</bitRange></field>
                <field><name>P</name><lsb>4</lsb><msb>5</msb></field></fields></register>
              <register><dim>2</dim><dimIncrement>4</dimIncrement><name>D%s</name><addressOffset>0x10</addressOffset></register>
              <cluster><dim>2</dim><dimIncrement>0x20</dimIncrement><dimIndex>A,B</dimIndex><name>Q[%s]</name>
                <addressOffset>0x40</addressOffset>
                <register><name>H</name><addressOffset>4</addressOffset><size>16</size></register></cluster>
            </registers></peripheral>
            <peripheral derivedFrom="U0"><name>U1</name><baseAddress>0x5000</baseAddress></peripheral>
            </peripherals></device>"#,
            &[
                "U0:CR 0x4000/32 EN@0/1,MODE@1/3,P@4/2",
                "U0:D0 0x4010/32 ",
                "U0:D1 0x4014/32 ",
                "U0:Q[A].H 0x4044/16 ",
                "U0:Q[B].H 0x4064/16 ",
                "U1:CR 0x5000/32 EN@0/1,MODE@1/3,P@4/2",
                "U1:D0 0x5010/32 ",
                "U1:D1 0x5014/32 ",
                "U1:Q[A].H 0x5044/16 ",
                "U1:Q[B].H 0x5064/16 ",
            ],
        ),
    ] {
        assert_eq!(words(&parse(text).unwrap()), expected);
    }
}

#[test]
fn what_is_no_database_is_refused_with_what_was_expected() {
    for (text, expected) in [
        ("", "no registers"),
        ("hello", "no registers"),
        ("<html></html>", "expected a <device>"),
        ("<device></device>", "expected <peripherals>"),
        ("<device><a", "never closed"),
    ] {
        let error = format!("{:#}", parse(text).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn names_go_to_what_has_none() {
    let known = |name: &str, address, fields: &[(&str, u32, u32)]| Register {
        name: name.into(),
        address,
        bits: 32,
        fields: fields
            .iter()
            .map(|(name, low, bits)| Field {
                name: (*name).into(),
                low: *low,
                bits: *bits,
                ..Field::default()
            })
            .collect(),
        ..Register::default()
    };
    let held = |name: Option<&'static str>, address, value, fields| Held {
        unit: "SGE".into(),
        name: name.map(Into::into),
        address,
        value,
        bits: 32,
        fields,
        is_telling: false,
        kind: register::Kind::State,
    };
    let field = |name: &'static str, value, low, bits| register::Field {
        name: name.into(),
        value,
        low,
        bits,
        meaning: None,
    };
    let names = Names(
        [
            known("A", 0, &[("X", 0, 1), ("Y", 4, 4)]),
            known("B", 4, &[("Z", 8, 1)]),
        ]
        .into_iter()
        .map(|register| (register.address, register))
        .collect(),
    );
    let mut registers = Registers {
        held: vec![
            held(None, 0, 0x31, vec![]),
            held(
                Some("OURS"),
                4,
                0x301,
                vec![field("OWN", 1, 0, 1), field("unknown", 0x300, 0, 32)],
            ),
            held(None, 8, 1, vec![]),
        ],
        ..Registers::default()
    };
    names.apply(&mut registers);
    let said: Vec<_> = registers
        .held
        .iter()
        .map(|register| (register.name.as_deref().unwrap_or("-"), register.words()))
        .collect();
    assert_eq!(
        said,
        [
            ("A", "X Y=0x3".into()),
            ("OURS", "OWN unknown=0x200 Z".into()),
            ("-", String::new())
        ]
    );
}
