# SPDX-License-Identifier: GPL-2.0
# Sourced by the set-up scripts: where things are cached, two lines per step, errors that name the next step.

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
cache=${VMCORE_DEVDUMP_CACHE:-/var/cache/vmcore-devdump}
logs=$cache/logs
mkdir -p "$logs"

# What tools/setup/cargo makes, and where: with a target named, since what runs while compiling cannot be static.
triple=x86_64-unknown-linux-gnu
target() { echo "$top/build/target/$triple/debug"; }

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# step NAME HINT COMMAND…: runs COMMAND with its output in a log; on stderr one line when it starts, and one with the time it
# took when it ends. On failure: the end of the log, where the whole of it is, and HINT.
step() {
	local name=$1 hint=$2 start=$EPOCHREALTIME log status
	log=$logs/${name//[^A-Za-z0-9.+-]/-}.log
	shift 2
	printf '%9s  %s …\n' '' "$name" >&2
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

# Jobs are process groups, which a Ctrl-C at the terminal does not reach: whatever ends this script ends them.
jobs_started=()
job() {
	[ ${#jobs_started[@]} -gt 0 ] || trap end_jobs EXIT
	set -m
	"$@" </dev/null &
	set +m
	jobs_started+=($!)
}

# Waits for all jobs; fails if one has.
wait_for_jobs() {
	local pid status=0
	for pid in "${jobs_started[@]}"; do
		wait "$pid" || status=$?
	done
	jobs_started=()
	return "$status"
}

end_jobs() {
	local pid
	for pid in "${jobs_started[@]}"; do
		kill -- "-$pid" 2>/dev/null || continue
		wait "$pid" || continue
	done
}
# So that the trap above is run.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# key FILE-OR-TEXT…: a short hash of the contents of files and the text of everything else.
key() {
	local input
	for input; do
		if [ -f "$input" ]; then cat "$input"; else printf '%s\n' "$input"; fi
	done | sha256sum | cut -c1-16
}

# The kernel series that are supported, and where they are: "7.3 trixie-backports". Those that the archive turned out not to have have a
# file in build/absent.
series_and_suites() { grep '^[0-9]' "$top/tools/kdir/kernels"; }
absent_series() { series_and_suites | while read -r series suite; do [ ! -e "$top/build/absent/$series-$suite" ] || echo "$series"; done; }
all_series() { series_and_suites | cut -d' ' -f1 | grep -vxF "$(absent_series)"; }

# compilers ROOT: the packages in it, with their versions, that decide what a kernel or a module becomes. All else may come and go
# without making those again.
compilers() {
	grep -E '^(bindgen|binutils|clang|gcc|libclang|libelf|libllvm|linux-(headers|kbuild|source)|llvm|pahole|rust)' \
		"$1/etc/vmcore-devdump-packages"
}

# Runs the rest of the script alone on this machine for NAME, so that two set-ups never make the same thing twice. Ask whether it
# is there before (nobody waits for what is) and after (another one may have made it).
only_one() {
	local lock
	exec {lock}>"$cache/$1.lock"
	flock -w 5 "$lock" || {
		printf '%9s  waiting until %s is made (%s.lock)\n' '' "$1" "$cache/$1" >&2
		flock "$lock"
	}
}

# in_own_namespaces COMMAND…: whatever it mounts or starts is gone when it ends, however it ends.
in_own_namespaces() {
	unshare --mount --propagation private --pid --fork --kill-child --mount-proc -- "$@"
}

# kbuild KDIR SOURCE OUT ARGUMENT…: builds the modules in SOURCE inside the build root, as the Makefile does for users.
kbuild() {
	local kdir=$1 source=$2 out=$3 cc enter=
	shift 3
	cc=$("$top/tools/kdir/compiler" "$kdir/include/config/auto.conf")
	[ -f /etc/vmcore-devdump-kernel ] || enter=$top/tools/setup/enter
	mkdir -p "$out"
	$enter make -C "$kdir" M="$source" MO="$out" CC=$cc \
		LOCALVERSION="$(sed 's/^[0-9.]*//' "$kdir/include/config/kernel.release")" "$@"
}
