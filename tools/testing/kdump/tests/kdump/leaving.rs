// SPDX-License-Identifier: GPL-2.0

//! What the real driver finds: after us, the distribution's cxgb4 does and says the same as on an adapter that we never touched.

use std::{collections::BTreeSet, fs, sync::LazyLock, time::Duration};

use vm::{Adapter, Vm};

use crate::boots::{boot, of, Boot};

/// Written to the interrupt line register, where it means nothing, before the real driver comes.
const MARK: &str = "w1 Config 0x3c 0x77";
/// The second adapter is one that our driver may not have.
const LOAD: &str = r"
echo none >/sys/bus/pci/devices/0000:00:06.0/driver_override
insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko whole=1
cat /proc/vmcore_devices/* >/dev/null
rmmod cxgb4_dump
echo >/sys/bus/pci/devices/0000:00:06.0/driver_override
for device in 05.0 06.0; do
	printf '\167' | dd of=/sys/bus/pci/devices/0000:00:$device/config bs=1 seek=60 conv=notrunc 2>/dev/null
done
for module in /drivers/*.ko; do insmod $module; done
";

static LEFT: Boot = LazyLock::new(|| {
    boot(
        Vm::scenario("leaving")
            .adapter(Adapter::t6(11).logged())
            .adapter(Adapter::t6(11).logged())
            .driver("cxgb4")
            .crash_kernel(LOAD)
            .deadline(Duration::from_secs(600)),
    )
});

/// The slots of two adapters that are the same but for this.
#[derive(Clone, Copy)]
enum Side {
    AfterUs = 5,
    Alone = 6,
}

use Side::{AfterUs, Alone};

/// What the real driver said, without the time and the address.
fn said(side: Side) -> Vec<String> {
    let log = of(&LEFT).dmesg().unwrap();
    let address = format!(" cxgb4 0000:00:{:02x}.0", side as u8);
    let lines = log.lines();
    let text = lines.filter_map(|line| Some(line.split_once(&address)?.1.to_owned()));
    text.collect()
}

/// The model's log of all accesses.
fn accesses(side: Side) -> String {
    let name = format!("adapter-{}.accesses", side as u8);
    fs::read_to_string(of(&LEFT).serial_log.with_file_name(name)).unwrap()
}

/// A look at the flash's SF_OP that finds it at work, as the model has it in every eighth operation.
const FLASH_AT_WORK: &str = "r4 Bar0 0x193fc 0x8";

/// What the real driver did: accesses in order, with their values. How often it polls the same register is a matter of time.
fn did(side: Side) -> Vec<String> {
    let log = accesses(side);
    let mut lines: Vec<_> = log
        .lines()
        .skip_while(|line| *line != MARK)
        .filter(|line| !line.starts_with(FLASH_AT_WORK))
        .map(str::to_owned)
        .collect();
    lines.dedup();
    lines
}

#[test]
fn the_other_adapter_is_one_that_we_never_touched() {
    let log = accesses(Alone);
    let before = log.lines().take_while(|line| *line != MARK);
    assert_eq!(before.filter(|line| line.contains("Bar0")).count(), 0);
    let log = of(&LEFT).dmesg().unwrap();
    assert!(!log.contains("cxgb4_dump 0000:00:06.0"), "{log}");
}

#[test]
fn the_real_driver_says_the_same_after_us() {
    let (after, alone) = (said(AfterUs), said(Alone));
    assert!(!alone.is_empty(), "cxgb4 has said nothing at all");
    assert_eq!(after, alone);
}

#[test]
fn the_real_driver_does_the_same_after_us() {
    let (after, alone) = (did(AfterUs), did(Alone));
    assert!(alone.len() > 50, "cxgb4 has done nothing: {alone:?}");
    for (index, (after, alone)) in after.iter().zip(&alone).enumerate() {
        assert_eq!(after, alone, "access {index}");
    }
    assert_eq!(after.len(), alone.len());
}

/// What may be written, on T6: registers that select or start a reading, each put back or without a state.
const SELECTORS: &[u64] = &[
    0x10cc,  // SGE_DEBUG_INDEX
    0x11fc,  // SGE_CTXT_CMD
    0x1250,  // SGE_QBASE_INDEX
    0x3060,  // PCIE_CFG_SPACE_REQ
    0x306c,  // PCIE_MEM_ACCESS_OFFSET
    0x5a04,  // PCIE_PDEBUG_INDEX
    0x5a10,  // PCIE_CDEBUG_INDEX
    0x78f8,  // MA_LOCAL_DEBUG_CFG
    0x7b48,  // CIM_QUEUE_CONFIG_REF
    0x7b50,  // CIM_HOST_ACC_CTRL
    0x7b54,  // CIM_HOST_ACC_DATA
    0x7b60,  // CIM_IBQ_DBG_CFG
    0x7b64,  // CIM_OBQ_DBG_CFG
    0x7b70,  // CIM_DEBUGCFG
    0x7dd8,  // TP_PACE_TABLE
    0x7ddc,  // TP_CCTRL_TABLE
    0x7de4,  // TP_MTU_TABLE
    0x7dec,  // TP_RSS_LKP_TABLE
    0x7e00,  // TP_RSS_CONFIG_VRT
    0x7e18,  // TP_TM_PIO_ADDR
    0x7e40,  // TP_PIO_ADDR
    0x7e50,  // TP_MIB_INDEX
    0x7ed4,  // TP_DBG_LA_CONFIG
    0x8f70,  // ULP_TX_ASIC_DEBUG_CTRL
    0x8fc8,  // PM_RX_STAT_CONFIG
    0x8fd0,  // PM_RX_DBG_CTRL
    0x8fe8,  // PM_TX_STAT_CONFIG
    0x8ff0,  // PM_TX_DBG_CTRL
    0xf008,  // MPS_CLS_TCAM_DATA2_CTL
    0x1923c, // ULP_RX_LA_CTL
    0x19240, // ULP_RX_LA_RDPTR
    0x193f8, // SF_DATA
    0x193fc, // SF_OP
    0x19cf0, // LE_DB_DBGI_CONFIG
    0x19cf4, // LE_DB_DBGI_REQ_TCAM_CMD
    0x51320, // HMA_LOCAL_DEBUG_CFG
];
/// LE_DB_DBGI_REQ_DATA, of 17 words.
const LOOKUP_REQUEST: std::ops::Range<u64> = 0x19d00..0x19d44;

#[test]
fn nothing_is_written_but_what_selects() {
    let log = accesses(AfterUs);
    let written: BTreeSet<_> = log
        .lines()
        .take_while(|line| *line != MARK)
        .filter_map(|line| {
            let [kind, "Bar0", address, _] = line.split(' ').collect::<Vec<_>>()[..] else {
                return None;
            };
            let address = address.strip_prefix("0x")?;
            kind.starts_with('w')
                .then(|| u64::from_str_radix(address, 16).unwrap())
        })
        .filter(|address| !LOOKUP_REQUEST.contains(address))
        .collect();
    let allowed: BTreeSet<_> = SELECTORS.iter().copied().collect();
    // Equal: a register that is not written any more has no place in the list.
    assert_eq!(written, allowed, "{written:#x?}");
}

#[test]
fn all_was_collected_before() {
    let log = of(&LEFT).dmesg().unwrap();
    assert!(log.contains("46 sections ok, 0 failed"), "{log}");
}
