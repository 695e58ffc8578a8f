// SPDX-License-Identifier: GPL-2.0

//! Reads PCI functions, and changes nothing.
//!
//! Two dumps of the same format: first the configuration spaces of all functions, ports before what is below them; when that is complete,
//! registers behind BARs, which are a risk of their own.

mod config;
mod denied;
mod dump;
mod external;
mod families;
mod family;
mod function;
mod gate;
mod live;
mod meter;
mod module;
mod precious;
mod registers;

pub(crate) use self::module::Module;
