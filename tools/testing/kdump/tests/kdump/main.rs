// SPDX-License-Identifier: GPL-2.0

//! What is promised, proven on the distribution's kernel, its crash kernel and its makedumpfile.
//!
//! Each virtual machine boots once, for all tests that look at what it left behind.

mod adapter;
mod bad_vmcores;
mod boots;
mod broken;
mod budget;
mod classic;
mod core_module;
mod debian;
mod debug;
mod differences;
mod faults;
mod harness;
mod kdump_file;
mod leaving;
mod load;
mod manifest;
mod native;
mod needed_devices;
mod oracle;
mod parallel;
mod pci;
mod private;
mod report;
mod samples;
mod sections;
mod shown;
mod stream;
mod two_adapters;
mod way_back;
