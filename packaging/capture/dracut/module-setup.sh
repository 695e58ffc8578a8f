#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # variables of dracut
# What `make capture` puts into its initramfs besides device dumps: what it takes to save a vmcore by itself.

check() {
	return 255
}

depends() {
	echo base udev-rules kernel-modules fs-lib vmcore-devdump
}

installkernel() {
	hostonly='' instmods '=drivers/net/ethernet' virtio_net vmxnet3 xen-netfront hv_netvsc nfsv3 nfsv4
}

install() {
	inst_multiple makedumpfile cat cp date dd head ip mkdir mount mount.nfs mv sleep ssh sync umount
	# For whole devices.
	inst_multiple df ls rm rmmod sed timeout wc
	inst_script /usr/lib/vmcore-devdump/save-whole /usr/lib/vmcore-devdump/save-whole
	inst_multiple -o /etc/netconfig /etc/protocols /etc/services
	# DHCP.
	inst_multiple /usr/lib/klibc/bin/ipconfig /usr/lib/klibc-*.so
	[[ -s $initdir/etc/passwd ]] || echo root:x:0:0:root:/root:/bin/sh >"$initdir/etc/passwd"
	inst_hook cmdline 50 "$moddir/root.sh"
	inst_hook pre-mount 50 "$moddir/save.sh"
	inst_script "$moddir/save" /usr/lib/vmcore-devdump/save
}
