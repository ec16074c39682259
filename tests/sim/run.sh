#!/bin/sh
# sh tests/sim/run.sh [--seeds N] [--first N] [other options of simulate]
#
# Builds the simulation without sanitizers and runs N seeds (default 1000) on every core; prints
# each seed that fails with the command that repeats it, and one line of sums.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${DROVER_SIM_BUILD:-$root/build/sim}
seeds=1000 first=1
while [ $# -gt 0 ]; do
	case $1 in
	--seeds) seeds=$2; shift 2 ;;
	--first) first=$2; shift 2 ;;
	*) break ;;
	esac
done
sh "$root/daemon/install-deps.sh" build test >&2
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
ninja -C "$build" simulate >/dev/null

jobs=$(nproc)
[ "$seeds" -ge "$jobs" ] || jobs=$seeds
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
share=$((seeds / jobs)) rest=$((seeds % jobs)) job=0 pids=
while [ "$job" -lt "$jobs" ]; do
	n=$((share + (job < rest ? 1 : 0)))
	"$build/tests/sim/simulate" --seed "$first" --seeds "$n" "$@" >"$out/$job" 2>&1 &
	pids="$pids $!"
	first=$((first + n)) job=$((job + 1))
done
code=0
for pid in $pids; do
	wait "$pid" || code=1
done
grep -hv '^seeds=' "$out"/* || true
# The sums of all jobs, name by name.
grep -h '^seeds=' "$out"/* | tr ' ' '\n' |
	awk -F= '!($1 in sum) {order[n++] = $1} {sum[$1] += $2}
		END {for (k = 0; k < n; k++) printf "%s%s=%d", k ? " " : "", order[k], sum[order[k]]; print ""}'
exit $code
