// SPDX-License-Identifier: GPL-2.0

//! Requests. What a server that is busy does not answer is asked again.

use std::{
    io,
    ops::Range,
    sync::LazyLock,
    thread,
    time::{Duration, SystemTime},
};

use ureq::{
    http::{HeaderMap, StatusCode},
    tls::{RootCerts, TlsConfig},
    Agent, Error,
};

/// Connections stay open, for all threads.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(tls)
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_per_read(Some(Duration::from_secs(60)));
    config.build().new_agent()
});

/// How long to wait before the next try.
const PAUSES_MS: [u64; 3] = [200, 800, 3200];
/// No list of files is longer, and no piece of one.
const MAX_BODY: u64 = 64 << 20;

/// Some bytes, and what is known of the whole.
pub struct Part {
    pub bytes: Vec<u8>,
    pub len: u64,
    pub e_tag: Option<String>,
    pub modified: Option<SystemTime>,
}

/// The bytes in `range`, or as many of them as there are; of the version that `e_tag` names.
pub fn part(url: &str, wanted: &Range<u64>, e_tag: Option<&str>) -> io::Result<Part> {
    let range = format!("bytes={}-{}", wanted.start, wanted.end - 1);
    let headers = [("range", range.as_str())].into_iter();
    let headers: Vec<_> = headers.chain(e_tag.map(|tag| ("if-match", tag))).collect();
    let (status, headers, bytes) = get(url, &headers)?;
    let header = |name| headers.get(name)?.to_str().ok();
    let len = header("content-range").and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    let part = |len| Part {
        bytes,
        len,
        // A weak one matches nothing.
        e_tag: header("etag")
            .filter(|tag| !tag.starts_with("W/"))
            .map(str::to_owned),
        modified: header("last-modified").and_then(|date| httpdate::parse_http_date(date).ok()),
    };
    match (status, len) {
        (StatusCode::PARTIAL_CONTENT, Some(len)) => Ok(part(len)),
        // There is not even a first byte.
        (StatusCode::RANGE_NOT_SATISFIABLE, _) if wanted.start == 0 => Ok(part(0)),
        (StatusCode::PRECONDITION_FAILED, _) => Err(io::Error::other(
            "it was written anew while it was read: run the same command again",
        )),
        (status, _) if status.is_success() => Err(io::Error::other(
            "the server does not give ranges of a file: fetch it first",
        )),
        (status, _) => Err(failed(status)),
    }
}

/// All that is behind `url`, a text.
pub fn text(url: &str) -> io::Result<String> {
    let (status, _, bytes) = get(url, &[])?;
    if !status.is_success() {
        return Err(failed(status));
    }
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// What is wrong, in the words of the protocol.
fn failed(status: StatusCode) -> io::Error {
    let kind = match status.as_u16() {
        401 | 403 => io::ErrorKind::PermissionDenied,
        404 | 410 => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, format!("the server says {status}"))
}

fn get(url: &str, headers: &[(&str, &str)]) -> io::Result<(StatusCode, HeaderMap, Vec<u8>)> {
    let mut pauses = PAUSES_MS.into_iter();
    loop {
        let busy = |status: StatusCode| status.is_server_error() || status.as_u16() == 429;
        let result = once(url, headers);
        let again = match &result {
            Ok((status, ..)) => busy(*status),
            // Where nobody listens, nobody will in a second.
            Err(Error::Io(error)) => error.kind() != io::ErrorKind::ConnectionRefused,
            Err(error) => matches!(error, Error::Timeout(_)),
        };
        match pauses.next().filter(|_| again) {
            Some(pause) => thread::sleep(Duration::from_millis(pause)),
            None => return result.map_err(Error::into_io),
        }
    }
}

fn once(url: &str, headers: &[(&str, &str)]) -> Result<(StatusCode, HeaderMap, Vec<u8>), Error> {
    let mut request = AGENT.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, mut body) = request.call()?.into_parts();
    let ranges = parts.status == StatusCode::PARTIAL_CONTENT || headers.is_empty();
    let bytes = match ranges {
        true => body.with_config().limit(MAX_BODY).read_to_vec()?,
        // All of a file that nobody asked for.
        false => Vec::new(),
    };
    Ok((parts.status, parts.headers, bytes))
}
