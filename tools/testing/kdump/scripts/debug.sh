# What is refused.
for bad in elf32 twonotes nonotes truncated text; do
	mount --bind /files/$bad.vmcore /proc/vmcore
	fails insmod /modules/vmcore_devdump.ko
	umount /proc/vmcore
done
fails insmod /modules/vmcore_devdump.ko dump_seconds=3601

# Good and bad dumps, and late ones.
insmod /modules/vmcore_devdump.ko deadline_seconds=3600
for test in devdump_test devdump_test_c devdump_classic_ours devdump_trigger; do
	insmod /modules/$test.ko
done
exec 3</proc/vmcore_devdump
for kind in classic stream; do
	fails sh -c "echo $kind >/sys/module/devdump_trigger/parameters/kind"
done
fails rmmod vmcore_devdump
exec 3<&-
compare-vmcore /proc/vmcore /proc/vmcore_devdump 1
rmmod devdump_trigger devdump_classic_ours devdump_test_c devdump_test
unload_core
