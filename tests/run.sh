#!/bin/sh
# run.sh [--full]: installs what is missing, builds, runs every test. The last line is
# "N passed, N failed": cases, not programs; a build counts as one. Exit code 0 only if
# nothing failed. --full: the long forms (DROVER_FULL=1).
set -u

root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$root" || exit 1
exec </dev/null
export LC_ALL=C.UTF-8 CTEST_PARALLEL_LEVEL=2
# Neither keys nor settings of whoever runs this may reach a test.
unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET DROVER_FULL

case ${1-} in
--full) export DROVER_FULL=1 ;;
'') ;;
*)
	echo "usage: run.sh [--full]" >&2
	exit 64
	;;
esac

passed=0
failed=0
skipped=0
times=

finish() {
	printf '%s' "$times"
	if [ "$skipped" -gt 0 ]; then
		echo "$skipped skipped (this machine or this form of the run lacks what they need; named above)"
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
	exit
}

# part NAME COMMAND...: a part of the run, with its time; the status is the command's
part() {
	part_name=$1
	shift
	echo "##### $part_name"
	part_start=$(date +%s)
	"$@"
	part_status=$?
	times="$times$(printf '%-28s %5d s' "$part_name" $(($(date +%s) - part_start)))
"
	return $part_status
}

# judge NAME STATUS: counts a part that is one check by itself
judge() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok $1"
	else
		failed=$((failed + 1))
		echo "not ok $1"
	fi
	return "$2"
}

# build_tree DIRECTORY CMAKE-ARGUMENTS...: quiet unless it fails
build_tree() {
	tree=$1
	shift
	if command -v ccache >/dev/null; then
		set -- "$@" -DCMAKE_C_COMPILER_LAUNCHER=ccache
	fi
	mkdir -p "$tree" || return 1
	if ! cmake -S . -B "$tree" "$@" >"$tree/configure.log" 2>&1; then
		cat "$tree/configure.log"
		return 1
	fi
	if ! cmake --build "$tree" -- -j2 -k 20 >"$tree/build.log" 2>&1; then
		grep -v '^\[[0-9]*/[0-9]*\] \(Building\|Linking\)' "$tree/build.log" | head -n 400
		return 1
	fi
}

# count FILE: adds what a JUnit file holds
count() {
	counted=$(python3 tests/lib/count_results.py "$1") || counted="0 1 0"
	printf '%s\n' "$counted" | sed '$d'
	# shellcheck disable=SC2046 # three numbers
	set -- $(printf '%s\n' "$counted" | tail -n 1)
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
	echo "$1 passed, $2 failed, $3 skipped"
}

# call_ctest TREE NAME CTEST-ARGUMENTS...
call_ctest() {
	tree=$1
	log=$root/$1/$2.log
	junit=$root/$1/$2.xml
	shift 2
	rm -f "$junit"
	ctest --test-dir "$tree" --no-tests=error --output-junit "$junit" \
		--test-output-size-passed 8388608 --test-output-size-failed 8388608 "$@" >"$log" 2>&1
}

# run_tests NAME TREE CTEST-ARGUMENTS...: ctest's own verdict must agree with the count
run_tests() {
	name=$1
	tree=$2
	shift 2
	failed_before=$failed
	part "$name" call_ctest "$tree" "$name" "$@"
	status=$?
	count "$tree/$name.xml"
	if [ "$status" -ne 0 ] && [ "$failed" -eq "$failed_before" ]; then
		tail -n 40 "$tree/$name.log"
		judge "$name" 1
	fi
}

if ! part "packages" sh daemon/install-deps.sh build test; then
	judge "packages" 1
	finish
fi

part "build dev" build_tree build/dev --preset dev
if ! judge "build dev (gcc, ASan, UBSan)" $?; then
	echo "tests that could be built are run all the same"
fi
run_tests tests build/dev

part "build clang" build_tree build/clang -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang
judge "build clang" $?

part "build release" build_tree build/release --preset release
if judge "build release (optimised, hardened)" $?; then
	run_tests valgrind build/release -L valgrind -C valgrind
	run_tests simulation build/release -L sim
	if [ -n "${DROVER_FULL-}" ]; then
		part "simulation, 10,000 seeds" sh tests/sim/run.sh --seeds 10000
		judge "simulation, 10,000 seeds" $?
		part "tuples, 1,000,000" build/release/tests/tuples/tuples --count 1000000
		judge "tuples, 1,000,000" $?
		run_tests torture build/release -L torture
	fi
fi

# What the tests themselves are worth: do they notice a planted bug, and what do they reach?
if [ -n "${DROVER_FULL-}" ]; then
	part "planted bugs" sh tests/plant/run.sh
	judge "planted bugs" $?
	part "coverage" sh tests/coverage/run.sh
	judge "coverage" $?
fi

# The other command of the README, as a stranger would give it.
run_quickstart() {
	sh daemon/quickstart.sh >build/quickstart.log 2>&1 || {
		tail -n 60 build/quickstart.log
		return 1
	}
}
part "quickstart" run_quickstart
judge "quickstart" $?

finish
