# In a kernel that has not crashed, the modules refuse to load and leave nothing behind.
if insmod /modules/vmcore_devdump.ko 2>/out/insmod; then
	echo 'vmcore_devdump.ko loaded in a normal kernel'
	exit 1
fi
if insmod /modules/cxgb4_dump.ko 2>/dev/null; then
	echo 'cxgb4_dump.ko loaded without its core'
	exit 1
fi
[ ! -e /proc/vmcore_devdump ]
! lsmod | grep -E 'devdump|cxgb4'
