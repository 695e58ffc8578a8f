// SPDX-License-Identifier: GPL-2.0

//! What is taken from CMSIS-SVD and from chipsec's XML.

use crate::{complaints, files, vmcoredd};

const SVD: &str = r#"<?xml version="1.0"?>
<device>
  <name>SOC</name><size>32</size><access>read-write</access>
  <peripherals>
    <peripheral><name>UART0</name><baseAddress>0x40000000</baseAddress><registers>
      <register><name>DATA</name><addressOffset>0</addressOffset><readAction>modify</readAction></register>
      <register><name>STATUS</name><addressOffset>0x4</addressOffset><fields>
        <field><name>BUSY</name><bitOffset>0</bitOffset><bitWidth>1</bitWidth></field>
        <field><name>MODE</name><bitRange>[3:2]</bitRange><enumeratedValues>
          <enumeratedValue><name>off "really"</name><value>0</value></enumeratedValue>
          <enumeratedValue><name>fast</name><value>#11</value></enumeratedValue>
        </enumeratedValues></field>
        <field><name>LEVEL</name><lsb>4</lsb><msb>9</msb></field>
      </fields></register>
      <register><name>CAUSE</name><addressOffset>0x8</addressOffset><fields>
        <field><name>RX</name><bitOffset>0</bitOffset><readAction>clear</readAction></field>
      </fields></register>
      <register derivedFrom="CAUSE"><name>CAUSE2</name><addressOffset>0xc</addressOffset></register>
      <register><name>KEY</name><addressOffset>0x10</addressOffset><access>write-only</access></register>
      <register><name>SMALL</name><addressOffset>0x16</addressOffset><size>16</size></register>
      <cluster><name>CH%s</name><dim>2</dim><dimIncrement>0x20</dimIncrement><addressOffset>0x100</addressOffset>
        <register><name>BUF[%s]</name><dim>2</dim><dimIncrement>4</dimIncrement><dimIndex>A,B</dimIndex><addressOffset>0x8</addressOffset></register>
      </cluster>
    </registers></peripheral>
    <peripheral derivedFrom="UART0"><name>UART1</name><baseAddress>0x40001000</baseAddress></peripheral>
  </peripherals>
</device>"#;

const CHIPSEC: &str = r#"<configuration><registers>
  <register name="VER" type="mmio" bar="VTBAR" offset="0x00" size="4"><field name="MAX" bit="4" size="4"/></register>
  <register name="CAP" type="mmio" bar="VTBAR" offset="8" size="8"><field name="FRO" bit="24" size="10"/></register>
  <register name="PCI" type="pcicfg" bus="0" offset="0x0" size="4"/>
</registers></configuration>"#;

#[test]
fn names_and_fields_come_along_and_what_reading_changes_does_not() {
    let (_dir, paths) = files(&[SVD]);
    for part in ["UART0", "UART1"] {
        let args = [
            "import",
            &paths[0],
            "--name",
            "uart",
            "--match",
            "1234:5678",
            "--part",
            part,
            "--bar",
            "2",
            "--offset",
            "0x1000",
        ];
        let (status, text, said) = vmcoredd(&args);
        assert_eq!(status, 0, "{said}");
        assert!(
            text.contains("# Reading these changes something: DATA, CAUSE, CAUSE2.\n"),
            "{text}"
        );
        assert!(
            text.contains(
                "bar = 2\nat = 0x1004\nname = \"STATUS\"\n[register.fields]\n\"BUSY\" = 0\n\
                 \"MODE\" = { bits = \"3:2\", values = { 0 = \"off \\\"really\\\"\", 3 = \"fast\" } }\n\"LEVEL\" = \"9:4\"\n"
            ),
            "{text}"
        );
        assert!(
            text.contains("at = 0x1016\nname = \"SMALL\"\nwidth = 2\n"),
            "{text}"
        );
        for (at, name) in [
            (0x1108, "CH0.BUF[A]"),
            (0x110c, "CH0.BUF[B]"),
            (0x1128, "CH1.BUF[A]"),
            (0x112c, "CH1.BUF[B]"),
        ] {
            assert!(
                text.contains(&format!("at = {at:#x}\nname = \"{name}\"\n")),
                "{text}"
            );
        }
        assert!(
            !text.contains("\"KEY\"")
                && !text.contains("name = \"DATA\"")
                && !text.contains("name = \"CAUSE")
        );
        assert_eq!(complaints(&text), [""; 0]);
    }
}

#[test]
fn chipsec_names_registers_too() {
    let (_dir, paths) = files(&[CHIPSEC]);
    let (status, text, said) = vmcoredd(&["import", &paths[0], "--name", "vtd", "--class", "0806"]);
    assert_eq!(status, 0, "{said}");
    assert!(text.contains("class = \"0806\"\n"), "{text}");
    assert!(
        text.contains("at = 0x0\nname = \"VER\"\n[register.fields]\n\"MAX\" = \"7:4\"\n"),
        "{text}"
    );
    assert!(
        text.contains(
            "at = 0x8\nname = \"CAP\"\nwidth = 8\n[register.fields]\n\"FRO\" = \"33:24\"\n"
        ),
        "{text}"
    );
    assert!(!text.contains("PCI\""), "{text}");
}

#[test]
fn what_cannot_be_taken_is_an_error_that_says_why() {
    for (text, part, expected) in [
        (
            SVD,
            None,
            "registers of several peripherals: say which with --part: UART0, UART1",
        ),
        (
            SVD,
            Some("UART2"),
            "no registers of UART2; of these there are: UART0, UART1",
        ),
        (
            CHIPSEC,
            Some("ABAR"),
            "no registers of ABAR; of these there are: VTBAR",
        ),
        (
            "<svg/>",
            None,
            "expected a <device> (CMSIS-SVD) or a <configuration> (chipsec), not <svg>",
        ),
        (
            "<configuration>\n<a></configuration>",
            None,
            "expected 'a' tag, not 'configuration' at 2:4",
        ),
        (
            "<configuration/>",
            None,
            "chipsec, its registers has no registers",
        ),
        (
            "<device><peripherals><peripheral><name>A</name><baseAddress>0</baseAddress><registers>\
             <register><name>FIFO</name><addressOffset>0</addressOffset><readAction>modify</readAction></register>\
             </registers></peripheral></peripherals></device>",
            None,
            "CMSIS-SVD, A has no register that can be read without changing something, only FIFO",
        ),
        (
            "<configuration>\n<register type='mmio' name='A' size='4'/></configuration>",
            None,
            "line 2: <register> has no usable offset",
        ),
    ] {
        let (_dir, paths) = files(&[text]);
        let mut args = vec!["import", &paths[0], "--name", "a", "--match", "1234:5678"];
        args.extend(part.iter().flat_map(|part| ["--part", part]));
        let (status, out, said) = vmcoredd(&args);
        assert_eq!(status, 2, "{said}");
        assert_eq!(out, "");
        assert!(said.contains(expected), "{said}");
    }
    let (_dir, paths) = files(&[CHIPSEC]);
    let (status, _, said) = vmcoredd(&["import", &paths[0], "--name", "a", "--match", "12345678"]);
    assert_eq!(status, 2);
    assert!(said.contains("\"12345678\" is no id"), "{said}");
}
