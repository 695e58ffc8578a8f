// SPDX-License-Identifier: GPL-2.0

//! C header: `include/linux/zstd.h`

use super::page::Buffer;
use kernel::{
    ffi::{
        c_int,
        c_uint,
        c_ulonglong,
        c_void, //
    },
    prelude::*,
};

use core::ptr::NonNull;

/// `ZSTD_compressionParameters`.
#[repr(C)]
#[derive(Clone, Copy)]
struct CompressionParameters {
    window_log: c_uint,
    chain_log: c_uint,
    hash_log: c_uint,
    search_log: c_uint,
    min_match: c_uint,
    target_length: c_uint,
    strategy: c_int,
}

/// `ZSTD_parameters`, with its `ZSTD_frameParameters`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Parameters {
    compression: CompressionParameters,
    content_size_flag: c_int,
    checksum_flag: c_int,
    no_dict_id_flag: c_int,
}

#[cfg(layout)]
same_in_c! {
    struct zstd_compression_parameters = CompressionParameters {
        windowLog = window_log,
        chainLog = chain_log,
        hashLog = hash_log,
        searchLog = search_log,
        minMatch = min_match,
        targetLength = target_length,
        strategy = strategy,
    }
    struct zstd_parameters = Parameters {
        cParams = compression,
    }
}

extern "C" {
    fn zstd_get_params(level: c_int, size: c_ulonglong) -> Parameters;
    fn zstd_cctx_workspace_bound(parameters: *const CompressionParameters) -> usize;
    fn zstd_init_cctx(workspace: *mut c_void, size: usize) -> *mut c_void;
    fn zstd_compress_cctx(
        cctx: *mut c_void,
        to: *mut c_void,
        capacity: usize,
        from: *const c_void,
        len: usize,
        parameters: *const Parameters,
    ) -> usize;
    fn zstd_is_error(code: usize) -> c_uint;
}

/// Compresses pieces, each for itself.
///
/// # Invariants
///
/// `context` is one that zstd has made in `_workspace`, which is as large as it wants it for `parameters`.
pub(crate) struct Zstd {
    context: NonNull<c_void>,
    parameters: Parameters,
    _workspace: Buffer,
}

// SAFETY: The context is memory that nobody else refers to.
unsafe impl Send for Zstd {}

impl Zstd {
    /// For pieces of up to `len` bytes. `ENOMEM`: there is no memory for its tables.
    pub(crate) fn new(level: i32, len: usize) -> Result<Self> {
        // SAFETY: They compute.
        let (parameters, size) = unsafe {
            let parameters = zstd_get_params(level, len as c_ulonglong);
            let size = zstd_cctx_workspace_bound(&parameters.compression);
            (parameters, size)
        };
        let mut workspace = Buffer::zeroed(size)?;
        // SAFETY: The workspace is valid for so many bytes, and aligned as pages are; it stays where it is.
        let context = unsafe { zstd_init_cctx(workspace.as_mut_ptr().cast(), size) };
        // INVARIANT: It was just made, in a workspace of the size that zstd has asked for.
        Ok(Self {
            context: NonNull::new(context).ok_or(ENOMEM)?,
            parameters,
            _workspace: workspace,
        })
    }

    /// Compresses `input` into `output`, if it fits there; how many bytes that were.
    pub(crate) fn compress(&mut self, input: &[u8], output: &mut [u8]) -> Option<usize> {
        // SAFETY: By the type invariant; the buffers are valid for their lengths.
        unsafe {
            let len = zstd_compress_cctx(
                self.context.as_ptr(),
                output.as_mut_ptr().cast(),
                output.len(),
                input.as_ptr().cast(),
                input.len(),
                &self.parameters,
            );
            (zstd_is_error(len) == 0).then_some(len)
        }
    }
}
