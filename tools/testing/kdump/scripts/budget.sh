# What is absurd is refused, and /proc/vmcore stays alone.
for wrong in total_mib=1025 dump_mib=4294967295 dump_seconds=3601 deadline_seconds=0 deadline_seconds=3601 dump_seconds=1000 'dump_seconds=9 deadline_seconds=8'; do
	if insmod /modules/vmcore_devdump.ko $wrong 2>/dev/null; then
		echo "$wrong was taken"
		exit 1
	fi
	[ ! -e /proc/vmcore_devdump ]
done

# With all dumps.
unload_core() {
	echo clear >/proc/vmcore_devdump
	rmmod vmcore_devdump
}

# save NAME PARAMETER…: dumps that may take so much; of the file, what holds the notes, and in NAME.free what was free before.
save() {
	name=$1
	shift
	grep MemAvailable /proc/meminfo >/out/$name.free
	insmod /modules/vmcore_devdump.ko "$@"
	insmod /modules/cxgb4_dump.ko
	head -c 4194304 /proc/vmcore_devdump >/out/$name
	rmmod cxgb4_dump
}
save memory dump_mib=1
unload_core
save time dump_seconds=1
insmod /modules/devdump_test.ko late=3
rmmod devdump_test
head -c 4194304 /proc/vmcore_devdump >/out/dawdler
unload_core

# All together: who writes on is stopped, and who comes later is refused.
insmod /modules/vmcore_devdump.ko dump_mib=1 deadline_seconds=3
insmod /modules/devdump_test.ko late=3
rmmod devdump_test
insmod /modules/devdump_test.ko late=1
rmmod devdump_test
head -c 4194304 /proc/vmcore_devdump >/out/deadline
unload_core

# More than there is: a third of what is free. Then it is shared.
save total total_mib=1024
unload_core
save shared total_mib=1
insmod /modules/devdump_test.ko
rmmod devdump_test
head -c 4194304 /proc/vmcore_devdump >/out/shared
unload_core
