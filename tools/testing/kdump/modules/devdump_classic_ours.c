// SPDX-License-Identifier: GPL-2.0
/* The same driver under another name, to be loaded beside it. */
#include "devdump_classic.c"
