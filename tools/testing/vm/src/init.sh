#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The first process of both kernels: mounts what scripts expect, runs the script of this kernel, goes on to the next.
export PATH=/bin HOME=/
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
# A kernel made for a test has them built in.
if ! grep -qw 9p /proc/filesystems; then
	for module in /lib/share/*.ko; do
		insmod "$module"
	done
fi
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose share /share

if [ -e /proc/vmcore ]; then stage=crash; else stage=first; fi

fail() {
	echo "init: $*" >/dev/console
	echo "$*" >/out/$stage.broken
	sync
	poweroff -f
}

[ -d /out/ ] || {
	echo 'init: the shared directory is not there' >/dev/console
	poweroff -f
}
if [ $stage = first ] && [ -e /scripts/crash ]; then
	image=/share/vmlinuz
	[ ! -e /share/crash-vmlinuz ] || image=/share/crash-vmlinuz
	initramfs=/share/initramfs
	[ ! -e /share/crash-initramfs ] || initramfs=/share/crash-initramfs
	kexec -s -p $image --initrd=$initramfs --append="$(cat /share/crash.cmdline)" ||
		fail 'kexec refused the crash kernel'
fi

if [ -e /scripts/$stage.interactive ]; then
	cat /scripts/$stage.interactive
	setsid cttyhack sh -l
else
	sh -eu /scripts/$stage >/out/$stage.log 2>&1
fi
status=$?
dmesg >/out/$stage.dmesg
echo $status >/out/$stage.status
sync

if [ $stage = first ] && [ -e /scripts/crash ] && [ $status = 0 ]; then
	echo c >/proc/sysrq-trigger
fi
poweroff -f
