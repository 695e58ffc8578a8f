insmod /modules/vmcore_devdump.ko dump_seconds=3 deadline_seconds=3600

# A driver that takes too long keeps nobody from opening the file, and then comes too late.
insmod /modules/devdump_test.ko late=3 &
sleep 1
head -c 65536 /proc/vmcore_devdump >/out/unfinished
exec 3</proc/vmcore_devdump
wait
exec 3<&-
rmmod devdump_test

# Eight drivers, three readers and an impatient admin.
reader() {
	for round in ${rounds:-1 2 3 4}; do
		compare-vmcore /proc/vmcore /proc/vmcore_devdump ${mib:-2} >/out/reader.$1 2>&1 || touch /out/reader.$1.failed
		sleep 0.$1
	done
}
insmod /modules/devdump_parallel.ko
for n in 1 2 3; do
	reader $n &
done
for round in 1 2 3 4 5 6 7 8 9 10; do
	if rmmod vmcore_devdump 2>/dev/null; then
		echo 'unloaded while drivers need it'
		exit 1
	fi
	sleep 0.2
done
wait
rmmod devdump_parallel
compare-vmcore /proc/vmcore /proc/vmcore_devdump ${mib:-2}
