# What programs say of devices that drivers use, then errors, then configuration spaces, before the panic.
for module in /drivers/*.ko; do
	insmod $module
done
interface() {
	ls /sys/bus/pci/devices/$1/net
}
# Nothing is sent after ethtool was asked, which would move heads of queues.
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
for nic in 0000:01:00.0 0000:02:00.0; do
	ifconfig $(interface $nic) up
done
nvme=/sys/bus/pci/devices/0000:03:00.0/nvme
until [ -e $nvme/* ] && [ -e /dev/$(ls $nvme) ]; do
	sleep 1
done
# Until they have settled.
sleep 3
for nic in 0000:01:00.0 0000:02:00.0; do
	ethtool -d $(interface $nic) >/out/ethtool.$nic
done
nvme show-regs /dev/$(ls $nvme) >/out/nvme

# This kernel does not look after what is reported now, as if it had panicked already.
for port in 00:10.0 00:11.0 00:16.0; do
	setpci -s $port ECAP_AER+2c.l=0
done
# This one may send messages, as firmware allows on a real machine.
setpci -s 07:00.0 CAP_EXP+8.w=0f:0f
monitor 'pcie_aer_inject_error nic UNSUP 0x11111111 0x22222222 0x33333333 0x44444444' \
	'pcie_aer_inject_error igb RCVR' \
	'pcie_aer_inject_error vnet POISON_TLP 0x60000001 0x0700000f 0x00000001 0x23456780' >/out/injected
lspci -xxxx >/out/lspci
