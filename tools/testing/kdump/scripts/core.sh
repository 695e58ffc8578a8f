headers() {
	head -c 32768 /proc/vmcore | md5sum
}
before=$(headers)

# A vmcore that is not one: it stays as it is, and the module does not load.
for bad in elf32 twonotes nonotes truncated text; do
	mount --bind /files/$bad.vmcore /proc/vmcore
	if insmod /modules/vmcore_devdump.ko 2>/out/$bad; then
		echo "loaded over $bad"
		exit 1
	fi
	[ ! -e /proc/vmcore_devdump ]
	umount /proc/vmcore
done
dmesg -c >/out/refused.dmesg

# Switched off, as the kernel's own dumps are.
cmdline=$(cat /proc/cmdline)
with() {
	echo "$cmdline $1" >/tmp/cmdline
	mount --bind /tmp/cmdline /proc/cmdline
	insmod /modules/vmcore_devdump.ko 2>/dev/null && loaded=yes || loaded=no
	umount /proc/cmdline
	echo "$1: $loaded" >>/out/switched
	[ $loaded = no ] || rmmod vmcore_devdump
	[ ! -e /proc/vmcore_devdump ]
}
for off in novmcoredd novmcoredd=1 novmcoredd=on 'novmcoredd=0 novmcoredd=Y quiet'; do
	with "$off"
done
for on in quiet novmcoredd=0 'novmcoredd novmcoredd=off' xnovmcoredd novmcoreddx novmcoredd=; do
	with "$on"
done
dmesg -c >/out/switched.dmesg

# No dumps: only the manifest says that there could have been some.
insmod /modules/vmcore_devdump.ko deadline_seconds=3600
insmod /modules/cxgb4_dump.ko
stat -c '%a' /proc/vmcore_devdump >/out/mode
compare-vmcore /proc/vmcore /proc/vmcore_devdump
makedumpfile -l -d 31 /proc/vmcore /out/builtin.kdump >/dev/null 2>&1
makedumpfile -E -d 31 /proc/vmcore /out/builtin.elf >/dev/null 2>&1

# Good and bad dumps; nothing is added while the file is open, or unloaded.
insmod /modules/devdump_test.ko
insmod /modules/devdump_test_c.ko
rmmod devdump_test_c
exec 3</proc/vmcore_devdump
rmmod devdump_test
insmod /modules/devdump_test.ko late=1
if rmmod vmcore_devdump 2>/dev/null; then
	echo 'unloaded while the file was open'
	exit 1
fi
exec 3<&-
rmmod devdump_test
insmod /modules/devdump_test.ko late=2
rmmod devdump_test

compare-vmcore /proc/vmcore /proc/vmcore_devdump
mount --bind /proc/vmcore_devdump /proc/vmcore
vmcore-dmesg /proc/vmcore >/out/vmcore-dmesg
for how in l c E; do
	makedumpfile -$how -d 31 /proc/vmcore /out/ours.$how >/out/makedumpfile.$how 2>&1
done
cp /proc/vmcore /out/ours.cp
umount /proc/vmcore
rmmod cxgb4_dump
echo clear >/proc/vmcore_devdump
rmmod vmcore_devdump
[ ! -e /proc/vmcore_devdump ]
[ "$(headers)" = "$before" ]
