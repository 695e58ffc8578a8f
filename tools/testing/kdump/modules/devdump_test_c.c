// SPDX-License-Identifier: GPL-2.0
/* Registers a dump of each kind as a driver in C does: the seam between C and Rust, seen from C. */
#include <linux/module.h>
#include <linux/string.h>
#include "../../../../include/vmcore_devdump.h"

static const char text[] = "from C";

static int fill(struct vmcoredd_data *data, void *buf)
{
	if (data->size != sizeof(text))
		return -EIO;
	memcpy(buf, text, sizeof(text));
	return 0;
}

static int collect(struct vmcore_devdump_sink *sink, void *ctx)
{
	const struct vmcore_devdump_sink_ops *ops = sink->ops;
	size_t before = ops->remaining(sink);
	int err;

	err = ops->write(sink, ctx, sizeof(text)) ?: ops->patch(sink, 0, "F", 1);
	if (err)
		return err;
	if (ops->len(sink) != sizeof(text) || ops->remaining(sink) != before - sizeof(text) || !ops->ms_left(sink))
		return -EIO;
	return ops->patch(sink, sizeof(text), "x", 1) == -EINVAL ? 0 : -EIO;
}

static int __init devdump_test_c_init(void)
{
	struct vmcoredd_data data = {
		.dump_name = "c-buffer",
		.size = sizeof(text),
		.vmcoredd_callback = fill,
	};

	return vmcore_add_device_dump(&data) ?: vmcore_devdump_stream("c-stream", collect, (void *)text);
}
module_init(devdump_test_c_init);

static void __exit devdump_test_c_exit(void)
{
}
module_exit(devdump_test_c_exit);

MODULE_DESCRIPTION("Registers a device dump of each kind from C");
MODULE_LICENSE("GPL");
