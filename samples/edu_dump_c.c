// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest dump driver in C: four registers of QEMU's edu device.
 *
 * In the crash kernel it dumps the device while it probes, then declines it: the device is for its real driver, which may be what the
 * vmcore is saved through. Only if somebody asks for that, it keeps the device, and collects it once more each time that
 * /proc/vmcore_devices/edu_c_ADDRESS is read: the way for what is too large for memory. In any other kernel the core does not load,
 * and so it does not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>
#include "../include/vmcore_devdump.h"

/* Identification, liveness check, factorial and status. */
#define EDU_STATUS 0x20
#define EDU_COMPUTING BIT(0)
static const unsigned int edu_registers[] = { 0x00, 0x04, 0x08, EDU_STATUS };

static bool keep;
module_param(keep, bool, 0);
MODULE_PARM_DESC(keep, "Keep devices, and offer them in /proc/vmcore_devices");

struct edu_dump {
	struct vmcoredd_data data;
	struct pci_dev *pdev;
};

static void edu_read(void __iomem *bar, __le32 *values)
{
	unsigned int i;
	u32 status;

	/* Whatever broke the kernel may have broken the device: never wait without an end, and keep what there is. */
	if (read_poll_timeout(ioread32, status, !(status & EDU_COMPUTING), 1000, 20000, false, bar + EDU_STATUS))
		pr_warn("still computing: the factorial is not the result\n");
	for (i = 0; i < ARRAY_SIZE(edu_registers); i++)
		values[i] = cpu_to_le32(ioread32(bar + edu_registers[i]));
}

static int edu_dump(struct pci_dev *pdev, __le32 *values)
{
	void __iomem *bar;
	u16 command;

	/* Until this returns. Nothing else is enabled, nothing reset: that would change what is to be seen. */
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command))
		return -ENODEV;
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	bar = pci_iomap(pdev, 0, 0);
	if (bar) {
		edu_read(bar, values);
		pci_iounmap(pdev, bar);
	}
	pci_write_config_word(pdev, PCI_COMMAND, command);
	return bar ? 0 : -ENXIO;
}

/* Called with a buffer of zeroes, unless the dump is refused: too large, or somebody reads the vmcore already. */
static int edu_fill(struct vmcoredd_data *data, void *buf)
{
	return edu_dump(container_of(data, struct edu_dump, data)->pdev, buf);
}

/* Called each time that somebody reads what is offered. */
static int edu_collect(struct vmcore_devdump_sink *sink, void *ctx)
{
	__le32 values[ARRAY_SIZE(edu_registers)];
	int err = edu_dump(ctx, values);

	return err ? err : sink->ops->write(sink, values, sizeof(values));
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu_dump dump = {
		.data = { .size = sizeof(__le32) * ARRAY_SIZE(edu_registers), .vmcoredd_callback = edu_fill },
		.pdev = pdev,
	};
	struct vmcore_devdump_offer *offer;

	/* If there is no dump, the core has logged why, and the manifest says it. */
	snprintf(dump.data.dump_name, sizeof(dump.data.dump_name), "edu_c_%s", pci_name(pdev));
	vmcore_add_device_dump(&dump.data);
	if (!keep)
		return -ENODEV;
	offer = vmcore_devdump_offer(dump.data.dump_name, edu_collect, pdev);
	pci_set_drvdata(pdev, offer);
	return PTR_ERR_OR_ZERO(offer);
}

/* Waits for a collection to end. */
static void edu_remove(struct pci_dev *pdev)
{
	vmcore_devdump_withdraw(pci_get_drvdata(pdev));
}

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = "edu_dump_c",
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Device dumps of QEMU's edu device");
MODULE_LICENSE("GPL");
