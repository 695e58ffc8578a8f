# SPDX-License-Identifier: GPL-2.0
# Sourced by the set-up scripts: where things are cached, one line per step, errors that name the next step.

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
cache=${VMCORE_DEVDUMP_CACHE:-/var/cache/vmcore-devdump}
logs=$cache/logs
mkdir -p "$logs"

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# step NAME HINT COMMAND…: runs COMMAND with its output in a log; one line on stderr says what was done and how long it
# took. On failure: the end of the log, where the whole of it is, and HINT.
step() {
	local name=$1 hint=$2 start=$EPOCHREALTIME log status
	log=$logs/${name//[^A-Za-z0-9.+-]/-}.log
	shift 2
	[ ! -t 2 ] || printf '%9s  %s …\r' '' "$name" >&2
	# A subshell that is not part of a condition: inside one, bash would ignore `set -e` in COMMAND.
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		printf '%8ss  %s\n' "$(elapsed "$start")" "$name" >&2
		return 0
	fi
	{
		printf '%8ss  %s: FAILED (exit status %s)\n' "$(elapsed "$start")" "$name" "$status"
		tail -n 20 "$log" | sed 's/^/           | /'
		printf '           the whole log: %s\n           what to do: %s\n' "$log" "$hint"
	} >&2
	return "$status"
}

elapsed() {
	local us=$((${EPOCHREALTIME/./} - ${1/./}))
	printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

# key FILE-OR-TEXT…: a short hash of the contents of files and the text of everything else.
key() {
	local input
	for input; do
		if [ -f "$input" ]; then cat "$input"; else printf '%s\n' "$input"; fi
	done | sha256sum | cut -c1-16
}

# Runs the rest of the script alone on this machine for NAME, so that two set-ups never make the same thing twice.
only_one() {
	exec 9>"$cache/$1.lock"
	flock -n 9 || {
		echo "waiting for another set-up to finish ($cache/$1.lock)" >&2
		flock 9
	}
}

# kbuild KDIR SOURCE OUT ARGUMENT…: builds the modules in SOURCE inside the build root, as the Makefile does for users.
kbuild() {
	local kdir=$1 source=$2 out=$3 cc=x86_64-linux-gnu-gcc-14 enter=
	shift 3
	! grep -qx CONFIG_CC_IS_CLANG=y "$kdir/include/config/auto.conf" || cc=clang
	[ -f /etc/vmcore-devdump-kernel ] || enter=$top/tools/setup/enter
	mkdir -p "$out"
	$enter make -C "$kdir" M="$source" MO="$out" CC=$cc \
		LOCALVERSION="$(sed 's/^[0-9.]*//' "$kdir/include/config/kernel.release")" "$@"
}
