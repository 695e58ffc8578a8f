/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device dumps for /proc/vmcore, from drivers in C. What the functions mean and return: Documentation/driver-api.rst
 *
 * Include this instead of <linux/crash_dump.h>: where the kernel is built without device dumps, that header defines a
 * vmcore_add_device_dump() that always fails, and vmcore_devdump.ko exports the real one.
 */
#ifndef VMCORE_DEVDUMP_H
#define VMCORE_DEVDUMP_H

#ifdef CONFIG_PROC_VMCORE_DEVICE_DUMP
#include <linux/crash_dump.h>
#else
#ifdef LINUX_CRASH_DUMP_H
#error "include vmcore_devdump.h before linux/crash_dump.h"
#endif
#define vmcore_add_device_dump vmcore_add_device_dump_builtin
#include <linux/crash_dump.h>
#undef vmcore_add_device_dump

int vmcore_add_device_dump(struct vmcoredd_data *data);
#endif

struct vmcore_devdump_sink;

struct vmcore_devdump_sink_ops {
	int (*write)(struct vmcore_devdump_sink *sink, const void *buf, size_t len);
	int (*patch)(struct vmcore_devdump_sink *sink, size_t offset, const void *buf, size_t len);
	size_t (*len)(const struct vmcore_devdump_sink *sink);
	size_t (*remaining)(const struct vmcore_devdump_sink *sink);
	unsigned int (*ms_left)(const struct vmcore_devdump_sink *sink);
	void (*missing)(struct vmcore_devdump_sink *sink, const char *what, size_t len);
	void (*section)(struct vmcore_devdump_sink *sink, const char *name, size_t len, u64 bytes);
};

struct vmcore_devdump_sink {
	const struct vmcore_devdump_sink_ops *ops;
};

int vmcore_devdump_stream(const char *name, int (*collect)(struct vmcore_devdump_sink *sink, void *ctx), void *ctx);

/* A dump that is collected each time that somebody reads /proc/vmcore_devices/NAME; an ERR_PTR() if it cannot be offered. */
struct vmcore_devdump_offer;
struct vmcore_devdump_offer *vmcore_devdump_offer(const char *name,
						  int (*collect)(struct vmcore_devdump_sink *sink, void *ctx), void *ctx);
void vmcore_devdump_withdraw(struct vmcore_devdump_offer *offer);

#endif
