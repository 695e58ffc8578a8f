// SPDX-License-Identifier: GPL-2.0

use super::super::format::manifest::Reason;
use crate::series::timed_out;
use kernel::{
    error::Error,
    ffi::c_int,
    prelude::*, //
};

/// Why there is no dump, or no more of it.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(super) reason: Reason,
    /// What the driver is told; not 0.
    pub(crate) code: c_int,
}

impl Failure {
    pub(super) fn new(reason: Reason) -> Self {
        let error = match reason {
            Reason::TOTAL_BUDGET | Reason::DUMP_BUDGET => ENOSPC,
            Reason::TIME => timed_out(),
            Reason::NO_MEMORY => ENOMEM,
            Reason::NAME_TAKEN => EEXIST,
            Reason::FILE_OPEN => EBUSY,
            _ => EINVAL,
        };
        Self {
            reason,
            code: error.to_errno(),
        }
    }

    /// The driver's own: it gets back what it returned.
    pub(super) fn driver(code: c_int) -> Self {
        Self {
            reason: Reason::DRIVER,
            code,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::from_errno(failure.code)
    }
}
