# Adapters, and a dump that is saved.
insmod /modules/vmcore_devdump.ko dump_seconds=600 deadline_seconds=3600
insmod /modules/cxgb4_dump.ko
insmod /modules/pci_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/out/makedumpfile 2>&1
umount /proc/vmcore
rmmod pci_dump cxgb4_dump

# All of them whole, at once; then one that is left early, and one whose driver goes.
insmod /modules/cxgb4_dump.ko whole=1
for file in /proc/vmcore_devices/*; do
	cat $file >/out/${file##*/}.stream &
done
wait
first=/proc/vmcore_devices/cxgb4_0000:00:05.0
head -c 50000 $first >/dev/null
cat $first >/dev/null 2>&1 &
sleep 1
rmmod cxgb4_dump
wait
unload_core
leaks ours

# Would this kernel have told?
insmod /modules/devdump_sins.ko
rmmod devdump_sins
leaks sins
