// SPDX-License-Identifier: GPL-2.0

//! What the running kernel says of itself.

use super::super::{
    bindings::file::Path,
    format::command_line, //
};
use crate::series::zeroed;
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// Whether it was told to do without device dumps, by `novmcoredd`. If its command line can't be read, it was not.
pub(super) fn is_disabled() -> bool {
    let Ok(mut line): Result<KVVec<u8>, _> = zeroed(PAGE_SIZE, GFP_KERNEL) else {
        return false;
    };
    command_line::is_disabled(read(c"/proc/cmdline", &mut line))
}

/// Its release, as `uname -r` prints it, zero-padded; nothing else if it can't be read.
pub(super) fn release<const LEN: usize>() -> [u8; LEN] {
    let mut release = [0; LEN];
    let len = read(c"/proc/sys/kernel/osrelease", &mut release)
        .trim_ascii_end()
        .len();
    release.get_mut(len..).unwrap_or_default().fill(0);
    release
}

/// The start of a file; empty if it can't be read.
fn read<'a>(name: &CStr, buf: &'a mut [u8]) -> &'a [u8] {
    let file = Path::lookup(name).and_then(|path| path.open());
    let len = file.and_then(|file| file.read_up_to(buf, 0));
    buf.get(..len.unwrap_or(0)).unwrap_or_default()
}
