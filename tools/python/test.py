#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""test.py FLEET VMCOREDD: the package says what the program says; what is wrong is an exception; drgn's users find their dumps."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import drgn
import vmcoredd

FILES = sorted(pathlib.Path(sys.argv[1]).rglob("vmcore"))
PROGRAM = sys.argv[2]


def said(*args):
    """What the program prints as JSON."""
    output = subprocess.run([PROGRAM, *map(str, args)], stdout=subprocess.PIPE, check=False)
    return json.loads(output.stdout)


def elf(path):
    """The notes of a kdump-compressed file, as an ELF vmcore with a page of memory, for drgn."""
    content = path.read_bytes()
    start, size = struct.unpack_from("<QQ", content, 4096 + 48)
    info = b"OSRELEASE=6.12.117+deb13-amd64\nPAGESIZE=4096\nKERNELOFFSET=0\nSYMBOL(swapper_pg_dir)=ffffffff82000000\n"
    info = struct.pack("<III", 11, len(info), 0) + b"VMCOREINFO\0\0" + info + bytes(-len(info) % 4)
    # The one that is there has not what drgn asks for.
    notes = info + content[start : start + size].replace(b"VMCOREINFO", b"SOMETHING ")
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    at = 64 + 2 * 56
    note = struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(notes), len(notes), 4)
    load = struct.pack("<IIQQQQQQ", 1, 7, at + len(notes), 0xFFFF888000000000, 0, 4096, 4096, 4096)
    return header + note + load + notes + bytes(4096)


class Test(unittest.TestCase):
    def test_it_says_what_the_program_says(self):
        signatures = set()
        for file in FILES:
            core = vmcoredd.open(file)
            listed = said("list", "--json", file)["files"][0]
            host = listed["host"]
            self.assertEqual((core.host, core.kernel, core.crash_time), (host["name"], host["kernel"], host["crash_time"]))
            self.assertEqual((core.kind, core.warnings, core.absent), (listed["kind"], [], []))
            self.assertEqual([dump.name for dump in core.dumps], [dump["name"] for dump in listed["dumps"]])
            self.assertEqual([dump.size for dump in core.dumps], [dump["bytes"] for dump in listed["dumps"]])
            device = said("diagnose", "--json", file)["files"][0]["dumps"][0]
            [dump] = core.dumps
            diagnosis = dump.diagnose()
            self.assertEqual(diagnosis.signature, device["verdict"]["signature"])
            self.assertEqual(diagnosis.verdict, device["verdict"]["words"])
            self.assertEqual(diagnosis.severity, device["verdict"]["severity"])
            self.assertEqual([found.sign for found in dump.findings()], [found["sign"] for found in device["findings"]])
            for found, expected in zip(diagnosis.findings, device["findings"]):
                values = [(register.name, register.address, register.value) for register in found.registers]
                expected = [(register["name"], register["address"], int(register["value"], 16)) for register in expected["registers"]]
                self.assertEqual(values, expected)
            signatures.add(diagnosis.signature)
        self.assertGreater(len(signatures), 3)

    def test_what_is_in_a_dump(self):
        file = FILES[0]
        [dump] = vmcoredd.open(str(file)).dumps
        shown = said("show", "--json", "--registers", file)["files"][0]["dumps"][0]
        self.assertEqual((dump.format, dump.title), (shown["format"], shown["title"]))
        registers = dump.registers()
        self.assertEqual(len(registers), len(shown["registers"]))
        for register, expected in zip(registers, shown["registers"]):
            self.assertEqual((register.address, register.name), (expected["address"], expected["name"]))
            self.assertEqual(register.value, int(expected["value"], 16))
            self.assertEqual([field.name for field in register.fields], [field["name"] for field in expected["fields"]])
        sections = dump.sections()
        self.assertEqual([section.name for section in sections], [section["name"] for section in shown["sections"]])
        for section in sections:
            self.assertEqual(len(dump.section(section.name)), section.raw)
        with tempfile.TemporaryDirectory() as out:
            subprocess.run([PROGRAM, "extract", file, "-o", out], stdout=subprocess.DEVNULL, check=True)
            [extracted] = pathlib.Path(out).iterdir()
            content = extracted.read_bytes()
        self.assertEqual(dump.read(), content)
        self.assertEqual(dump.read(100, 8), content[100:108])
        self.assertEqual(dump.read(len(content) + 1), b"")
        [product] = dump.tables("vpd_data")
        self.assertEqual(product.rows[0]["firmware"].count("."), 3)
        self.assertEqual(list(product.rows[0]), product.columns)
        self.assertEqual(dump.tables("edc0"), [])

    def test_logs(self):
        core = vmcoredd.open(FILES[0])
        last = core.kernel_log()[-1]
        self.assertEqual(last.text, "Kernel panic - not syncing: Fatal exception in interrupt")
        self.assertAlmostEqual(last.time, 200.000001)
        self.assertTrue(last.is_error)

    def test_what_is_wrong_is_an_exception(self):
        with self.assertRaises(FileNotFoundError):
            vmcoredd.open("/does/not/exist")
        with self.assertRaisesRegex(vmcoredd.Error, "expected an ELF vmcore"):
            vmcoredd.open(__file__)
        [dump] = vmcoredd.open(FILES[0]).dumps
        with self.assertRaises(KeyError):
            dump.section("edc0")
        with self.assertRaises(AttributeError):
            dump.name = "another"

    def test_beside_drgn(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(elf(FILES[0]))
            file.flush()
            prog = drgn.Program()
            prog.set_core_dump(file.name)
            core = vmcoredd.open(prog.core_dump_path)
            self.assertEqual([dump.name for dump in core.dumps], ["cxgb4_0000:3b:00.4"])


unittest.main(argv=sys.argv[:1], verbosity=2)
