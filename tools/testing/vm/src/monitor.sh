# Has QEMU's monitor do what each argument says.
monitor() {
	printf '%s\n' "$@" >/out/monitor.new
	mv /out/monitor.new /out/monitor.ask
	until [ "$(echo /out/monitor.answer.[0-9]*)" != '/out/monitor.answer.[0-9]*' ]; do
		sleep 0.1
	done
	cat /out/monitor.answer.*
	rm /out/monitor.answer.*
}
