// SPDX-License-Identifier: GPL-2.0

//! The core: collects device dumps and stacks them on `/proc/vmcore`.

mod budget;
mod dump;
mod registry;
mod stacked;
mod store;

pub(crate) use self::registry::{
    add_classic,
    add_stream,
    start,
    stop, //
};
