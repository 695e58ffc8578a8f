# Adapters, and a dump that is saved.
insmod /modules/vmcore_devdump.ko dump_seconds=600 deadline_seconds=3600
insmod /modules/cxgb4_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/out/makedumpfile 2>&1
umount /proc/vmcore
rmmod cxgb4_dump
unload_core
leaks ours

# Would this kernel have told?
insmod /modules/devdump_sins.ko
rmmod devdump_sins
leaks sins
