// SPDX-License-Identifier: GPL-2.0
/* Registers a dump of the kind that is written to its parameter, in the context of the writer. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../../../../include/vmcore_devdump.h"

static u8 bytes[3 * 4096 + 5];
static unsigned int counter;

static int fill(struct vmcoredd_data *data, void *buf)
{
	memcpy(buf, bytes, data->size);
	return 0;
}

static int collect(struct vmcore_devdump_sink *sink, void *ctx)
{
	return sink->ops->write(sink, bytes, sizeof(bytes)) ?: sink->ops->patch(sink, 0, "begin", 5);
}

static int set(const char *kind, const struct kernel_param *kp)
{
	struct vmcoredd_data data = {
		.size = sizeof(bytes),
		.vmcoredd_callback = fill,
	};

	snprintf(data.dump_name, sizeof(data.dump_name), "trigger%u", counter++);
	if (sysfs_streq(kind, "classic"))
		return vmcore_add_device_dump(&data);
	if (sysfs_streq(kind, "stream"))
		return vmcore_devdump_stream(data.dump_name, collect, NULL);
	return -EINVAL;
}

static const struct kernel_param_ops ops = {
	.set = set,
};
module_param_cb(kind, &ops, NULL, 0200);
MODULE_PARM_DESC(kind, "write classic or stream: a dump is registered");

static int __init devdump_trigger_init(void)
{
	memset(bytes, 0x5a, sizeof(bytes));
	return 0;
}
module_init(devdump_trigger_init);

static void __exit devdump_trigger_exit(void)
{
}
module_exit(devdump_trigger_exit);

MODULE_DESCRIPTION("Registers a device dump when told to");
MODULE_LICENSE("GPL");
