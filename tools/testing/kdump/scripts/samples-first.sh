# In a kernel that has not crashed, the drivers do not load.
for driver in edu_dump edu_dump_c; do
	if insmod /modules/$driver.ko 2>/dev/null; then
		echo "$driver.ko loaded without its core"
		exit 1
	fi
done

# Gives the devices values of their own: a value for the liveness check, whose inverse can be read, and a number for the factorial.
bar() {
	head -n 1 /sys/bus/pci/devices/0000:00:$1/resource | cut -d ' ' -f 1
}
# value DEVICE OFFSET VALUE
value() {
	devmem $(($(bar $1) + $2)) 32 $3
}
for device in 05.0 06.0; do
	printf '\002\001' | dd of=/sys/bus/pci/devices/0000:00:$device/config bs=1 seek=4 conv=notrunc 2>/dev/null
done
value 05.0 0x04 0x12345678
value 05.0 0x08 5
value 06.0 0x04 0x0badcafe
value 06.0 0x08 10
