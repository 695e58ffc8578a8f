// SPDX-License-Identifier: GPL-2.0

//! What is known of devices: a table each. Every entry is an offset that something reads on live systems, which the file names, or that
//! a specification has without a side effect.
//!
//! Broadcom's bnxt is not there: the status of its firmware is behind a window whose base would have to be written.

mod ahci;
mod e1000e;
mod i40e;
mod ice;
mod igb;
mod igc;
mod ixgbe;
mod megaraid_sas;
mod mlx5;
mod mpi3mr;
mod mpt3sas;
mod nvidia;
mod nvme;
mod tg3;
mod xhci;

use super::family::Family;

/// All of them. What is worth most comes first.
pub(crate) const FAMILIES: &[&Family] = &[
    &nvme::NVME,
    &ahci::AHCI,
    &megaraid_sas::MEGARAID_SAS,
    &e1000e::E1000E,
    &igb::IGB,
    &igb::IGB_82576,
    &xhci::XHCI,
    &mpt3sas::MPT3SAS,
    &mpi3mr::MPI3MR,
    &igc::IGC,
    &ixgbe::IXGBE,
    &i40e::I40E,
    &ice::ICE,
    &tg3::TG3,
    &mlx5::MLX5,
    &nvidia::NVIDIA,
];
