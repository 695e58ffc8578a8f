# When there are dumps, something takes four fifths of what is free.
available() {
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}
start total_mib=1024
available >/out/free
mkdir /full
mount -t tmpfs -o size=95% full /full
while [ $(available) -gt $(($(cat /out/free) / 5)) ]; do
	dd if=/dev/zero bs=64k count=4 >>/full/file 2>/dev/null
done
available >/out/left
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/out/makedumpfile 2>&1
available >/out/after
