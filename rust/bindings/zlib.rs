// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/zlib.h`

use crate::series::zeroed;
use kernel::{
    alloc::flags::{
        GFP_NOWAIT,
        __GFP_NOWARN, //
    },
    ffi::{
        c_char,
        c_int,
        c_ulong,
        c_void, //
    },
    prelude::*,
};

const DEFAULT_COMPRESSION: c_int = -1;
const DEFLATED: c_int = 8;
const DEFAULT_STRATEGY: c_int = 0;
/// One more than in zlib itself: the kernel's has a flush mode of its own.
const FINISH: c_int = 5;
const OK: c_int = 0;
const STREAM_END: c_int = 1;
/// What is returned if the output does not hold it all.
pub(crate) const BUF_ERROR: c_int = -5;

#[cfg(layout)]
same_in_c! {
    const Z_DEFAULT_COMPRESSION = DEFAULT_COMPRESSION;
    const Z_DEFLATED = DEFLATED;
    const Z_DEFAULT_STRATEGY = DEFAULT_STRATEGY;
    const Z_FINISH = FINISH;
    const Z_OK = OK;
    const Z_STREAM_END = STREAM_END;
    const Z_BUF_ERROR = BUF_ERROR;
}

/// `struct z_stream_s`.
#[repr(C)]
struct Stream {
    next_in: *const u8,
    avail_in: c_ulong,
    total_in: c_ulong,
    next_out: *mut u8,
    avail_out: c_ulong,
    total_out: c_ulong,
    msg: *mut c_char,
    state: *mut c_void,
    workspace: *mut c_void,
    data_type: c_int,
    adler: c_ulong,
    reserved: c_ulong,
}

#[cfg(layout)]
same_in_c! {
    struct z_stream_s = Stream {
        next_in = next_in,
        avail_in = avail_in,
        total_in = total_in,
        next_out = next_out,
        avail_out = avail_out,
        total_out = total_out,
        msg = msg,
        state = state,
        workspace = workspace,
        data_type = data_type,
        adler = adler,
        reserved = reserved,
    }
}

extern "C" {
    fn zlib_deflate_workspacesize(window_bits: c_int, mem_level: c_int) -> c_int;
    fn zlib_deflateInit2(
        stream: *mut Stream,
        level: c_int,
        method: c_int,
        window_bits: c_int,
        mem_level: c_int,
        strategy: c_int,
    ) -> c_int;
    fn zlib_deflate(stream: *mut Stream, flush: c_int) -> c_int;
    fn zlib_deflateEnd(stream: *mut Stream) -> c_int;
}

/// Compresses pieces, each for itself.
///
/// # Invariants
///
/// `workspace` is as large as zlib wants it for the other two.
pub(crate) struct Deflate {
    workspace: KVVec<u8>,
    window_bits: i32,
    mem_level: i32,
}

impl Deflate {
    /// `window_bits` is 9 to 15, `mem_level` is 1 to 9.
    pub(crate) fn new(window_bits: i32, mem_level: i32) -> Result<Self> {
        if !(9..=15).contains(&window_bits) || !(1..=9).contains(&mem_level) {
            return Err(EINVAL);
        }
        // SAFETY: Computes a number.
        let size = unsafe { zlib_deflate_workspacesize(window_bits, mem_level) };
        // INVARIANT: That's what zlib said.
        Ok(Self {
            workspace: zeroed(usize::try_from(size)?, GFP_NOWAIT | __GFP_NOWARN)?,
            window_bits,
            mem_level,
        })
    }

    /// Bytes of memory in use.
    pub(crate) fn workspace_len(&self) -> usize {
        self.workspace.len()
    }

    /// Compresses `input` into `output`; returns how many bytes that were, or what zlib returned if it failed.
    pub(crate) fn deflate(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> core::result::Result<usize, i32> {
        let mut stream = Stream {
            next_in: input.as_ptr(),
            avail_in: input.len(),
            total_in: 0,
            next_out: output.as_mut_ptr(),
            avail_out: output.len(),
            total_out: 0,
            msg: core::ptr::null_mut(),
            state: core::ptr::null_mut(),
            workspace: self.workspace.as_mut_ptr().cast(),
            data_type: 0,
            adler: 0,
            reserved: 0,
        };
        // SAFETY: The buffers are valid for their lengths, and the workspace is large enough by the type invariant. All
        // of them outlive the stream, which is ended before this returns.
        unsafe {
            let result = zlib_deflateInit2(
                &mut stream,
                DEFAULT_COMPRESSION,
                DEFLATED,
                self.window_bits,
                self.mem_level,
                DEFAULT_STRATEGY,
            );
            if result != OK {
                return Err(result);
            }
            let result = zlib_deflate(&mut stream, FINISH);
            let ended = zlib_deflateEnd(&mut stream);
            match (result, ended) {
                (STREAM_END, OK) => Ok(stream.total_out),
                (STREAM_END, failed) | (failed, _) => Err(failed),
            }
        }
    }
}
