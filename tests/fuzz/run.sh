#!/bin/sh
# sh tests/fuzz/run.sh [SECONDS] [TARGET...]
#
# Builds the preset "fuzz" (clang, libFuzzer, ASan, UBSan) and runs every target, or those named,
# for SECONDS (default 60) each, one after the other. What they learn stays in
# build/fuzz/corpus/NAME for the next run; what they break goes to build/fuzz/crashes/NAME-*, with
# its log beside it. To repeat one: build/fuzz/tests/fuzz/fuzz_NAME FILE. Once it is mended the
# file belongs into tests/fuzz/corpus/NAME, under a name that says what it is.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
build=${DROVER_FUZZ_BUILD:-$root/build/fuzz}
seconds=60
if [ $# -gt 0 ]; then
	seconds=$1
	shift
fi

sh daemon/install-deps.sh build test >&2
mkdir -p "$build/crashes"
quiet() {
	"$@" >"$build/run.log" 2>&1 || { cat "$build/run.log" >&2; exit 1; }
}
quiet cmake --preset fuzz -B "$build"
targets=$*
if [ -z "$targets" ]; then
	targets=$(cd tests/fuzz/corpus && echo *)
fi
for name in $targets; do
	quiet cmake --build "$build" --target "fuzz_$name"
done
seeds=$build/tests/fuzz/seeds
quiet python3 tests/fuzz/seeds.py "$root" "$seeds"

# Freed memory is kept apart for a while: not so much that it hides a leak from the limit.
export ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=1
failed=0
for name in $targets; do
	mkdir -p "$build/corpus/$name"
	log=$build/crashes/$name.log
	set -- "-max_total_time=$seconds" -timeout=5 -rss_limit_mb=512 -max_len=16384 \
		"-artifact_prefix=$build/crashes/$name-" -print_final_stats=1
	if [ -s "$seeds/$name.dict" ]; then
		set -- "$@" "-dict=$seeds/$name.dict"
	fi
	if "$build/tests/fuzz/fuzz_$name" "$@" "$build/corpus/$name" "tests/fuzz/corpus/$name" \
		"$seeds/$name" >"$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		printf 'ok %s: %s runs, at most %s MB\n' "$name" "$runs" \
			"$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")"
	else
		failed=$((failed + 1))
		printf 'not ok %s: %s\n' "$name" "$log"
		grep -a -m 3 -e 'broken:' -e 'ERROR:' -e 'runtime error' "$log" || tail -n 5 "$log"
	fi
done
echo "$failed targets failed"
[ "$failed" -eq 0 ]
