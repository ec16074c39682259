#!/bin/sh
# sh tests/sim/planted.sh SIMULATE: the judges can fail. One violation of each kind is planted, and
# the sums have to show it; the command that a failing seed prints has to fail in the same way.
set -u
simulate=$1 failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# KIND COUNTER [OPTION]: two seeds, both seen.
planted() {
	"$simulate" --seeds 2 --brief --plant "$1" ${3:+"$3"} >"$out" 2>&1
	if tail -n 1 "$out" | grep -q " $2=2 "; then
		echo "$1: seen"
	else
		echo "$1: not seen: $(tail -n 1 "$out")"
		failed=1
	fi
}

planted duplicate duplicate_creates
planted unowned unowned_deletes
planted lost lost_orders
planted stuck stuck
planted pace too_fast
planted secret secrets_shown
planted differ differ --repeat

# The shortest run is printed with a command, and the command repeats it.
"$simulate" --plant duplicate >"$out" 2>&1
why=$(sed -n 's/^ with the first [0-9]* of [0-9]* misfortunes: //p' "$out")
again=$(sed -n '/^ with the first/{n;p;}' "$out")
if [ -n "$why" ] && $again 2>/dev/null | grep -qF "$why"; then
	echo "replay: the same"
else
	echo "replay: \"$why\" is not what this says:$again"
	failed=1
fi
exit $failed
