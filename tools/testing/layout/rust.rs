// SPDX-License-Identifier: GPL-2.0

//! What Rust says: structures and numbers that are declared a second time.

#![allow(dead_code)]

/// Writes sizes, offsets and numbers down, as C calls them.
macro_rules! same_in_c {
    ($(struct $c:ident = $rust:ident { $($c_field:ident = $field:ident),* $(,)? })*) => {$(
        same_in_c!(concat!("sizeof(struct ", stringify!($c), ")"), core::mem::size_of::<$rust>());
        $(
            same_in_c!(
                concat!("offsetof(struct ", stringify!($c), ", ", stringify!($c_field), ")"),
                core::mem::offset_of!($rust, $field)
            );
        )*
    )*};
    ($(const $c:ident = $rust:ident;)*) => {$(
        same_in_c!(stringify!($c), $rust);
    )*};
    ($what:expr, $value:expr) => {
        core::arch::global_asm!(
            ".pushsection .layout, \"\"",
            concat!(".ascii \"", $what, " {}\\n\""),
            ".popsection",
            const $value,
        );
    };
}

#[path = "../../../rust/bindings"]
mod bindings {
    pub(crate) mod file;
    pub(crate) mod kmsg_dump;
    pub(crate) mod page;
    pub(crate) mod proc_fs;
    pub(crate) mod zlib;
    pub(crate) mod zstd;
}

#[path = "../../../rust/abi/raw.rs"]
mod raw;
#[path = "../../../rust/series.rs"]
mod series;
