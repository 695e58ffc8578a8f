# What a hardened production kernel hands down: each keeps our modules out, and none the vmcore.
install /modules/*.ko
cmdline=$(cat /proc/cmdline)
try taint
# What is left of the command line would let them in.
echo "$cmdline" | sed 's/panic_on_taint=[^ ]*//' >/tmp/cmdline
mount --bind /tmp/cmdline /proc/cmdline
try blacklist
mount -t securityfs securityfs /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
try lockdown
echo 1 >/sys/module/module/parameters/sig_enforce
try signature
echo 1 >/proc/sys/kernel/modules_disabled
try disabled
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
