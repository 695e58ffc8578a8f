// SPDX-License-Identifier: GPL-2.0

//! A file that is far away.

use std::{io, ops::Range, sync::Arc};

use anyhow::Result;

use super::{
    blocks::{Blocks, FIRST},
    http::{self, Part},
    s3,
};
use crate::input::{source::ReadAt, FileFacts};

struct Object {
    at: At,
    /// Which version of it.
    e_tag: Option<String>,
    blocks: Blocks,
}

/// Where it is.
enum At {
    Http(String),
    S3(Box<s3::Key>),
}

impl At {
    fn part(&self, range: &Range<u64>, e_tag: Option<&str>) -> io::Result<Part> {
        match self {
            Self::Http(url) => http::part(url, range, e_tag),
            Self::S3(key) => http::part(&key.signed()?, range, e_tag),
        }
    }
}

/// Opens what is behind `url`, with one request.
pub fn open(url: &str) -> Result<(Arc<dyn ReadAt>, FileFacts)> {
    let at = match s3::Key::of(url)? {
        Some(key) => At::S3(Box::new(key)),
        None => At::Http(url.to_owned()),
    };
    let first = at.part(&(0..FIRST), None)?;
    let file = FileFacts {
        bytes: Some(first.len),
        modified: first.modified,
    };
    let object = Object {
        at,
        e_tag: first.e_tag,
        blocks: Blocks::new(first.len, &first.bytes),
    };
    Ok((Arc::new(object), file))
}

impl ReadAt for Object {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.blocks.read_at(buf, offset, |range| {
            Ok(self.at.part(&range, self.e_tag.as_deref())?.bytes)
        })
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.blocks.len())
    }
}
