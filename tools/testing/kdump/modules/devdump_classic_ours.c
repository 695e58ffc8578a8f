// SPDX-License-Identifier: GPL-2.0
/* The same driver, for our function where it is beside the kernel's own: the Kbuild of the core says when. */
#define vmcore_add_device_dump devdump_add_device_dump
#include "devdump_classic.c"
