# Let no allocation be spared.
for kind in failslab fail_page_alloc; do
	echo N >$debug/$kind/ignore-gfp-wait
	echo 0 >$debug/$kind/verbose
done
echo N >$debug/fail_page_alloc/ignore-gfp-highmem
echo 0 >$debug/fail_page_alloc/min-order

# What loading takes under do_one_initcall() is our own; the rest is the kernel's.
spare_others() {
	for kind in failslab fail_page_alloc; do
		echo $1 >$debug/$kind/require-start
		echo $2 >$debug/$kind/require-end
	done
}
core=/modules/vmcore_devdump.ko
spare_others $(awk '$3 == "do_one_initcall" { start = $1; next } start { print "0x" start, "0x" $1; exit }' /proc/kallsyms)
fault-sweep load $core
fault-sweep --sparse --with $core load /modules/pci_dump.ko
spare_others 0 0xffffffffffffffff
insmod $core deadline_seconds=3600
insmod /modules/devdump_trigger.ko
for kind in classic stream; do
	fault-sweep write /sys/module/devdump_trigger/parameters/kind $kind
done
fault-sweep file /proc/vmcore_devdump
fault-sweep file /proc/vmcore
rmmod devdump_trigger
unload_core

# The first adapter is dead and kept, whether it could be dumped or not; the second lives. Each dump is the first.
echo 0 >/sys/bus/pci/drivers_autoprobe
bind=/sys/bus/pci/drivers/cxgb4_dump/bind
fault-sweep --with $core --with '/modules/cxgb4_dump.ko whole=1' write $bind 0000:00:05.0
fault-sweep --with $core --with /modules/cxgb4_dump.ko --gives 19 --sparse write $bind 0000:00:06.0

# Who reads what is offered.
insmod $core deadline_seconds=3600
insmod /modules/cxgb4_dump.ko whole=1
echo 0000:00:05.0 >$bind
fault-sweep --sparse read /proc/vmcore_devices/cxgb4_0000:00:05.0
rmmod cxgb4_dump
unload_core
leaks faults

# Leaks are still looked for, after all that?
insmod /modules/devdump_sins.ko leaks_only=1
rmmod devdump_sins
leaks sins
