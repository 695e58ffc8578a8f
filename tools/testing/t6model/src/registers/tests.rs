// SPDX-License-Identifier: GPL-2.0

use vmcore_format::cudbg::Chip;

use super::*;
use crate::regs::*;
use crate::window::Window;
use crate::Fault;

const CHIPS: [Chip; 2] = [Chip::T5, Chip::T6];

fn registers(options: &Options) -> (Layout, Registers) {
    let layout = Layout::new(options);
    let registers = Registers::new(options, &layout);
    (layout, registers)
}

#[test]
fn every_register_of_the_dump_is_there_and_none_is_all_ones() {
    for chip in CHIPS {
        let (_, registers) = registers(&Options::new(chip, 7));
        for address in reg_dump::addresses(chip) {
            assert!(
                matches!(registers.read(address), Some(value) if value != u32::MAX),
                "{address:#x}"
            );
        }
    }
}

#[test]
fn a_healthy_chip_complains_of_nothing_and_a_noisy_one_of_anything() {
    const CAUSES: [u32; 4] = [0x1024, 0x3004, 0x7e74, 0x1940c];
    for chip in CHIPS {
        let options = Options::new(chip, 7);
        let (_, healthy) = registers(&options);
        let noise = true;
        let (_, noisy) = registers(&Options { noise, ..options });
        for address in CAUSES {
            assert_eq!(healthy.read(address), Some(0), "{address:#x}");
            assert_ne!(noisy.read(address), Some(0), "{address:#x}");
        }
        // Who the adapter is does not change.
        assert_eq!(healthy.read(PL_WHOAMI), noisy.read(PL_WHOAMI));
    }
}

#[test]
fn a_fault_shows_in_its_register_and_where_units_complain() {
    for (chip, name, changed) in [
        (
            Chip::T6,
            "EDC0.ECC_UE",
            &[
                (0x50078, 4),
                (0x5007c, 1),
                (0x50084, 0x5040),
                (0x1940c, 1 << 16),
            ][..],
        ),
        (
            Chip::T4,
            "EDC0.ECC_UE",
            &[(0x7978, 4), (0x797c, 1), (0x1940c, 1 << 16)],
        ),
        (Chip::T5, "MC1.PERR", &[(0x49318, 1), (0x1940c, 1 << 31)]),
    ] {
        let options = Options::new(chip, 7);
        let (_, healthy) = registers(&options);
        let faults = vec![Fault::named(name).unwrap()];
        let (_, broken) = registers(&Options { faults, ..options });
        for address in reg_dump::addresses(chip) {
            let expected = changed.iter().find(|(changed, _)| *changed == address);
            let expected = expected.map_or(healthy.read(address), |(_, value)| Some(*value));
            assert_eq!(broken.read(address), expected, "{name}: {address:#x}");
        }
    }
}

#[test]
fn values_follow_from_the_seed_alone() {
    let values = |chip, seed| -> Vec<_> {
        let (_, registers) = registers(&Options::new(chip, seed));
        reg_dump::addresses(chip)
            .map(|address| registers.read(address))
            .collect()
    };
    assert_eq!(values(Chip::T6, 1), values(Chip::T6, 1));
    assert_ne!(values(Chip::T6, 1), values(Chip::T6, 2));
}

#[test]
fn the_adapter_says_who_it_is() {
    for (chip, whoami, revision) in [(Chip::T5, 4 << 8, 1), (Chip::T6, 4 << 9, 0)] {
        let (_, mut registers) = registers(&Options::new(chip, 1));
        assert!(registers.write(PL_REV, 9) && registers.write(PL_WHOAMI, 9));
        assert_eq!(registers.read(PL_REV), Some(revision));
        assert_eq!(registers.read(PL_WHOAMI), Some(whoami));
    }
}

#[test]
fn memory_registers_decode_to_the_layout() {
    let small = |chip| Options::new(chip, 1);
    let hma = |mc_mib| Options {
        mc_mib,
        hma_mib: 2,
        ..small(Chip::T6)
    };
    for options in [small(Chip::T5), small(Chip::T6), hma(0), hma(3)] {
        let (layout, registers) = registers(&options);
        let read = |address| registers.read(address).unwrap();
        let enabled = read(MA_TARGET_MEM_ENABLE);
        let t5 = options.chip == Chip::T5;
        let bars = [
            ("edc0", 0, MA_EDRAM0_BAR),
            ("edc1", 1, MA_EDRAM1_BAR),
            ("mc0", 2, MA_EXT_MEMORY_BAR),
            if t5 {
                ("mc1", 4, MA_EXT_MEMORY1_BAR)
            } else {
                ("hma", 5, MA_EXT_MEMORY1_BAR)
            },
        ];
        let decoded: Vec<_> = bars
            .into_iter()
            .filter(|(_, bit, _)| (enabled >> bit) & 1 == 1)
            .map(|(name, _, bar)| {
                (
                    name,
                    ((read(bar) >> 16) & 0xfff) << 20,
                    (read(bar) & 0xfff) << 20,
                )
            })
            .collect();
        let expected: Vec<_> = layout
            .memories
            .iter()
            .map(|memory| (memory.name, memory.base, memory.size))
            .collect();
        assert_eq!(decoded, expected);
    }
}

#[test]
fn payload_registers_decode_to_the_layout() {
    for chip in CHIPS {
        let (layout, registers) = registers(&Options::new(chip, 1));
        let read = |address| u64::from(registers.read(address).unwrap());
        for (base, size, count, payload) in [
            (
                TP_PMM_TX_BASE,
                TP_PMM_TX_PAGE_SIZE,
                TP_PMM_TX_MAX_PAGE,
                layout.tx,
            ),
            (
                TP_PMM_RX_BASE,
                TP_PMM_RX_PAGE_SIZE,
                TP_PMM_RX_MAX_PAGE,
                layout.rx,
            ),
        ] {
            let len = read(size) * (read(count) & 0x1f_ffff);
            assert_eq!(read(base)..read(base) + len, payload.range());
        }
    }
}

#[test]
fn a_data_register_shows_what_its_index_selects() {
    let (_, mut registers) = registers(&Options::new(Chip::T6, 1));
    for pair in pairs::of(Chip::T6) {
        for &data in pair.data {
            let mut at = |index| {
                assert!(registers.write(pair.index, index));
                registers.read(data).unwrap()
            };
            let values = [at(1), at(2), at(1)];
            assert_eq!(values[0], values[2], "{data:#x}");
            assert_ne!(values[0], values[1], "{data:#x}");
        }
    }
}

#[test]
fn changes_are_those_that_were_not_undone() {
    let (_, mut registers) = registers(&Options::new(Chip::T6, 1));
    let was = registers.read(0x7e40).unwrap();
    registers.write(0x7e40, was ^ 0x10);
    assert_eq!(
        registers.changed().collect::<Vec<_>>(),
        [(0x7e40, was, was ^ 0x10)]
    );
    registers.write(0x7e40, was);
    assert_eq!(registers.changed().count(), 0);

    let hidden = registers.read(0x7e44).unwrap();
    registers.write(0x7e44, !hidden);
    assert_eq!(
        registers.changed().collect::<Vec<_>>(),
        [(0x7e44, hidden, !hidden)]
    );
    registers.reset();
    assert_eq!(registers.changed().count(), 0);
}

#[test]
fn what_is_no_register_is_none() {
    let (_, mut registers) = registers(&Options::new(Chip::T6, 1));
    for address in [0, 0x7e41, 0x60000, BAR0_LEN, u32::MAX - 3] {
        assert_eq!(registers.read(address), None, "{address:#x}");
        assert!(!registers.write(address, 0));
    }
}

#[test]
fn windows_lie_where_there_is_no_register() {
    for chip in CHIPS {
        for window_kib in [1, 2, 4, 64, 128] {
            let (_, registers) = registers(&Options {
                window_kib,
                ..Options::new(chip, 1)
            });
            let read = |address| registers.read(address).unwrap();
            for step in [0, PCIE_MEM_ACCESS_STRIDE] {
                let window = Window::decode(
                    read(PCIE_MEM_ACCESS_BASE + step),
                    read(PCIE_MEM_ACCESS_OFFSET + step),
                )
                .unwrap();
                let mut covered = (window.base..window.base + window.aperture).step_by(4);
                assert!(
                    covered.all(|address| registers.read(address).is_none()),
                    "{window:x?}"
                );
            }
        }
    }
}
