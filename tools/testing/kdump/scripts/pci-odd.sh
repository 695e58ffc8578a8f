# Devices of ours misbehave from now on.
for slot in 05 06 07 08 09 0a 0b 0c 0d; do
	setpci -s 00:$slot.0 98.b=1
done
# A BAR that is forgotten, a function that does not decode, one that sleeps.
setpci -s 00:12.0 BASE_ADDRESS_0=0 BASE_ADDRESS_1=0
setpci -s 00:1f.2 COMMAND=0
setpci -s 02:00.0 CAP_PM+4.w=3

insmod /modules/vmcore_devdump.ko crash_log=1
monitor 'trace-event pci_cfg_read on' >/out/trace.on
insmod /modules/pci_dump.ko access_us=50000 function_ms=1500
monitor 'trace-event pci_cfg_read off' >/out/trace.off
compare-vmcore /proc/vmcore /proc/vmcore_devdump 8
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
