configs() {
	for device in /sys/bus/pci/devices/*; do
		cat $device/config >/out/$1.${device##*/}.config
	done
}
insmod /modules/vmcore_devdump.ko crash_log=1
dmesg -r >/out/log
# The power of a slot: QEMU takes the device away, and the link is down.
setpci -s 00:15.0 CAP_EXP+18.w=0700
configs before
# QEMU tells each access that leaves the guest.
monitor 'trace-event memory_region_ops_read on' 'trace-event memory_region_ops_write on' \
	'trace-event pci_cfg_read on' 'trace-event pci_cfg_write on' >/out/trace.on
# A host that is busy makes accesses slow.
insmod /modules/pci_dump.ko access_us=2000000 function_ms=60000 total_ms=60000
monitor 'trace-event memory_region_ops_read off' 'trace-event memory_region_ops_write off' \
	'trace-event pci_cfg_read off' 'trace-event pci_cfg_write off' >/out/trace.off
configs after
for device in /sys/bus/pci/devices/*; do
	[ ! -e $device/driver ] || echo "${device##*/} $(basename $(readlink $device/driver))"
done >/out/drivers
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
