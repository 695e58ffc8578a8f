# There are dumps in the kernel's own file. One more comes when ours is there, one too late; and two of ours.
insmod /modules/vmcore_devdump.ko deadline_seconds=3600
insmod /modules/devdump_classic.ko what=native
rmmod devdump_classic
insmod /modules/devdump_test_c.ko
insmod /modules/devdump_trigger.ko
echo stream >/sys/module/devdump_trigger/parameters/kind
exec 3</proc/vmcore_devdump
insmod /modules/devdump_classic.ko what=while_ours_is_open
exec 3<&-
compare-vmcore /proc/vmcore /proc/vmcore_devdump 4
makedumpfile -l -d 31 /proc/vmcore /out/builtin >/dev/null 2>&1
mount --bind /proc/vmcore_devdump /proc/vmcore
makedumpfile -l -d 31 /proc/vmcore /out/stacked >/dev/null 2>&1
umount /proc/vmcore
rmmod devdump_classic devdump_trigger devdump_test_c
echo clear >/proc/vmcore_devdump
rmmod vmcore_devdump
