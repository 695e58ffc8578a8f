// SPDX-License-Identifier: GPL-2.0

//! How full pools and queues are.

use vmcore_format::cudbg::meminfo::Meminfo;

use super::{cursor::Cursor, sections::QUEUES};
use crate::kinds::gauge::Gauge;

/// What a flit of a queue takes.
const FLIT_LEN: u64 = 16;

/// Pools of the memory map.
pub fn pools(info: &Meminfo) -> Vec<Gauge> {
    let gauge = |name: &str, count: u32, free: u32, unit| Gauge {
        name: name.into(),
        used: count.saturating_sub(free).into(),
        of: count.into(),
        unit,
    };
    let mut gauges = vec![
        gauge("Rx pages", info.rx_pages[0], info.free_rx, "pages"),
        gauge("Tx pages", info.tx_pages[0], info.free_tx, "pages"),
        gauge("Pstructs", info.pstructs, info.free_pstructs, "structures"),
    ];
    gauges.retain(|gauge| gauge.of != 0);
    gauges
}

/// Queues of the processor, from the section `cim_qcfg`: the third status word of each says how much room remains, as
/// `cim_qcfg_show()` of Linux's driver prints it.
pub fn queues(content: &[u8]) -> Option<Vec<Gauge>> {
    let mut cursor = Cursor::new(content);
    // The chip, bases.
    cursor.bytes(2 + 2 * QUEUES.len())?;
    let sizes: Vec<u16> = QUEUES.iter().map_while(|_| cursor.u16()).collect();
    // Thresholds, padding, pointers.
    cursor.bytes(2 * 6 + 2 + 4 * 16)?;
    let status = cursor.u32s::<56>()?;
    let gauges = QUEUES.iter().zip(sizes).zip(status.chunks(4));
    let gauges = gauges.map(|((name, size), status)| Gauge {
        name: format!("CIM {name}"),
        used: u64::from(size).saturating_sub(u64::from(status[2] & 0x7ff) * FLIT_LEN),
        of: size.into(),
        unit: "bytes",
    });
    Some(gauges.filter(|gauge| gauge.of != 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_as_full_as_its_third_status_word_leaves_no_room() {
        let mut content = vec![0; 2 + 28];
        // Only two queues have a size.
        for n in 0..QUEUES.len() as u16 {
            content.extend((if n < 2 { 1024 } else { 0u16 }).to_le_bytes());
        }
        content.extend([0; 12 + 2 + 64]);
        for n in 0..56u32 {
            let remaining = if n == 2 { 0 } else { 0xffff_f840 };
            content.extend(u32::to_le_bytes(remaining));
        }
        let fill: Vec<_> = queues(&content)
            .unwrap()
            .into_iter()
            .map(|gauge| (gauge.name, gauge.used, gauge.of))
            .collect();
        assert_eq!(
            fill,
            [
                ("CIM IBQ TP0".into(), 1024, 1024),
                ("CIM IBQ TP1".into(), 0, 1024)
            ]
        );
        assert_eq!(queues(&content[..content.len() - 1]), None);
    }
}
