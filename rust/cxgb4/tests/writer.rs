// SPDX-License-Identifier: GPL-2.0

//! In place of the writer that deflates: keeps what is written, up to a limit.

use std::marker::PhantomData;

use super::failure::{Failure, Result};
use crate::format::cudbg::cause::Cause;

pub(crate) struct Writer<'a, 's> {
    pub(crate) bytes: Vec<u8>,
    limit: usize,
    _lifetimes: PhantomData<(&'a (), &'s ())>,
}

impl Writer<'_, '_> {
    pub(crate) fn with_limit(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            _lifetimes: PhantomData,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(Failure::new(Cause::Budget, 0, self.bytes.len() as u64));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn words(&mut self, words: &[u32]) -> Result {
        words
            .iter()
            .try_for_each(|word| self.push(&word.to_le_bytes()))
    }

    pub(crate) fn block<const LEN: usize>(
        &mut self,
        fill: impl FnOnce(&mut [u8; LEN]) -> Result,
    ) -> Result {
        self.zeroes(LEN)?;
        fill(self.bytes.last_chunk_mut().expect("enough zeroes"))
    }

    pub(crate) fn zeroes(&mut self, len: usize) -> Result {
        let fits = len.min(self.limit - self.bytes.len());
        self.bytes.resize(self.bytes.len() + fits, 0);
        match fits == len {
            true => Ok(()),
            false => Err(Failure::new(Cause::Budget, 0, self.bytes.len() as u64)),
        }
    }
}
