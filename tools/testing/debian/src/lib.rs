// SPDX-License-Identifier: GPL-2.0

//! From `apt install` to a decoded dump: everything is in `tests`.
