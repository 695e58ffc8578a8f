insmod /modules/vmcore_devdump.ko deadline_seconds=3600 dump_seconds=600
insmod /modules/cxgb4_dump.ko whole=1
dir=/proc/vmcore_devices
large=$dir/cxgb4_0000:00:05.0
small=$dir/cxgb4_0000:00:06.0
gone=$dir/cxgb4_0000:00:07.0
slow=$dir/cxgb4_0000:00:08.0
for file in $dir/*; do
	stat -c '%a %n' $file
done >/out/files

for slot in 05 06 07 08; do
	readlink /sys/bus/pci/devices/0000:00:$slot.0/driver
done >/out/kept

mkfifo /tmp/never
# lowest FILE: writes down how much memory is available, at least, until FILE is gone.
lowest() {
	lowest=999999999
	exec 9<>/tmp/never
	while [ -e $1 ]; do
		read -r -t 0.05 line <&9 || true
		while read -r name kib unit; do
			[ $name != MemAvailable: ] || break
		done </proc/meminfo
		[ $kib -ge $lowest ] || lowest=$kib
	done
	echo $lowest
}
# readers FILE…: reads them at once.
readers() {
	pids=
	for file; do
		cat $file >/dev/null &
		pids="$pids $!"
	done
	wait $pids
}
# watched NAME FILE…: what is available at least while so many wait for nothing, and while they read these files.
watched() {
	watched=$1
	shift
	waiting=
	for file; do
		cat /tmp/never >/dev/null &
		waiting="$waiting $!"
	done
	sleep 1
	touch /tmp/watch
	lowest /tmp/watch >/out/$watched.before &
	sleep 2
	rm /tmp/watch
	wait $!
	kill $waiting 2>/dev/null || true
	touch /tmp/watch
	lowest /tmp/watch >/out/$watched.meanwhile &
	watch=$!
	readers "$@"
	rm /tmp/watch
	wait $watch
}
watched one $large
watched both $small $large

# Two at once, to be looked at.
cat $small >/out/small.stream &
cat $large >/out/large.stream
wait

# One reader at a time, from the start to the end; who comes then waits until the device has been put back.
exec 3<$small
head -c 100000 <&3 >/dev/null
cat $small >/dev/null 2>/out/twice && exit 1
rmmod vmcore_devdump 2>/dev/null && exit 1
# Long enough for a line on the console.
sleep 11
exec 3<&-
cat $small >/out/small.again

# Killed half way, and a disk that is full.
cat $small >/dev/null &
sleep 1
kill -9 $!
wait $! || true
mkdir /tmp/disk
mount -t tmpfs -o size=256k disk /tmp/disk
cat $small >/tmp/disk/full 2>/out/full && exit 1
cp /tmp/disk/full /out/small.cut
umount /tmp/disk

# Gone while it is read, for its own reasons; and slow.
cat $gone >/out/gone.stream
cat $slow >/out/slow.stream

# Gone since somebody took it out: who reads is told.
(
	cat $slow >/dev/null 2>/out/unplugged || echo "status $?" >>/out/unplugged
) &
sleep 1
echo 1 >/sys/bus/pci/devices/0000:00:08.0/remove
wait
[ ! -e $slow ]

# The modules go, with a reader that has begun, and the adapters are free.
(
	cat $large >/dev/null 2>/out/unloaded || echo "status $?" >>/out/unloaded
) &
sleep 1
rmmod cxgb4_dump
wait
ls $dir >/out/files.after
[ ! -e /sys/bus/pci/devices/0000:00:05.0/driver ]
echo clear >/proc/vmcore_devdump
rmmod vmcore_devdump
[ ! -e $dir ]
