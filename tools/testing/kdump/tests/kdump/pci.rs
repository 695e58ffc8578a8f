// SPDX-License-Identifier: GPL-2.0

//! PCI functions: of QEMU, which nobody here wrote, and odd ones, which it has not.

mod dumped;
mod many;
mod odd;
mod qemu;
mod traced;
