// SPDX-License-Identifier: GPL-2.0

//! Files behind a URL: `https://HOST/PATH`, `s3://BUCKET/KEY`. Only what is asked for is fetched, by ranges.
//!
//! Where an S3-compatible store is, and who may read it, say the environment variables `AWS_…` that other programs know, too.

#[cfg(feature = "remote")]
mod blocks;
#[cfg(feature = "remote")]
mod http;
#[cfg(feature = "remote")]
mod object;
#[cfg(feature = "remote")]
mod s3;

use std::path::Path;

#[cfg(feature = "remote")]
pub use self::{object::open, s3::list};

/// What `path` is if it is no file here.
pub fn url(path: &Path) -> Option<&str> {
    let url = path.to_str()?;
    let (scheme, _) = url.split_once("://")?;
    ["http", "https", "s3"].contains(&scheme).then_some(url)
}

/// Whether it stands for all that is below it.
pub fn is_directory(url: &str) -> bool {
    let (_, path) = url.split_once("://").unwrap_or_default();
    path.ends_with('/') || (url.starts_with("s3://") && !path.contains('/'))
}

#[cfg(not(feature = "remote"))]
mod none {
    use std::sync::Arc;

    use anyhow::{bail, Result};

    use crate::input::{source::ReadAt, FileFacts};

    const WHY: &str = "this vmcoredd was built without `--features remote`: fetch the file first";

    pub fn open(_url: &str) -> Result<(Arc<dyn ReadAt>, FileFacts)> {
        bail!(WHY)
    }

    pub fn list(_url: &str) -> Result<std::iter::Empty<Result<String>>> {
        bail!(WHY)
    }
}
#[cfg(not(feature = "remote"))]
pub use self::none::{list, open};
