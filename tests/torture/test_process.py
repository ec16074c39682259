#!/usr/bin/env python3
"""test_process.py [--seed N] [--points N] [--class C --mode M --at N --variant V]: the rooms that the
virtual clock leaves out (net, control, report) in the real droverd, on real sockets: their
memory and their calls to the system, libcurl, libuv and libmicrohttpd fail, one at a time.

A run without faults tells every call and who called; each point is then a daemon of its own. With
DROVER_FULL=1 every chain of callers, else some, by chance. One line of sums; a point that goes wrong
prints the command that repeats it.
"""
import argparse
import http.client
import os
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import (BUILD_DIR, Daemon, Sim, UnixConnection, fast_config, fleet,  # noqa: E402
                         phones, read_paths, wait_until)

FULL = os.environ.get("DROVER_FULL", "0") not in ("", "0")
VARIANTS = {"alloc": (0,), "io": (0, 1)}
WANTED = 2
STAYS_S = 3  # how long a fault that stays is borne


class Wrong(Exception):
    """What must not be."""


def start(sim, state_dir, **env):
    daemon = Daemon(sim, fleet(phones(WANTED)), config=fast_config(sim), state_dir=state_dir, env=env,
                    hold=True)
    daemon.program = [os.path.join(BUILD_DIR, "tests", "torture", "faultyd")]
    daemon.start()
    return daemon


def ask_everything(daemon):
    """Every answer is dropped, and so is every failure: the daemon has to outlive them."""
    for path in read_paths("phones"):
        connection = UnixConnection(os.path.join(daemon.state_dir, "drover.sock"))
        connection.timeout = 3
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


def end(daemon):
    """SIGTERM; its exit code, which no signal and no sanitizer may have made."""
    code = daemon.stop()
    log = daemon.log()
    if "Sanitizer" in log or "runtime error" in log:
        raise Wrong("sanitizer\n" + log[-4000:])
    if code == -signal.SIGTERM and not daemon.told("daemon_ready"):
        return 0  # it did not listen yet
    if code not in (0, 1):
        raise Wrong(f"crash: ended with {code}\n{log[-2000:]}")
    return code


def live(sim, state_dir, comes_right, **env):
    """A life of one daemon, which may end early with 1 only before it is READY."""
    daemon, begun = start(sim, state_dir, **env), time.monotonic()
    try:
        wait_until(lambda: daemon.process.poll() is not None or daemon.told("daemon_ready") or
                   time.monotonic() > begun + STAYS_S, what="a start")
        if comes_right:
            wait_until(lambda: daemon.process.poll() is not None or sim.standing() == WANTED,
                       timeout=40, what="the fleet standing")
        else:
            time.sleep(STAYS_S)
        early = daemon.process.poll() is not None
        if not early:
            ask_everything(daemon)
        code = end(daemon)
        if early and (code != 1 or daemon.told("daemon_ready")):
            raise Wrong(f"stuck: it ended by itself with {code}")
        return early
    except AssertionError as error:
        raise Wrong(f"stuck: {error}\n{daemon.log()[-2000:]}") from error
    finally:
        daemon.stop()


def judge(sim):
    made = [c for c in sim.changes() if c["effect"]]
    if len(made) > 1 or len(sim.instances()) > WANTED:
        raise Wrong(f"duplicate: {[c['action'] for c in made]}, {len(sim.instances())} instances")


def run(fault, calls=None):
    """None, or what went wrong."""
    env = {"DROVER_FAULT": " ".join(map(str, fault))} if fault else {}
    if calls:
        env["DROVER_FAULT_CALLS"] = calls
    with Sim(time_scale=1000) as sim, tempfile.TemporaryDirectory() as state:
        os.chmod(state, 0o700)
        try:
            live(sim, state, comes_right=not fault or fault[1] == "once", **env)
            judge(sim)
            live(sim, state, comes_right=True)
            judge(sim)
            if sim.standing() != WANTED:
                raise Wrong(f"stuck: {sim.standing()} stand after recovery")
        except Wrong as wrong:
            return str(wrong)
    return None


def points_of(calls):
    """The first call of each chain of callers: (class, number)."""
    numbers, seen = {"alloc": 0, "io": 0}, {}
    with open(calls, encoding="ascii") as file:
        for line in file:
            name, chain = line.split()
            numbers[name] += 1
            seen.setdefault((name, chain), (name, numbers[name]))
    return list(seen.values()), numbers


def tell(fault, wrong):
    name, mode, number, variant = fault
    print(f"{name} {mode} {number}: {wrong}\n  again: python3 tests/torture/test_process.py --class {name} "
          f"--mode {mode} --at {number} --variant {variant}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    parser.add_argument("--points", type=int, default=8)
    parser.add_argument("--class", dest="name")
    parser.add_argument("--mode", default="once")
    parser.add_argument("--at", type=int)
    parser.add_argument("--variant", type=int, default=0)
    args = parser.parse_args()
    print(f"seed={args.seed}", flush=True)
    random.seed(args.seed)
    if args.at:
        faults = [(args.name, args.mode, args.at, args.variant)]
    else:
        with tempfile.NamedTemporaryFile() as calls:
            wrong = run(None, calls.name)
            points, numbers = points_of(calls.name)
        if wrong or not points:
            sys.exit(f"without a fault: {wrong}")
        print(f"alloc: {numbers['alloc']} calls, io: {numbers['io']} calls, by {len(points)} chains",
              flush=True)
        faults = [(name, mode, number, variant) for name, number in points
                  for mode in ("once", "sticky") for variant in VARIANTS[name]]
        faults = faults if FULL else random.sample(faults, min(args.points, len(faults)))
    bad = 0
    for fault in faults:
        wrong = run(fault)
        bad += wrong is not None
        if wrong is not None:
            tell(fault, wrong)
    print(f"torture kind=process points={len(faults)} "
          f"failed_once={sum(f[1] == 'once' for f in faults)} "
          f"failed_sticky={sum(f[1] == 'sticky' for f in faults)} bad={bad}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
