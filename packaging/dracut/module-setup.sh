#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034,SC2154 # variables of dracut, and of the settings
# Puts device dumps into the initramfs of the crash kernel, and into no other.

settings() {
	local root=${dracutsysrootdir-} warn=dwarn default
	. "$root/usr/lib/vmcore-devdump/settings"
}

# Devices that the admin has described in $1.
descriptions() {
	local files=("$1"/*.toml) table=$initdir/lib/firmware/vmcore-devdump/devices.bin
	[[ -e ${files[0]} ]] || return 0
	mkdir -p "${table%/*}"
	vmcoredd devices compile -o "$table" "${files[@]}" ||
		dwarn "vmcore-devdump: what $1 describes is not dumped: see vmcoredd devices check"
}

# Fedora and RHEL: whole devices are saved before the vmcore is, but what that goes through is not kept, which only this machine can tell.
whole() {
	local lib=${dracutsysrootdir-}/usr/lib/vmcore-devdump place=/var/crash where=local option value found needed
	while read -r option value; do
		value=${value%%[[:space:]]*}
		case $option in
		path) place=$value ;;
		ssh | nfs) where=network ;;
		raw | ext[234] | xfs | btrfs | minix) found=$(findfs "$value") ;;
		esac
	done <"${dracutsysrootdir-}/etc/kdump.conf"
	needed=$("$lib/needed-devices" "${found:-$place}" "$where") || {
		dwarn 'vmcore-devdump: no device is saved whole: what the vmcore is saved through cannot be seen from here'
		return
	}
	echo $needed >"$initdir/etc/vmcore-devdump.whole"
	echo "$WHOLE_SECONDS" >"$initdir/etc/vmcore-devdump.whole_seconds"
	inst_multiple date df findmnt head mkdir mv rm rmmod sed sync timeout wc
	inst_script "$lib/save-whole" /usr/lib/vmcore-devdump/save-whole
	inst_script "$moddir/save-whole-first.sh" /etc/kdump/pre.d/50-vmcore-devdump
}

check() {
	local DEVICE_DUMPS DRIVERS DEADLINE CRASH_LOG CRASH_KERNEL MINIMAL SNAPSHOT WHOLE_DEVICES WHOLE_SECONDS
	settings
	[[ $DEVICE_DUMPS == yes ]] || return 1
	# What kdump of Fedora, RHEL and SUSE asks for.
	[[ " $add_dracutmodules $force_add_dracutmodules " =~ \ (kdumpbase|kdump)\  ]] || return 255
}

depends() {
	return 0
}

installkernel() {
	local DEVICE_DUMPS DRIVERS DEADLINE CRASH_LOG CRASH_KERNEL MINIMAL SNAPSHOT WHOLE_DEVICES WHOLE_SECONDS module
	settings
	for module in vmcore_devdump $DRIVERS; do
		hostonly='' instmods -c "$module" ||
			dwarn "vmcore-devdump: kernel $kernel has no module $module: its crash kernel saves no device dumps"
	done
	return 0
}

install() {
	local DEVICE_DUMPS DRIVERS DEADLINE CRASH_LOG CRASH_KERNEL MINIMAL SNAPSHOT WHOLE_DEVICES WHOLE_SECONDS
	settings
	inst_multiple dd ls sleep mount modprobe
	inst_multiple -o /usr/lib/modprobe.d/vmcore-devdump-blacklist.conf /etc/modprobe.d/vmcore-devdump.conf
	echo "$DRIVERS" >"$initdir/etc/vmcore-devdump.drivers"
	echo "$DEADLINE" >"$initdir/etc/vmcore-devdump.deadline"
	[[ $CRASH_LOG == no ]] || : >"$initdir/etc/vmcore-devdump.crash_log"
	descriptions "${dracutsysrootdir-}/etc/vmcore-devdump/devices.d"
	inst_script "${dracutsysrootdir-}/usr/lib/vmcore-devdump/load" /usr/lib/vmcore-devdump/load
	if [[ $WHOLE_DEVICES == yes && -e ${dracutsysrootdir-}/etc/kdump.conf ]]; then
		whole
	fi
	inst_hook pre-udev 01 "$moddir/load.sh"
	return 0
}
