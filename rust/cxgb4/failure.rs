// SPDX-License-Identifier: GPL-2.0

//! Why a section could not be collected.

use super::super::format::cudbg::{
    cause::{
        Cause,
        Detail, //
    },
    private::Private,
    status::Status, //
};

/// What goes into the header of the section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) detail: Detail,
}

pub(crate) type Result<T = ()> = core::result::Result<T, Failure>;

impl Failure {
    pub(crate) const fn new(cause: Cause, at: u32, value: u64) -> Self {
        let status = match cause {
            Cause::Absent | Cause::HostState => Status::NOT_FOUND,
            Cause::Budget | Cause::NoMemory => Status::NO_MEM,
            Cause::Private => Status::NOT_REQUESTED,
            Cause::Unsupported => Status::NOT_IMPLEMENTED,
            _ => Status::SYSTEM_ERROR,
        };
        Self {
            status,
            detail: Detail::new(cause, at, value),
        }
    }

    /// All of it is private, and nobody asked for it.
    pub(crate) const fn private(what: Private) -> Self {
        Self::new(Cause::Private, what.0, 0)
    }

    /// What was private.
    pub(crate) fn left_out(&self) -> Private {
        match self.detail.cause() {
            Some(Cause::Private) => Private(self.detail.at),
            _ => Private::NONE,
        }
    }

    /// There is nothing to collect, and nothing wrong.
    pub(crate) fn is_absence(&self) -> bool {
        matches!(
            self.status,
            Status::NOT_FOUND | Status::NOT_IMPLEMENTED | Status::NOT_REQUESTED
        )
    }

    /// Time was over: that for the dump, or that for the section.
    pub(crate) fn is_late(&self) -> bool {
        self.detail.cause() == Some(Cause::Deadline)
    }

    /// No other section can do better.
    pub(crate) fn is_final(&self) -> bool {
        matches!(
            self.detail.cause(),
            Some(Cause::DeviceGone | Cause::Deadline | Cause::Budget | Cause::NoMemory)
        )
    }
}
