# A driver may find a device that does not decode memory.
config() {
	for device in 05.0 06.0; do
		od -An -tx1 -N64 /sys/bus/pci/devices/0000:00:$device/config
	done
}
printf '\000\001' | dd of=/sys/bus/pci/devices/0000:00:05.0/config bs=1 seek=4 conv=notrunc 2>/dev/null
config >/out/before
insmod /modules/vmcore_devdump.ko
# Another one is busy for seconds with the factorial of a large number.
devmem $(($(head -n 1 /sys/bus/pci/devices/0000:00:07.0/resource | cut -d ' ' -f 1) + 8)) 32 0xffffffff
insmod /modules/edu_dump.ko
insmod /modules/edu_dump_c.ko
config >/out/after

# The devices are free for their real driver, and a dump that is there already is not made again.
for device in 05.0 06.0; do
	[ ! -e /sys/bus/pci/devices/0000:00:$device/driver ]
done
if echo 0000:00:05.0 2>/dev/null >/sys/bus/pci/drivers/edu_dump/bind; then
	echo 'the device was taken'
	exit 1
fi
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
umount /proc/vmcore
rmmod edu_dump edu_dump_c

# The other way: devices that are kept, and collected when somebody reads.
for driver in edu_dump edu_dump_c; do
	insmod /modules/$driver.ko keep=1
	[ -e /sys/bus/pci/devices/0000:00:05.0/driver ]
	for device in 05.0 06.0; do
		cat /proc/vmcore_devices/${driver/_dump/}_0000:00:$device >/out/$driver.$device
	done
	rmmod $driver
	[ ! -e /sys/bus/pci/devices/0000:00:05.0/driver ]
done
config >/out/after-all
