// SPDX-License-Identifier: GPL-2.0

//! What vfio-user tells of regions and interrupts.

use t6model::{BAR2_LEN, BAR4_LEN, CONFIG_LEN};
use vfio_bindings::bindings::vfio::{
    vfio_region_info, vfio_region_sparse_mmap_area, VFIO_IRQ_INFO_EVENTFD,
    VFIO_PCI_BAR0_REGION_INDEX, VFIO_PCI_BAR2_REGION_INDEX, VFIO_PCI_BAR4_REGION_INDEX,
    VFIO_PCI_CONFIG_REGION_INDEX, VFIO_PCI_INTX_IRQ_INDEX, VFIO_PCI_MSIX_IRQ_INDEX,
    VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_NUM_IRQS, VFIO_PCI_NUM_REGIONS, VFIO_REGION_INFO_FLAG_MMAP,
    VFIO_REGION_INFO_FLAG_READ, VFIO_REGION_INFO_FLAG_WRITE,
};
use vfio_user::{IrqInfo, ServerRegion, SparseArea};

use super::mapped::Mapped;

/// Bytes behind a BAR of the adapter.
pub fn of_adapter(index: u32, bar0_len: u32) -> u32 {
    match index {
        VFIO_PCI_BAR0_REGION_INDEX => bar0_len,
        VFIO_PCI_BAR2_REGION_INDEX => BAR2_LEN,
        VFIO_PCI_BAR4_REGION_INDEX => BAR4_LEN,
        _ => 0,
    }
}

/// The regions, by index: BARs of such lengths, and configuration space.
pub fn regions(bar_len: impl Fn(u32) -> u32, mapped: Option<&Mapped>) -> Vec<ServerRegion> {
    (0..VFIO_PCI_NUM_REGIONS)
        .map(|index| {
            let size = match index {
                VFIO_PCI_CONFIG_REGION_INDEX => CONFIG_LEN,
                index => bar_len(index),
            };
            let mapped = mapped.filter(|_| index == VFIO_PCI_BAR0_REGION_INDEX);
            let mut flags = 0;
            if size > 0 {
                flags |= VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
            }
            if mapped.is_some() {
                flags |= VFIO_REGION_INFO_FLAG_MMAP;
            }
            ServerRegion {
                region_info: vfio_region_info {
                    argsz: size_of::<vfio_region_info>() as u32,
                    flags,
                    index,
                    size: size.into(),
                    ..Default::default()
                },
                sparse_areas: mapped.map(area).into_iter().collect(),
                mmap_fd: mapped.map(Mapped::fd),
            }
        })
        .collect()
}

/// The interrupts, by index; none is ever raised.
pub fn irqs() -> Vec<IrqInfo> {
    (0..VFIO_PCI_NUM_IRQS)
        .map(|index| {
            let count = match index {
                VFIO_PCI_INTX_IRQ_INDEX => 1,
                VFIO_PCI_MSI_IRQ_INDEX | VFIO_PCI_MSIX_IRQ_INDEX => 32,
                _ => 0,
            };
            let flags = if count > 0 { VFIO_IRQ_INFO_EVENTFD } else { 0 };
            IrqInfo {
                index,
                flags,
                count,
            }
        })
        .collect()
}

fn area(mapped: &Mapped) -> SparseArea {
    let (offset, size) = mapped.area();
    SparseArea {
        area: vfio_region_sparse_mmap_area {
            offset: offset.into(),
            size: size.into(),
        },
    }
}
