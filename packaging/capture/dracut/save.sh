#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# After udev has loaded all drivers. dracut reads this into its own shell.
/usr/lib/vmcore-devdump/save
