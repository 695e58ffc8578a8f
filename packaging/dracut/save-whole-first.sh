#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In the crash kernel of Fedora and RHEL, as a script of /etc/kdump/pre.d: before kdump.sh saves the vmcore, whole devices are saved where that
# goes. Nobody tells where that is but kdump.conf. Always succeeds.

save_whole=/usr/lib/vmcore-devdump/save-whole
path=/var/crash key=/root/.ssh/kdump_id_rsa how='' target='' address=''
[ -n "$(ls /proc/vmcore_devices 2>/dev/null)" ] || exit 0
read -r seconds </etc/vmcore-devdump.whole_seconds

while read -r option value; do
	value=$(echo "${value%%#*}" | sed 's/ *$//')
	case $option in
	path) path=$value ;;
	sshkey) key=$value ;;
	ssh | raw | nfs | ext[234] | xfs | btrfs | minix | virtiofs) how=$option target=$value ;;
	esac
done </etc/kdump.conf

stamp=$(date +%Y-%m-%d-%H%M%S)
case $how in
ssh | nfs)
	# kdump.sh has waited for the network.
	there=$(sed -n 's/.*kdump_remote_ip=\([^ ]*\).*/\1/p' /proc/cmdline)
	address=$(ip -o route get "$there" | sed -n 's/.* src \([^ ]*\).*/\1-/p')
	;;
esac
case $how in
raw) $save_whole ;;
ssh)
	$save_whole "$seconds" "$path" "$address$stamp" \
		"ssh -q -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=30 -i $key $target" "$target:$path"
	;;
*)
	place=/sysroot
	[ -z "$target" ] || place=$(findmnt -f -n -r -o TARGET --source "$target" || findmnt -s -f -n -r -o TARGET --source "$target")
	{ findmnt -n "$place" >/dev/null || mount --target "$place"; } && mount -o remount,rw "$place" || path=''
	$save_whole "$seconds" "${path:+$place$path}" "$address$stamp"
	;;
esac
exit 0
