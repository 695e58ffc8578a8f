// SPDX-License-Identifier: GPL-2.0

//! The core: collects device dumps and stacks them on `/proc/vmcore`.

mod budget;
mod collector;
mod crash_kernel;
mod dump;
mod failure;
mod opened;
mod records;
mod registry;
mod stacked;
mod store;

pub(crate) use self::{
    budget::Parameters,
    registry::{
        add_classic,
        add_stream,
        start,
        stop, //
    }, //
};
