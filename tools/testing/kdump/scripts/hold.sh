# What is mapped stays mapped, with the module or without.
mkfifo /tmp/hold
hold-map /proc/vmcore_devdump </tmp/hold >/out/hold 2>&1 &
holder=$!
exec 4>/tmp/hold
while ! grep -q mapped /out/hold; do
	kill -0 $holder
	sleep 0.1
done
echo clear >/proc/vmcore_devdump
rmmod vmcore_devdump
exec 4>&-
wait $holder
