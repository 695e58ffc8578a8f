# The kernel's own C driver.
insmod /modules/zlib_deflate.ko
insmod /modules/cxgb4.ko
makedumpfile -l -d 31 /proc/vmcore /out/vmcore >/dev/null 2>&1
