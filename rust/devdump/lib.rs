// SPDX-License-Identifier: GPL-2.0

//! The core: collects device dumps and stacks them on `/proc/vmcore`.

mod budget;
mod collector;
mod crash_kernel;
pub(crate) mod crash_log;
mod deadline;
mod dump;
mod dumps;
mod failure;
mod held;
mod manifest;
mod offered;
mod opened;
mod packer;
mod pipe;
mod progress;
mod readers;
mod recorder;
mod records;
mod registration;
mod registry;
mod shortage;
mod stacked;
mod store;

pub(crate) use self::{
    budget::Parameters,
    offered::Offered,
    registration::{
        add_classic,
        add_stream, //
    },
    registry::{
        start,
        stop, //
    },
};
