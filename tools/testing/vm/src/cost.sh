# What costs are measured with. Times are in nanoseconds.
now() {
	sed -n 's/^now at \([0-9]*\) nsecs$/\1/p;/^now/q' /proc/timer_list
}
time_of() {
	start=$(now)
	"$@" >/dev/null 2>&1
	echo $(($(now) - start))
}
# load NAME MODULE
load() {
	echo "$1 $(time_of insmod /modules/$2.ko)" >>/out/times
}
# What of 5 times is the fastest; MODULE is not loaded afterwards.
load_often() {
	for turn in 1 2 3 4 5; do
		load $1 $1
		rmmod $1
	done
}
# Pages that are free, with those that the processors keep for themselves.
free_bytes() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "nr_free_pages" || $1 == "count:" { n += $2 } END { print "free", n * 4096 }' /proc/zoneinfo >>/out/times
}

builtin() {
	time_of "$@"
}
stacked() {
	mount --bind /proc/vmcore_devdump /proc/vmcore
	time_of "$@"
	umount /proc/vmcore
}
# pair NAME COMMAND…: with both files. Which is first changes with each turn.
pair() {
	name=$1
	shift
	if [ $((turn % 2)) = 0 ]; then
		lower=$(builtin "$@")
		upper=$(stacked "$@")
	else
		upper=$(stacked "$@")
		lower=$(builtin "$@")
	fi
	echo "$name $lower $upper" >>/out/times
}
read_all() {
	pair makedumpfile makedumpfile -F -l -d 31 /proc/vmcore
	pair 1-MiB-reads dd if=/proc/vmcore of=/dev/null bs=1M
	pair 4-KiB-reads dd if=/proc/vmcore of=/dev/null bs=4k count=65536
}
