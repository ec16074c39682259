#!/bin/sh
# quickstart.sh: builds drover and shows it at work against a cloud on loopback. Nothing
# is bought, nothing outside build/ and a temporary directory is written (but for the
# packages of deps.txt that are missing). Exit code 0 only if every group converged.
#
# DROVER_DEMO_SCALE: how many times faster than a real cloud the demo ages (default 12).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
tree=$root/build/demo
scale=${DROVER_DEMO_SCALE:-12}
patience=180 # seconds for the fleet to stand
dir=
sim_pid=
daemon_pid=

say() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}
if [ ! -t 1 ] || [ -n "${NO_COLOR-}" ]; then
	say() {
		printf '\n%s\n' "--- $*"
	}
fi

die() {
	echo "quickstart: $*" >&2
	exit 1
}

# end PID: SIGTERM, ten seconds, SIGKILL
end() {
	kill "$1" 2>/dev/null || return 0
	n=0
	while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	kill -KILL "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

cleanup() {
	status=$?
	trap - EXIT INT TERM HUP
	[ -z "$daemon_pid" ] || end "$daemon_pid"
	[ -z "$sim_pid" ] || end "$sim_pid"
	if [ -n "$dir" ] && [ $status -ne 0 ] && [ -s "$dir/droverd.log" ]; then
		echo "--- the end of the log of droverd" >&2
		tail -n 20 "$dir/droverd.log" >&2
	fi
	[ -z "$dir" ] || rm -rf "$dir"
	exit $status
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# wait_for SECONDS WHAT COMMAND...: until the command succeeds
wait_for() {
	limit=$(($(date +%s) + $1))
	what=$2
	shift 2
	until "$@"; do
		[ "$(date +%s)" -lt "$limit" ] || die "$what did not happen in time"
		kill -0 "$sim_pid" 2>/dev/null || die "drover-sim has ended"
		[ -z "$daemon_pid" ] || kill -0 "$daemon_pid" 2>/dev/null || die "droverd has ended"
		sleep 0.3
	done
}

build() {
	sh "$here/install-deps.sh" build demo
	mkdir -p "$tree"
	if command -v ninja >/dev/null; then
		set -- -G Ninja
	else
		set --
	fi
	if ! { cmake -S "$root" -B "$tree" "$@" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DDROVER_TESTS=OFF \
		-DDROVER_WERROR=OFF \
		&& cmake --build "$tree" --parallel 2; } >"$tree/build.log" 2>&1; then
		grep -v "^\[[0-9]*/[0-9]*\] [BLG]" "$tree/build.log" | tail -n 40 >&2
		die "the build failed; all of it is in $tree/build.log"
	fi
}

start_cloud() {
	"$tree/tests/cloud/drover-sim" --listen 127.0.0.1:0 --port-file "$dir/port" \
		--time-scale "$scale" >"$dir/sim.log" 2>&1 &
	sim_pid=$!
	wait_for 20 "drover-sim listening" test -s "$dir/port"
	cloud=http://127.0.0.1:$(cat "$dir/port")
}

# The demo's settings: every service at the simulator, and waits short enough to watch.
write_settings() {
	cat >"$dir/drover.yaml" <<-SETTINGS
	version: 1
	endpoints:
	  eds-aic: $cloud
	  appstream-center: $cloud
	  bssopenapi: $cloud
	  sts: $cloud
	poll:
	  fast: 500ms
	  slow: 1s
	  sweep: 2s
	  orders: 1s
	  twice_apart: 500ms
	  settle: 200ms
	...
	SETTINGS
}

start_daemon() {
	mkdir -m 700 "$dir/state"
	ALIBABA_CLOUD_ACCESS_KEY_ID=test-access-key-id \
	ALIBABA_CLOUD_ACCESS_KEY_SECRET=test-access-key-secret \
		"$tree/daemon/droverd" --fleet "$fleet" --config "$dir/drover.yaml" \
		--state-dir "$dir/state" --log text >"$dir/droverd.log" 2>&1 &
	daemon_pid=$!
	wait_for 20 "droverd's socket" test -S "$dir/state/drover.sock"
}

drover() {
	"$tree/daemon/drover" "$@"
}

ask() {
	command=$1
	shift
	drover "$command" "$@" --state-dir "$dir/state"
}

# The ids of the unpaid orders that drover knows of, one a line.
unpaid() {
	ask orders --json >"$dir/orders.json" 2>/dev/null || return 1
	tr '{' '\n' <"$dir/orders.json" |
		sed -n '/"status":"[Uu]npaid"/s/.*"id":"\([0-9]*\)".*/\1/p'
}

an_order_waits() {
	[ -n "$(unpaid)" ]
}

# Every group's condition is Converged: as many conditions as groups, all the same.
all_converged() {
	ask status --json >"$dir/status.json" 2>/dev/null || return 1
	conditions=$(tr ',{' '\n\n' <"$dir/status.json" | sed -n 's/^"condition":"\([A-Za-z]*\)".*/\1/p')
	[ "$(echo "$conditions" | sort -u)" = Converged ] &&
		[ "$(echo "$conditions" | wc -l)" -eq "$(grep -c '^  - name:' "$fleet")" ]
}

fleet=$root/conf/examples/fleet.yaml
dir=$(mktemp -d "${TMPDIR:-/tmp}/drover-demo.XXXXXX")
# A daemon or a shell of the real thing may be about; the demo is none of its business.
unset RUNTIME_DIRECTORY STATE_DIRECTORY CREDENTIALS_DIRECTORY NOTIFY_SOCKET WATCHDOG_USEC

say "Building (into $tree)"
build

say "A cloud on loopback, $scale times as fast as a real one"
start_cloud
echo "drover-sim listens on $cloud"

say "What is wanted: conf/examples/fleet.yaml"
grep -v '^#' "$fleet"

say "\$ drover check"
drover check "$fleet"

say "\$ drover plan (what would be done to an empty account; nothing is asked of it yet)"
drover plan "$fleet" 2>&1

say "droverd starts and closes the difference"
write_settings
start_daemon
wait_for 60 "an order waiting for a person" an_order_waits

say "The pre-paid group makes an order, and orders are paid by people. The log says so:"
wait_for 20 "the warning about the order" grep -q 'order_id=' "$dir/droverd.log"
grep 'order_id=' "$dir/droverd.log" | grep -i 'paid by a person' | head -n 1

say "\$ drover status"
ask status

say "\$ drover orders"
ask orders

for order in $(unpaid); do
	say "Paying order $order: this one request stands for a person in the console"
	curl -sS -f -X POST "$cloud/_sim/orders/$order/pay" >/dev/null || die "the order cannot be paid"
done

say "Waiting until everything runs"
wait_for "$patience" "the fleet standing" all_converged

say "\$ drover status"
ask status
say "\$ drover orders"
ask orders

say "Every group stands. What was shown is ended and removed now."
cat <<EOT

With the real cloud, as root:
 1. Install:  cmake --install build/demo && systemd-sysusers && systemd-tmpfiles --create
              && systemctl daemon-reload     (droverd, drover, drover-sim, the unit)
 2. Say what you want in /etc/drover/fleet.yaml (start from conf/fleet.yaml); drover check
    tells every mistake at once.
 3. Put the key of a RAM user into /etc/drover/credentials, owner root, mode 0600; the unit
    hands it to droverd:
      [default]
      type = access_key
      access_key_id = ...
      access_key_secret = ...
    Better a role whose keys end by themselves: type = ram_role_arn with role_arn, or the
    role of the machine; droverd(8), CREDENTIALS.
 4. Begin with two lines in /etc/drover/drover.yaml, "version: 1" and "mode: observe": droverd
    looks and reports, and changes nothing.
      systemctl start droverd; drover whoami; drover status; drover plan
 5. When the plan is what you mean: "mode: act", systemctl restart droverd, and
    systemctl enable droverd.
EOT
