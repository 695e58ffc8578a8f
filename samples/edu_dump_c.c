// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest dump driver in C: four registers of QEMU's edu device.
 *
 * It never binds. In the crash kernel it dumps the device while it probes, then declines it: the device is for its real driver,
 * which may be what the vmcore is saved through. In any other kernel the core does not load, and so it does not.
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

/* Called with a buffer of zeroes, unless the dump is refused: too large, or somebody reads the vmcore already. */
static int edu_fill(struct vmcoredd_data *data, void *buf)
{
	struct pci_dev *pdev = container_of(data, struct edu_dump, data)->pdev;
	void __iomem *bar;
	u16 command;

	/* Until this returns. Nothing else is enabled, nothing reset: that would change what is to be seen. */
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (PCI_POSSIBLE_ERROR(command))
		return -ENODEV;
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	bar = pci_iomap(pdev, 0, 0);
	if (bar) {
		edu_read(bar, buf);
		pci_iounmap(pdev, bar);
	}
	pci_write_config_word(pdev, PCI_COMMAND, command);
	return bar ? 0 : -ENXIO;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu_dump dump = {
		.data = { .size = sizeof(__le32) * ARRAY_SIZE(edu_registers), .vmcoredd_callback = edu_fill },
		.pdev = pdev,
	};

	/* If there is no dump, the core has logged why, and the manifest says it. */
	snprintf(dump.data.dump_name, sizeof(dump.data.dump_name), "edu_c_%s", pci_name(pdev));
	vmcore_add_device_dump(&dump.data);
	return -ENODEV;
}

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = { .name = "edu_dump_c", .id_table = edu_ids, .probe = edu_probe };
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Device dumps of QEMU's edu device");
MODULE_LICENSE("GPL");
