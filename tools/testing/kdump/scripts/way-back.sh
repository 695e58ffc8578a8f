# Readers that fail, one after the other: the next one gets the built-in file. /builtin is that, whatever is mounted over it.
touch /builtin
mount --bind /proc/vmcore /builtin

start() {
	insmod /modules/vmcore_devdump.ko dump_seconds=3600 deadline_seconds=3600 "$@"
	insmod /modules/cxgb4_dump.ko
	mount --bind /proc/vmcore_devdump /proc/vmcore
}

# shows WHEN: what somebody sees who succeeds.
shows() {
	set -- "$1" $(head -c 1048576 /proc/vmcore | md5sum) $(head -c 1048576 /builtin | md5sum)
	if [ $2 = $4 ]; then echo "$1: built-in"; else echo "$1: dumps"; fi >>/out/shows
}

# reader COMMAND…: does that after it has opened the file.
reader() {
	sh -c "exec 3</proc/vmcore; $*" || true
}

start dump_mib=1
shows 'at first'

# As kdump-tools does it, with makedumpfile killed.
makedumpfile -l -d 31 /proc/vmcore /out/killed >/dev/null 2>&1 &
until ls -l /proc/$!/fd | grep -q vmcore; do
	kill -0 $!
done
kill -9 $!
wait $! || true
gnu-cp /proc/vmcore /out/copy
stat -c %s /proc/vmcore >/out/size
gnu-cp /builtin /out/builtin
shows 'after a copy'

reader exit 1
shows 'failed without a look at them'
look='head -c 65536 <&3 >/dev/null'
reader "$look; exit 1"
shows 'exit status 1'
reader "$look; exec 3<&-; exit 1"
shows 'closed before it failed'
shows 'after a success'
reader 'kill -TERM $$'
shows 'terminated'
shows 'after a success'
for signal in PIPE INT; do
	reader "kill -$signal \$\$"
	shows "stopped by $signal"
done
sleep 600 </proc/vmcore &
shows 'while somebody reads'
kill -9 $!
wait $! || true
shows 'killed'

# Behind the back of one who has it open, nothing is dropped; nothing else is understood.
exec 3</proc/vmcore
for text in clear claer 'clear or whatever else one may think of'; do
	if echo "$text" >/proc/vmcore_devdump; then
		echo "\"$text\" was taken"
		exit 1
	fi
done 2>/out/refused
exec 3<&-
shows 'nothing was dropped'

# Without its drivers, the core stays under its mount, until it is told to go.
rmmod cxgb4_dump
if rmmod vmcore_devdump 2>/dev/null; then
	echo 'unloaded while there is a dump'
	exit 1
fi
shows 'without drivers'
umount /proc/vmcore
echo clear >/proc/vmcore_devdump
head -c 1048576 /proc/vmcore_devdump >/out/cleared
rmmod vmcore_devdump
