# What packaging/common/load does in a crash kernel where something is wrong, one thing after the other; at last, nothing.
echo 0 >/proc/sys/kernel/hung_task_panic
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

# As if the core was unloaded on purpose.
unload() {
	umount /proc/vmcore
	[ ! -d /sys/module/cxgb4_dump ] || rmmod cxgb4_dump
	echo clear >/proc/vmcore_devdump
	rmmod vmcore_devdump
}

# A driver that is not there, and an initramfs that has no place for files but its devices.
install /modules/vmcore_devdump.ko
sed 's#/run /tmp /dev#/none /dev#' /files/load >/tmp/load
script=/tmp/load
try driverless
unload

install /modules/*.ko
# A driver that never ends, and one that the kernel has killed, each beside one that does its work.
echo 'hanging_dump cxgb4_dump' >/etc/vmcore-devdump.drivers
echo 30 >/etc/vmcore-devdump.deadline
sed 's/^grace=.*/grace=0/' /files/load >/tmp/load
for how in 'sleep 600' 'kill -9 $$'; do
	printf '#!/bin/sh\n[ "$1" != hanging_dump ] || { %s; exit; }\nexec /bin/modprobe "$@"\n' "$how" >/sbin/modprobe
	try "${how%% *}"
	makedumpfile -l -d 31 /proc/vmcore "/out/${how%% *}.vmcore" >/dev/null 2>&1
	unload
done
cp /bin/modprobe /sbin/
script=/files/load

# A limit that is none.
echo soon >/etc/vmcore-devdump.deadline
try deadline

rm /etc/vmcore-devdump.deadline
echo cxgb4_dump >/etc/vmcore-devdump.drivers
# Whatever the script gives itself, in files that modprobe reads, too.
: >/etc/vmcore-devdump.crash_log
: >/etc/vmcore-devdump.whole
echo 'options vmcore_devdump deadline-seconds=45 crash_log=0' >/etc/modprobe.d/mine.conf
echo 'options cxgb4_dump whole=0' >>/etc/modprobe.d/mine.conf
try twice
unload
rm /etc/modprobe.d/mine.conf /etc/vmcore-devdump.whole /etc/vmcore-devdump.crash_log

echo 1 >/proc/sys/kernel/hung_task_panic
try good
cat /proc/sys/kernel/hung_task_panic >/out/hung_task_panic
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1

# Whole devices, but for one that the vmcore is saved through, of which another function is known.
unload
echo 0000:00:06.7 >/etc/vmcore-devdump.whole
try whole
ls /sys/bus/pci/drivers/cxgb4_dump >/out/whole.kept
# One is enough from here on.
echo none >/sys/bus/pci/devices/0000:00:06.0/driver_override
file=/proc/vmcore_devices/cxgb4_0000:00:05.0
for size in 256k 64m; do
	mkdir /tmp/$size
	mount -t tmpfs -o size=$size disk /tmp/$size
done
# saved NAME ARGUMENT…: what is said of it; then the device is free, and kept anew.
saved() {
	saved=$1
	shift
	sh /files/save-whole "$@" >"/out/$saved.said" || echo "exit status $?" >>"/out/$saved.said"
	[ ! -e /sys/module/cxgb4_dump ] && [ ! -e /sys/bus/pci/devices/0000:00:05.0/driver ] || echo kept >>"/out/$saved.said"
	insmod /modules/cxgb4_dump.ko whole=1
}
saved late 1 /tmp/64m late
saved full 600 /tmp/256k full
saved nowhere 600 /proc/nowhere nowhere
saved junk 08 /proc/nowhere junk
exec 3<$file
saved busy 600 /tmp/64m busy
exec 3<&-
ls /tmp/64m /tmp/256k >/out/whole.left
saved nothing
saved good 600 /out good
# Elsewhere, by a command that then fails.
saved elsewhere 600 /out/far elsewhere 'sh -c'
saved dead 3 /out/far dead false
