// SPDX-License-Identifier: GPL-2.0
/* Does what must not be done, so that a test sees whether the kernel would have told. */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static bool leaks_only;
module_param(leaks_only, bool, 0);
MODULE_PARM_DESC(leaks_only, "leave memory behind, and nothing else");

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(other);
static DEFINE_SPINLOCK(spin);

static noinline void leave_an_object(void)
{
	char *object = kmalloc(321, GFP_KERNEL);

	/* Not to be found on the stack, either. */
	OPTIMIZER_HIDE_VAR(object);
	memset(object, 0, 321);
}

static noinline void leave_a_page(void)
{
	unsigned long page = __get_free_page(GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(page);
}

/* Unseen by KASAN: as a device does that was not told to stop. */
static noinline void write_to_a_freed_page(void)
{
	unsigned long page = __get_free_page(GFP_KERNEL);

	free_page(page);
	asm volatile("movb $1, (%0)" : : "r" (page + 100) : "memory");
	/* Looked at when it is taken: the last that was freed is the first. */
	free_page(__get_free_page(GFP_KERNEL));
}

static noinline void read_behind(void)
{
	char *object = kmalloc(24, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
	READ_ONCE(object[24]);
	kfree(object);
}

static noinline void shift_too_far(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("shifted: %d\n", 1 << bits);
}

static noinline void sleep_under_a_spinlock(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static noinline void lock_in_both_orders(void)
{
	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);
	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

static int __init devdump_sins_init(void)
{
	int i;

	/* Some of them: the last pointers to an object may stay in a register or on a stack. */
	for (i = 0; i < 8; i++)
		leave_an_object();
	leave_a_page();
	if (leaks_only)
		return 0;

	sleep_under_a_spinlock();
	lock_in_both_orders();
	shift_too_far();
	write_to_a_freed_page();
	/* The last: after this one, locks are not looked at any more. */
	read_behind();
	return 0;
}
module_init(devdump_sins_init);

static void __exit devdump_sins_exit(void)
{
}
module_exit(devdump_sins_exit);

MODULE_DESCRIPTION("Does what must not be done");
MODULE_LICENSE("GPL");
