#!/bin/sh
# run.sh [--quick] [--build DIR] [--json FILE]: measures drover and what it is compared with,
# prints a table and, with --json, writes the same as JSON. What is compared runs in turns
# within one run, so that a slow phase of the machine hits both; only ratios travel to
# another machine. Timings decide nothing here: the status is 0 when every number came and
# both listings saw the same instances.
#
# Without --build, the programs are built first, as a release, in build/release. --quick: the
# fewest rounds, to see that all of it still works.
# shellcheck disable=SC2046,SC2086 # several values in one substitution are several words
set -u

root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
export LC_ALL=C
unset ALIBABA_CLOUD_SECURITY_TOKEN
export ALIBABA_CLOUD_ACCESS_KEY_ID=test-access-key-id
export ALIBABA_CLOUD_ACCESS_KEY_SECRET=test-access-key-secret

build=
json=
rounds=25 cycles=5 repeats=11 connections=500 intents=1000 ledger_rounds=5 idle_s=60
usage='usage: run.sh [--quick] [--build DIR] [--json FILE]'
while [ $# -gt 0 ]; do
	case $1 in
	--quick) rounds=2 cycles=1 repeats=1 connections=20 intents=100 ledger_rounds=1 idle_s=2 ;;
	--build=*) build=${1#*=} ;;
	--json=*) json=${1#*=} ;;
	--build | --json)
		[ $# -ge 2 ] || { echo "$usage" >&2 && exit 64; }
		option=$1=$2
		shift 2
		set -- "$option" "$@"
		continue
		;;
	*) echo "$usage" >&2 && exit 64 ;;
	esac
	shift
done

work=$(mktemp -d) || exit 1
daemon=
sim=
stop() {
	[ -z "$1" ] || { kill "$1" && wait "$1"; } 2>/dev/null
}
finish() {
	stop "$daemon"
	stop "$sim"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

die() {
	echo "run.sh: $*" >&2
	exit 1
}

programs='bench_bare_list bench_observe_list bench_plan bench_plan_wide bench_config bench_ledger
	bench_tls_connect bench_sign drover-sim droverd'
if [ -z "$build" ]; then
	build=$root/build/release
	{
		cmake -S "$root" --preset release &&
			cmake --build "$build" --parallel 2 --target $programs
	} >"$work/build" 2>&1 || { cat "$work/build" >&2 && exit 1; }
fi
bench=$build/tests/bench

# field NAME FILE: the values of a member, a line each, of files with a JSON object a line
field() {
	sed -n 's/.*"'"$1"'": *"\{0,1\}\([^,"}]*\).*/\1/p' "$2"
}

# spread: median, least and most of the lines of stdin
spread() {
	sort -n | awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)], v[1], v[NR]}'
}

# row WHAT UNIT MEDIAN LEAST MOST RATIO REMARK; "-" where there is none
row() {
	for value in "$3" "$4" "$5" "$6"; do
		case $value in
		-) ;;
		'' | *[!0-9.e+]*) die "$1: no number came" ;;
		esac
	done
	printf '%-44s %10s %10s %10s %-12s %6s  %s\n' "$1" "$3" "$4" "$5" "$2" "$6" "$7"
	printf '%s|%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "$4" "$5" "$6" >>"$work/rows"
}

# start_sim NAME ARGUMENT...: a simulator of its own; $sim and $port
start_sim() {
	rm -f "$work/port"
	"$build/tests/cloud/drover-sim" --port-file "$work/port" "$@" &
	sim=$!
	for _ in $(seq 300); do
		[ -s "$work/port" ] && break
		sleep 0.1
	done
	port=$(cat "$work/port") || die "the simulator does not listen"
}

stop_sim() {
	stop "$sim"
	sim=
}

# --- listing 10,000 instances -----------------------------------------------------------

listing() {
	cat >"$work/scenario" <<-END
		{"groups": [{"name": "bench", "count": 10000, "instances_per_group": 100, "tags":
		{"drover:fleet": "bench", "drover:group": "phones", "team": "qa"}}]}
	END
	start_sim --time-scale 0 --scenario "$work/scenario"
	for _ in $(seq $rounds); do
		"$bench/bench_bare_list" "$port" $cycles >>"$work/bare" || die "bare_list failed"
		"$bench/bench_observe_list" "$port" $cycles >>"$work/observe" ||
			die "observe_list failed"
	done
	stop_sim
	for what in instances ids; do
		[ "$(field $what "$work/bare" | sort -u)" = "$(field $what "$work/observe" | sort -u)" ] ||
			die "the two listings differ in $what"
	done
	[ "$(field instances "$work/bare" | sort -u)" = 10000 ] || die "not 10,000 instances"
	pairs pages_per_cpu_s >"$work/pairs"
	ratio=$(spread <"$work/pairs") || exit 1
	row 'list 10,000: bare libcurl+cJSON loop' 'pages/CPU s' \
		$(field pages_per_cpu_s "$work/bare" | spread) 1.00 'the yardstick'
	row 'list 10,000: observe path of the daemon' 'pages/CPU s' \
		$(field pages_per_cpu_s "$work/observe" | spread) $(short ${ratio%% *}) \
		"of the yardstick, median of $rounds pairs (${ratio#* }); aim 0.80"
	pairs peak_rss_kib >"$work/pairs"
	ratio=$(spread <"$work/pairs")
	row 'list 10,000: peak RSS, bare loop' 'KiB' $(field peak_rss_kib "$work/bare" | spread) 1.00 ''
	row 'list 10,000: peak RSS, observe path' 'KiB' \
		$(field peak_rss_kib "$work/observe" | spread) $(short ${ratio%% *}) 'of the yardstick'
}

# pairs NAME: of each round the observe path's value over the bare loop's
pairs() {
	field "$1" "$work/bare" >"$work/a"
	field "$1" "$work/observe" >"$work/b"
	paste "$work/a" "$work/b" | awk '{printf "%.3f\n", $2 / $1}'
}

short() {
	printf '%.2f' "$1"
}

# --- programs that take turns by themselves ---------------------------------------------

# versus NAME WHAT REMARK: bench_plan, bench_config
versus() {
	"$bench/bench_$1" $repeats >"$work/$1" || die "bench_$1 failed"
	row "$2" 'CPU ms' "$(field ms "$work/$1")" "$(field ms_min "$work/$1")" \
		"$(field ms_max "$work/$1")" "$(field ratio "$work/$1")" "$3"
}

small() {
	versus plan 'plan 10,000 instances of 100 groups, at rest' \
		'times one look at each status and mark'
	"$bench/bench_plan_wide" $repeats >"$work/wide" || die 'bench_plan_wide failed'
	row 'cycle of 2,000 cloud groups in one group' 'CPU ms' "$(field ms "$work/wide")" - - \
		"$(field growth "$work/wide")" 'times that of 500; linear is 4'
	versus config 'fleet.yaml of 1,000 groups: read, check, build' \
		"times libyaml's bare event pass"
	"$bench/bench_sign" $repeats >"$work/sign" || die 'bench_sign failed'
	row 'signature' 'CPU us' "$(field us "$work/sign")" - - "$(field ratio "$work/sign")" \
		'times its hashes alone'
	"$bench/bench_ledger" --json --count $intents --rounds $ledger_rounds \
		>"$work/ledger" || die 'bench_ledger failed'
	row 'ledger, an intent a commit' 'intents/s' "$(field intents_per_s "$work/ledger")" - - \
		"$(field ratio "$work/ledger")" 'of append + fdatasync of the same bytes'
	"$bench/bench_tls_connect" $connections >"$work/tls" || die 'bench_tls_connect failed'
	row 'new TLS connection, system bundle' 'CPU ms' \
		"$(field cpu_ms_per_connection "$work/tls")" - - \
		"$(ratio_of cpu_ms_per_connection with_one_certificate "$work/tls")" \
		'times one with a bundle of one certificate'
}

ratio_of() {
	awk -v a="$(field "$1" "$3")" -v b="$(field "$2" "$3")" 'BEGIN {printf "%.2f", a / b}'
}

# --- the daemon at rest -----------------------------------------------------------------

write_files() {
	cat >"$work/drover.yaml" <<-END
		version: 1
		endpoints:
		  eds-aic: http://127.0.0.1:$port
		  bssopenapi: http://127.0.0.1:$port
		limits: {instances_total: 10000, new_per_hour: 10000}
		listen: $work/socket
	END
	{
		printf 'version: 1\nfleet: bench\ndefaults: {region: cn-shanghai}\ngroups:\n'
		for k in 1 2 3 4 5 6 7 8 9 10; do
			printf '  - {name: phones-%d, kind: cloud-phone, count: 100, ' $k
			printf 'spec: acp.basic.small, image: imgc-06zyt9m93zwax1f2s}\n'
		done
	} >"$work/fleet.yaml"
}

# spent PID: CPU in ns and times it was woken, of all its threads
spent() {
	cat /proc/"$1"/task/*/schedstat | awk '{ns += $1} END {printf "%.0f ", ns}'
	cat /proc/"$1"/task/*/status | awk '/^voluntary/ {n += $2} END {print n}'
}

run_droverd() {
	exec "$build/daemon/droverd" --fleet "$work/fleet.yaml" --config "$work/drover.yaml" \
		--state-dir "$work/state" --log text "$@" 2>>"$work/log"
}

idle() {
	start_sim --time-scale 1000
	write_files
	(run_droverd --once --timeout 100s) || { tail -5 "$work/log" >&2 && die 'no fleet to rest'; }
	run_droverd &
	daemon=$!
	sleep 3
	before=$(spent $daemon)
	sleep $idle_s
	after=$(spent $daemon) || die 'droverd is gone'
	rss=$(awk '/^VmRSS/ {print $2}' "/proc/$daemon/status")
	stop "$daemon"
	daemon=
	stop_sim
	row 'droverd at rest, 1,000 instances' 'CPU ms/min' \
		$(echo "$before $after" | awk -v s=$idle_s '{printf "%.2f", ($3 - $1) / 1e6 * 60 / s}') \
		- - - "over $idle_s s, default intervals"
	row 'droverd at rest: wake-ups' 'per min' \
		$(echo "$before $after" | awk -v s=$idle_s '{printf "%.1f", ($4 - $2) * 60 / s}') - - - ''
	row 'droverd at rest: RSS' 'KiB' "$rss" - - - ''
}

# --- the report -------------------------------------------------------------------------

write_json() {
	awk -F '|' -v date="$(date -u +%Y-%m-%d)" '
		function value(v) { return v == "-" ? "null" : v }
		BEGIN { printf "{\"date\": \"%s\", \"rows\": [", date }
		{
			printf "%s\n  {\"what\": \"%s\", \"unit\": \"%s\", \"median\": %s, ", \
				(NR > 1 ? "," : ""), $1, $2, value($3)
			printf "\"least\": %s, \"most\": %s, \"ratio\": %s}", value($4), value($5), value($6)
		}
		END { print "\n]}" }' "$work/rows" >"$1"
}

printf '%-44s %10s %10s %10s %-12s %6s\n' what median least most unit ratio
listing
small
idle
[ -z "$json" ] || write_json "$json" || die "$json cannot be written"
