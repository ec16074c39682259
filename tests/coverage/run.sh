#!/bin/sh
# run.sh [--quick] [--build DIR]: how much of daemon/ the tests reach; the verdict is judge.py's.
# --quick: unit tests only, and only the rule for the files that decide about money. What is killed with SIGKILL leaves no counters: the figures are those of unit tests, of
# the simulation, and of programs that ended by themselves.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
cd "$root" || exit 1
export LC_ALL=C.UTF-8 CTEST_PARALLEL_LEVEL="${CTEST_PARALLEL_LEVEL-2}"
unset DROVER_FULL

build=build/coverage
labels='^(unit|ledger|sim|fuzz-replay|integration)$'
without=valgrind # what it reaches is reached without it, too
least='--lines 90 --branches 80'
while [ $# -gt 0 ]; do
	case $1 in
	--quick)
		labels='^(unit|fuzz-replay)$'
		without='valgrind|durable'
		least=
		;;
	--build)
		build=${2-}
		shift
		;;
	*)
		echo "usage: run.sh [--quick] [--build DIR]" >&2
		exit 64
		;;
	esac
	shift
done

# quietly LOG COMMAND...: its output only when it fails
quietly() {
	log=$1
	shift
	"$@" >"$log" 2>&1 && return
	status=$?
	tail -n 60 "$log"
	return $status
}

mkdir -p "$build" || exit 1
launcher=
if command -v ccache >/dev/null; then
	launcher=-DCMAKE_C_COMPILER_LAUNCHER=ccache
fi
quietly "$build/configure.log" cmake -S . -B "$build" --preset coverage $launcher || exit 1
quietly "$build/build.log" cmake --build "$build" -- -j2 || exit 1

find "$build" -name '*.gcda' -delete
# What an earlier build made of sources that are gone is not to be mixed in.
ninja -C "$build" -t cleandead >/dev/null
find "$build" -name '*.gcno' | while read -r notes; do
	[ -e "${notes%.gcno}.o" ] || rm "$notes"
done
quietly "$build/ctest.log" ctest --test-dir "$build" --no-tests=error --output-on-failure \
	-L "$labels" -E "$without"
tests=$?
grep -E 'tests passed' "$build/ctest.log"

# Not in parallel (-j): when one of its workers fails it waits for ever.
gcovr --root . --object-directory "$build" --filter daemon/ --no-markers \
	--json "$build/coverage.json" "$build" || exit 1
# shellcheck disable=SC2086 # words
python3 tests/coverage/judge.py . "$build/coverage.json" $least
verdict=$?
[ $tests -eq 0 ] && [ $verdict -eq 0 ]
