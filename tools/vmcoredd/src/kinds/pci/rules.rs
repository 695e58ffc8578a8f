// SPDX-License-Identifier: GPL-2.0

//! What is looked for, where it is to be seen, and who says that it means so: sections of the PCI Express Base Specification 6.0.

use crate::kinds::remark::Rule;

macro_rules! rules {
    ($($name:ident = $sign:literal $source:literal [$($register:literal),*];)*) => {
        /// All of them.
        #[cfg(test)]
        pub const ALL: &[&Rule] = &[$(&$name),*];

        $(pub static $name: Rule = Rule {
            sign: $sign,
            source: $source,
            registers: &[$($register),*],
        };)*
    };
}

rules! {
    GONE = "PCI.GONE" "PCIe 2.3.2: nobody answers an unsupported request; the root complex returns all ones" ["ID"];
    SILENT = "PCI.SILENT" "PCIe 2.3.2: nobody answers an unsupported request; the root complex returns all ones" [];
    CONTAINED = "DPC.TRIGGERED" "PCIe 7.9.14.4" ["DPC_STATUS", "DPC_SOURCE_ID"];
    UNCORRECTABLE = "AER.UNCORRECTABLE" "PCIe 7.8.4.2 to 7.8.4.4, 7.8.4.8" ["UNCOR_STATUS", "UNCOR_SEVER", "AER_CAP", "HEADER_LOG0", "HEADER_LOG1", "HEADER_LOG2", "HEADER_LOG3"];
    CORRECTABLE = "AER.CORRECTABLE" "PCIe 7.8.4.5" ["COR_STATUS"];
    MESSAGE = "AER.MESSAGE" "PCIe 7.8.4.10, 7.8.4.11" ["ROOT_STATUS", "ERR_SRC"];
    DETECTED = "PCIE.DETECTED" "PCIe 7.5.3.5" ["DEVSTA"];
    CONVENTIONAL = "PCI.STATUS" "PCIe 7.5.1.1.4" ["STATUS"];
    LINK_DOWN = "LINK.DOWN" "PCIe 7.5.3.8" ["LNKSTA", "LNKCTL"];
    LINK_NARROW = "LINK.NARROW" "PCIe 7.5.3.6, 7.5.3.8" ["LNKSTA", "LNKCAP"];
    POWER_FAULT = "SLOT.POWER_FAULT" "PCIe 7.5.3.11" ["SLTSTA"];
    UNREAD = "PCI.UNREAD" "pci_dump" [];
    CLEARED = "AER.UNKNOWN" "pci_aer_clear_status(), drivers/pci/pcie/aer.c" ["UNCOR_STATUS", "COR_STATUS"];
}
