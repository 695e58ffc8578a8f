// SPDX-License-Identifier: GPL-2.0

//! Stores that speak S3: `s3://BUCKET/KEY`. Where they are, and who asks, say the variables that all programs for them know:
//! `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.

use std::{collections::VecDeque, env, io, time::Duration};

use anyhow::{bail, Context, Result};
use rusty_s3::{actions::ListObjectsV2, Bucket, Credentials, S3Action, UrlStyle};

use super::http;

/// How long a request may be on its way.
const VALID: Duration = Duration::from_secs(15 * 60);

/// A file in a store.
pub struct Key {
    bucket: Bucket,
    credentials: Option<Credentials>,
    key: String,
}

impl Key {
    /// `None` if it is not in a store. Fails if the environment makes no sense.
    pub fn of(url: &str) -> Result<Option<Self>> {
        let Some(path) = url.strip_prefix("s3://") else {
            return Ok(None);
        };
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        Ok(Some(Self {
            bucket: self::bucket(bucket)?,
            // Without any, only what is public can be read.
            credentials: Credentials::from_env(),
            key: key.into(),
        }))
    }

    /// A URL that says who asks.
    pub fn signed(&self) -> io::Result<String> {
        let action = self.bucket.get_object(self.credentials.as_ref(), &self.key);
        Ok(action.sign(VALID).into())
    }
}

/// The first of these variables that is set.
fn variable(names: [&str; 2]) -> Option<String> {
    let mut values = names.into_iter().filter_map(|name| env::var(name).ok());
    values.find(|value| !value.is_empty())
}

fn bucket(name: &str) -> Result<Bucket> {
    let region = variable(["AWS_REGION", "AWS_DEFAULT_REGION"]);
    let region = region.unwrap_or_else(|| "us-east-1".into());
    let own = variable(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]);
    // Names of buckets are parts of names of hosts only there, and only without dots.
    let style = match own.is_some() || name.contains('.') {
        true => UrlStyle::Path,
        false => UrlStyle::VirtualHost,
    };
    let endpoint = own.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
    let endpoint = endpoint
        .parse()
        .with_context(|| format!("AWS_ENDPOINT_URL: {endpoint}"))?;
    Bucket::new(endpoint, style, name.to_owned(), region).with_context(|| format!("bucket {name}"))
}

/// The URLs of all that is below `url`.
pub fn list(url: &str) -> Result<impl Iterator<Item = Result<String>> + Send> {
    let Some(prefix) = Key::of(url)? else {
        bail!("a directory behind HTTP has no list that is known: name files, or have --files-from name them");
    };
    Ok(List {
        prefix,
        found: VecDeque::new(),
        goes_on: true,
        token: None,
    })
}

struct List {
    prefix: Key,
    found: VecDeque<String>,
    goes_on: bool,
    token: Option<String>,
}

impl List {
    /// A thousand more.
    fn more(&mut self) -> Result<()> {
        let Key {
            bucket,
            credentials,
            key,
        } = &self.prefix;
        let mut action = bucket.list_objects_v2(credentials.as_ref());
        action.with_prefix(key.as_str());
        if let Some(token) = self.token.take() {
            action.with_continuation_token(token);
        }
        let answer = http::text(action.sign(VALID).as_str())?;
        let answer = ListObjectsV2::parse_response(&answer)?;
        let urls = answer.contents.into_iter();
        self.found
            .extend(urls.map(|object| format!("s3://{}/{}", bucket.name(), object.key)));
        self.token = answer.next_continuation_token;
        self.goes_on = self.token.is_some();
        Ok(())
    }
}

impl Iterator for List {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.found.is_empty() && self.goes_on {
            if let Err(error) = self.more() {
                self.goes_on = false;
                return Some(Err(error));
            }
        }
        self.found.pop_front().map(Ok)
    }
}
