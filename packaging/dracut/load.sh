#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# dracut reads its hooks into its own shell, which must go on.
/usr/lib/vmcore-devdump/load
