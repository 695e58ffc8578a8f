// SPDX-License-Identifier: GPL-2.0

//! What tests on the host and programs in the guest share.

pub mod core_file;

pub use self::core_file::CoreFile;
