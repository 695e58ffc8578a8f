# Fill memory until 24 MiB are left.
free=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
echo $free >/out/free.before
mkdir /full
mount -t tmpfs -o size=95% full /full
if [ $free -gt 24576 ]; then
	dd if=/dev/zero of=/full/file bs=1024 count=$((free - 24576)) 2>/dev/null
fi
awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo >/out/free
insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
