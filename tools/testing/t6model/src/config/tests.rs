// SPDX-License-Identifier: GPL-2.0

use vmcore_format::cudbg::Chip;

use super::*;

fn config(chip: Chip) -> Config {
    Config::new(&Options::new(chip, 1))
}

fn read(config: &Config, offset: u64) -> u32 {
    let mut data = [0; 4];
    assert!(config.read(offset, &mut data));
    u32::from_le_bytes(data)
}

#[test]
fn the_function_is_a_network_adapter_of_its_chip() {
    for (chip, id) in [(Chip::T5, 0x540d_1425), (Chip::T6, 0x6408_1425)] {
        let config = config(chip);
        assert_eq!(read(&config, 0), id);
        assert_eq!(read(&config, 8) >> 8, 0x02_0000);
        assert_eq!(Chip::from_device_id((id >> 16) as u16), Some(chip));
    }
}

#[test]
fn the_capabilities_can_be_walked() {
    let config = config(Chip::T6);
    assert_ne!(read(&config, 4) & (1 << 20), 0);
    let mut next = read(&config, 0x34) & 0xff;
    let mut seen = Vec::new();
    while next != 0 && seen.len() < 48 {
        let header = read(&config, next.into());
        seen.push(header & 0xff);
        next = (header >> 8) & 0xff;
    }
    assert_eq!(seen, [0x01, 0x05, 0x10, 0x11, 0x03]);
    assert_eq!(read(&config, 0x100), 0x0002_0001);
}

#[test]
fn bars_tell_their_sizes() {
    let mut config = config(Chip::T6);
    for (offset, size) in [(0x10, 512 << 10), (0x18, 64 << 10), (0x20, 8 << 10)] {
        assert!(config.write(offset, &[0xff; 8]));
        assert_eq!(!(read(&config, offset) & !0xf) + 1, size);
        assert_eq!((read(&config, offset) >> 1) & 3, 2, "64 bits wide");
        assert_eq!(read(&config, offset + 4), u32::MAX);
        assert!(config.write(offset, &0x1234_0000_0000_0000u64.to_le_bytes()));
    }
    assert_eq!(config.changed().count(), 0);
}

#[test]
fn bus_mastering_is_never_forgotten() {
    let mut config = config(Chip::T6);
    for (offset, byte) in [(4, 0x02), (4, 0x06), (5, 0x01), (4, 0x02), (6, 0xff)] {
        assert!(config.write(offset, &[byte]));
    }
    assert_eq!(config.changed().count(), 0);
    assert_eq!(config.commands(), [0x0002, 0x0006, 0x0106, 0x0102]);
    assert!(config.bus_master_enabled());
    config.reset();
    assert!(config.bus_master_enabled());
}

#[test]
fn what_is_left_on_is_a_change() {
    let mut config = config(Chip::T6);
    for (offset, value, bits) in [(4, 4u32, 4u32), (0xb0, 1 << 31, 1 << 31), (0x44, 3, 3)] {
        let was = read(&config, offset);
        assert!(config.write(offset, &(was | value).to_le_bytes()));
        assert_eq!(
            config.changed().collect::<Vec<_>>(),
            [(offset as u32, was, was | bits)]
        );
        config.reset();
        assert_eq!(config.changed().count(), 0);
    }
}

#[test]
fn vital_product_data_come_word_by_word_and_sum_up() {
    let mut config = config(Chip::T5);
    let mut data = Vec::new();
    for address in (0x400..0x480u16).step_by(4) {
        assert!(config.write(0xd2, &address.to_le_bytes()));
        assert_eq!(read(&config, 0xd0) >> 16, u32::from(address) | 0x8000);
        data.extend(read(&config, 0xd4).to_le_bytes());
    }
    assert_eq!(data[0], 0x82);
    let rv = data
        .windows(3)
        .position(|bytes| bytes == b"RV\x01")
        .unwrap();
    assert_eq!(
        data[..rv + 4]
            .iter()
            .fold(0u8, |sum, byte| sum.wrapping_add(*byte)),
        0
    );
    assert_eq!(data[rv + 4], 0x78);
    // The address is where the last read was.
    assert_eq!(config.changed().count(), 1);
    config.write(0xd2, &[0, 0]);
    assert_eq!(config.changed().count(), 0);
}

#[test]
fn accesses_beyond_the_end_hit_nothing() {
    let mut config = config(Chip::T6);
    for (offset, len) in [
        (4096, 1),
        (4094, 4),
        (u64::MAX, 1),
        (u64::MAX - 7, 8),
        (1, 5000),
    ] {
        let mut data = vec![0; len];
        assert!(!config.read(offset, &mut data));
        assert!(!config.write(offset, &data));
    }
}
