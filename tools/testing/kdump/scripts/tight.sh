# Fill memory until 24 MiB are left.
available() {
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}
mkdir /full
mount -t tmpfs -o size=95% full /full
while [ $(available) -gt 24576 ]; do
	dd if=/dev/zero bs=64k count=8 >>/full/file 2>/dev/null
done
available >/out/free
insmod /modules/vmcore_devdump.ko
insmod /modules/cxgb4_dump.ko
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
