# What packaging/common/load does in a crash kernel where something is wrong, one thing after the other; at last, nothing.
modules=/lib/modules/$(uname -r)
mkdir -p "$modules" /run /etc/modprobe.d /sbin
cp /files/vmcore-devdump-blacklist.modprobe /etc/modprobe.d/blacklist.conf
# As in initramfs-tools.
export MODPROBE_OPTIONS=-qb
cp /bin/modprobe /sbin/
echo cxgb4_dump >/etc/vmcore-devdump.drivers

# install FILE…: exactly these are the modules of this kernel.
install() {
	rm -f "$modules"/*.ko
	[ $# = 0 ] || cp "$@" "$modules/"
	/bin/depmod
}

# try NAME: what the script logs, and what is on /proc/vmcore then.
try() {
	dmesg -c >>/out/before.dmesg
	sh "${script:-/files/load}" || echo "exit status $?" >"/out/$1.status"
	dmesg >"/out/$1.dmesg"
	sed -n '\# /proc/vmcore #p' /proc/mounts >"/out/$1.mounts"
	# It can be read in any case.
	dd if=/proc/vmcore bs=4 count=1 of="/out/$1.magic" 2>/dev/null
}

install
try missing
cp /files/other.ko /tmp/vmcore_devdump.ko
install /tmp/vmcore_devdump.ko /modules/cxgb4_dump.ko
try other
echo 'console=ttyS0 novmcoredd quiet' >/tmp/cmdline
mount --bind /tmp/cmdline /proc/cmdline
install /modules/*.ko
try off
umount /proc/cmdline

# A driver that never ends, and one that the kernel has killed.
sed 's/^limit=.*/limit=2/' /files/load >/tmp/load
for how in 'sleep 60' 'kill -9 $$'; do
	printf '#!/bin/sh\n[ "$1" != cxgb4_dump ] || { %s; exit; }\nexec /bin/modprobe "$@"\n' "$how" >/sbin/modprobe
	script=/tmp/load try "${how%% *}"
done
cp /bin/modprobe /sbin/

# A driver that is not there: the core alone.
rmmod vmcore_devdump
install /modules/vmcore_devdump.ko
try driverless
umount /proc/vmcore
rmmod vmcore_devdump

install /modules/*.ko
try good
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
