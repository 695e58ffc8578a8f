debug=/sys/kernel/debug
mount -t debugfs debugfs $debug
echo clear >$debug/kmemleak

# What nobody refers to, in /out/$1.*: objects (kmemleak looks at none that is younger than 5 s), pages by who took them.
leaks() {
	sleep 6
	echo scan >$debug/kmemleak
	echo scan >$debug/kmemleak
	cat $debug/kmemleak >/out/$1.kmemleak
	cat $debug/page_owner_stacks/show_stacks >/out/$1.pages
	dmesg -c >/out/$1.dmesg
}

# With all dumps.
unload_core() {
	echo clear >/proc/vmcore_devdump
	rmmod vmcore_devdump
}

# fails COMMAND…: it must, or the script does.
fails() {
	if "$@" 2>/dev/null; then
		echo "$* should have failed"
		exit 1
	fi
}
