# A driver may find an adapter that does not decode memory. Firmware leaves it on, so turn it off at one of the two.
config() {
	od -An -tx1 -j4 -N2 /sys/bus/pci/devices/0000:00:$1/config
}
printf '\000\001' | dd of=/sys/bus/pci/devices/0000:00:05.0/config bs=1 seek=4 conv=notrunc 2>/dev/null
config 05.0 >/out/command-5.before
config 06.0 >/out/command-6.before

# A second that is none is refused. Reads that leave the guest are slow: give them time.
if insmod /modules/vmcore_devdump.ko deadline_seconds=0 2>/dev/null; then
	echo 'deadline_seconds=0 was taken'
	exit 1
fi
insmod /modules/vmcore_devdump.ko dump_seconds=600 deadline_seconds=600
insmod /modules/cxgb4_dump.ko
config 05.0 >/out/command-5.after
config 06.0 >/out/command-6.after

# The adapters are free for their real driver, and probing again does not collect again.
[ ! -e /sys/bus/pci/devices/0000:00:05.0/driver ]
if echo 0000:00:05.0 2>/dev/null >/sys/bus/pci/drivers/cxgb4_dump/bind; then
	echo 'the adapter was taken'
	exit 1
fi
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
