// SPDX-License-Identifier: GPL-2.0
/*
 * Registers dumps as drivers in C do, whosever vmcore_add_device_dump() it is, and logs what came of each:
 * devdump_classic: CASE: RESULT, called N
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include "../../../../include/vmcore_devdump.h"

static char *what = "all";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "all, or the name of the one dump to register");

struct test_dump {
	struct vmcoredd_data data;
	const char *what;
	int result;
	unsigned int calls;
};

/* Bytes 1, 2, ..., 251, 1, ... */
static int fill(struct vmcoredd_data *data, void *buf)
{
	struct test_dump *dump = container_of(data, struct test_dump, data);
	u8 *bytes = buf;
	u32 i;

	dump->calls++;
	might_sleep();
	if (!in_task() || irqs_disabled())
		pr_err("%s: not in process context\n", dump->what);
	if ((unsigned long)buf % 64)
		pr_err("%s: a buffer at %lu mod 64\n", dump->what, (unsigned long)buf % 64);
	if (memchr_inv(buf, 0, data->size))
		pr_err("%s: a buffer that is not zeroed\n", dump->what);
	for (i = 0; i < data->size; i++)
		bytes[i] = i % 251 + 1;
	return dump->result;
}

static int leave_zeroes(struct vmcoredd_data *data, void *buf)
{
	container_of(data, struct test_dump, data)->calls++;
	return 0;
}

static int write_too_much(struct vmcoredd_data *data, void *buf)
{
	int err = fill(data, buf);

	memset(buf + data->size, 0xee, 4);
	return err;
}

/* Too late to change anything. */
static int change_arguments(struct vmcoredd_data *data, void *buf)
{
	int err = fill(data, buf);

	strscpy_pad(data->dump_name, "changed");
	data->size = 1;
	return err;
}

static int add(const char *what, struct test_dump *dump)
{
	int err;

	dump->what = what;
	err = vmcore_add_device_dump(&dump->data);
	pr_info("%s: %d, called %u\n", what, err, dump->calls);
	return err;
}

static int try(const char *what, const char *name, u32 size,
	       int (*callback)(struct vmcoredd_data *data, void *buf), int result)
{
	struct test_dump dump = {
		.data = { .size = size, .vmcoredd_callback = callback },
		.result = result,
	};

	/* As many bytes as there are: the longest name has no NUL. */
	memcpy(dump.data.dump_name, name, strnlen(name, sizeof(dump.data.dump_name)));
	return add(what, &dump);
}

static int nest(struct vmcoredd_data *data, void *buf)
{
	container_of(data, struct test_dump, data)->calls++;
	try("nested", "nested", 16, fill, 0);
	return 0;
}

static void all(void)
{
	static const u32 sizes[] = { 1, 43, 4032, 4033, 4095, 4096, 4097, 1 << 20 };
	char name[48];
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		snprintf(name, sizeof(name), "%u bytes", sizes[i]);
		try(name, name, sizes[i], fill, 0);
	}
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "one of many, %d", i);
		try(name, name, 1 + 123 * i, fill, 0);
	}
	try("zeroes", "zeroes", 10000, leave_zeroes, 0);
	try("arguments change", "arguments", 5000, change_arguments, 0);

	try("writes too much", "too much", 100, write_too_much, 0);

	try("fails with EPROTO", "fails", 16, fill, -EPROTO);
	try("fails with ENOMEM", "fails", 16, fill, -ENOMEM);
	try("fails with EBUSY", "fails", 16, fill, -EBUSY);
	try("fails with EEXIST", "fails", 16, fill, -EEXIST);
	try("fails with no errno", "fails", 16, fill, -12345);
	try("fails with 1", "fails", 16, fill, 1);

	pr_info("null: %d, called 0\n", vmcore_add_device_dump(NULL));
	try("no callback", "no callback", 16, NULL, 0);
	try("no size", "no size", 0, fill, 0);
	try("no name", "", 16, fill, 0);
	try("name of 43 bytes", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 16, fill, 0);
	try("name of 44 bytes", "oooooooooooooooooooooooooooooooooooooooooooo", 16, fill, 0);
	try("name again", "zeroes", 17, fill, 0);
	try("too large", "too large", U32_MAX, fill, 0);
	try("outer", "outer", 16, nest, 0);
}

static int __init devdump_classic_init(void)
{
	if (!strcmp(what, "all"))
		all();
	else
		try(what, what, 4096, fill, 0);
	return 0;
}
module_init(devdump_classic_init);

static void __exit devdump_classic_exit(void)
{
}
module_exit(devdump_classic_exit);

MODULE_DESCRIPTION("Registers device dumps through vmcore_add_device_dump()");
MODULE_LICENSE("GPL");
