# A place for packaging/common/load, as an initramfs is.
modules=/lib/modules/$(uname -r)
mkdir -p "$modules" /run /etc/modprobe.d /sbin
cp /files/vmcore-devdump-blacklist.modprobe /etc/modprobe.d/blacklist.conf
# As in initramfs-tools.
export MODPROBE_OPTIONS=-qb
cp /bin/modprobe /sbin/
echo cxgb4_dump >/etc/vmcore-devdump.drivers

# install FILE…: exactly these are the modules of this kernel.
install() {
	rm -f "$modules"/*.ko
	[ $# = 0 ] || cp "$@" "$modules/"
	/bin/depmod
}

script=/files/load
# try NAME: what the script logs, and what is on /proc/vmcore then.
try() {
	dmesg -c >>/out/before.dmesg
	sh $script || echo "exit status $?" >"/out/$1.status"
	dmesg >"/out/$1.dmesg"
	sed -n '\# /proc/vmcore #p' /proc/mounts >"/out/$1.mounts"
	# It can be read in any case.
	dd if=/proc/vmcore bs=4 count=1 of="/out/$1.magic" 2>/dev/null
}

