// SPDX-License-Identifier: GPL-2.0
/*
 * Several drivers at once: each thread registers dumps of both kinds, "<thread>.<number>", and logs what came of them when
 * all are done: `devdump_parallel: <added> added, <late> late, <failed> failed`.
 *
 * The bytes of a dump are all <thread> + <number>, and there are <number> * 1000 + 1 of them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "../../../../include/vmcore_devdump.h"

#define THREADS 8
#define DUMPS 12

static atomic_t added, late, failed;
static atomic_t running = ATOMIC_INIT(THREADS);
static DECLARE_COMPLETION(all_done);

struct dump {
	struct vmcoredd_data data;
	u8 byte;
	size_t len;
};

static int fill(struct vmcoredd_data *data, void *buf)
{
	struct dump *dump = container_of(data, struct dump, data);

	memset(buf, dump->byte, dump->len);
	return 0;
}

static int collect(struct vmcore_devdump_sink *sink, void *ctx)
{
	struct dump *dump = ctx;
	size_t i;
	int err;

	for (i = 0; i < dump->len; i++) {
		err = sink->ops->write(sink, &dump->byte, 1);
		if (err)
			return err;
		if (i % 64 == 0)
			cond_resched();
	}
	return 0;
}

static int drive(void *arg)
{
	unsigned long thread = (unsigned long)arg;
	unsigned int number;

	for (number = 0; number < DUMPS; number++) {
		struct dump dump = {
			.byte = thread + number,
			.len = number * 1000 + 1,
		};
		int err;

		snprintf(dump.data.dump_name, sizeof(dump.data.dump_name), "%lu.%u", thread, number);
		dump.data.size = dump.len;
		dump.data.vmcoredd_callback = fill;
		if (number % 2)
			err = vmcore_add_device_dump(&dump.data);
		else
			err = vmcore_devdump_stream(dump.data.dump_name, collect, &dump);
		atomic_inc(!err ? &added : err == -EBUSY ? &late : &failed);
		schedule_timeout_uninterruptible(HZ / 20);
	}
	if (atomic_dec_and_test(&running))
		complete(&all_done);
	return 0;
}

static int __init devdump_parallel_init(void)
{
	unsigned long thread;

	for (thread = 0; thread < THREADS; thread++) {
		if (IS_ERR(kthread_run(drive, (void *)thread, "devdump/%lu", thread)) && atomic_dec_and_test(&running))
			complete(&all_done);
	}
	return 0;
}
module_init(devdump_parallel_init);

static void __exit devdump_parallel_exit(void)
{
	wait_for_completion(&all_done);
	/* The last thread may still be on its way out of this module. */
	schedule_timeout_uninterruptible(HZ);
	pr_info("%d added, %d late, %d failed\n", atomic_read(&added), atomic_read(&late), atomic_read(&failed));
}
module_exit(devdump_parallel_exit);

MODULE_DESCRIPTION("Registers device dumps from several threads");
MODULE_LICENSE("GPL");
