# Our file and our function, under another name; then the kernel's own: the same dumps, after the same crash.
# register_all WHOSE FILE MODULE
register_all() {
	name=$(basename $3 .ko)
	insmod $3
	rmmod $name
	exec 3<$2
	insmod $3 what=late
	exec 3<&-
	rmmod $name
	insmod $3 what=later
	rmmod $name
	outline-vmcore $2 /out/$1.head 32 >/out/$1.memory
}
outline-vmcore /proc/vmcore /out/before.head 32 >/out/before.memory
insmod /files/vmcore_devdump.ko deadline_seconds=3600
register_all ours /proc/vmcore_devdump /files/devdump_classic_ours.ko
echo clear >/proc/vmcore_devdump
rmmod vmcore_devdump
register_all theirs /proc/vmcore /modules/devdump_classic.ko
