// SPDX-License-Identifier: GPL-2.0

//! An admin installs the packages on Debian 13, changes nothing, and the next panic's file holds the adapter.

mod boots;
mod choice;
mod dracut;
mod machine;
mod packages;
mod panic;
mod whole;
