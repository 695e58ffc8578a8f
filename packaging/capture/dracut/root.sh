#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# There is no root to be found. dracut reads this into its own shell.
# shellcheck disable=SC2034
root=none rootok=1
