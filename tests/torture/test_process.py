#!/usr/bin/env python3
"""test_process.py [--seed N] [--points N] [--libraries] [--class C --mode M --at N --variant V]: the
rooms that the virtual clock leaves out (net, control, report) in the real droverd, on real sockets:
their memory and their calls to the system, libcurl, libuv and libmicrohttpd fail, one at a time.
--libraries: instead of it memory that these libraries ask for, N times by chance.

A run without faults tells every call and who called; each point is then a daemon of its own. With
DROVER_FULL=1 every chain of callers, else some, by chance (and FULL_TIMES the points of libraries). One line of sums; a point that goes wrong
prints the command that repeats it.
"""
import argparse
import collections
import http.client
import os
import random
import re
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import (BUILD_DIR, Daemon, Sim, UnixConnection, fast_config, fleet,  # noqa: E402
                         phones, read_paths, wait_until)

FULL = os.environ.get("DROVER_FULL", "0") not in ("", "0")
FULL_TIMES = 40
VARIANTS = {"alloc": (0,), "io": (0, 1)}
LIBRARIES = ("curl", "uv", "microhttpd")
WANTED = 2
STAYS_S = 3  # how long a fault that stays is borne
ended_by_library = []  # lives
ENDED_BY_LIBRARY = -1000


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


def has_died_of(library, code, log):
    """What only the library itself can help, and systemd starts the daemon again: libuv ends the process
    where it has no memory for its table of descriptors, libcurl 7.88 divides by zero where it has none
    for a table of its own."""
    if library == "uv":
        return code == -signal.SIGABRT and "Sanitizer" not in log
    return library == "curl" and re.search(r"SUMMARY: AddressSanitizer: FPE .*libcurl", log) is not None


def end(daemon, library):
    """SIGTERM; its exit code, which no signal and no sanitizer may have made; ENDED_BY_LIBRARY where
    @library did it."""
    code = daemon.stop()
    log = daemon.log()
    if has_died_of(library, code, log):
        ended_by_library.append(code)
        return ENDED_BY_LIBRARY
    if "Sanitizer" in log or "runtime error" in log:
        raise Wrong("sanitizer\n" + log[-4000:])
    if code == -signal.SIGTERM and not daemon.told("daemon_ready"):
        return 0  # it did not listen yet
    if code not in (0, 1):
        raise Wrong(f"crash: ended with {code}\n{log[-2000:]}")
    return code


def live(sim, state_dir, comes_right, library=None, **env):
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
        code = end(daemon, library)
        if early and code != ENDED_BY_LIBRARY and (code != 1 or daemon.told("daemon_ready")):
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


def run(fault):
    """None or what went wrong, and by (class, site) the numbers of the calls of the first life."""
    with tempfile.NamedTemporaryFile() as calls:
        env = {"DROVER_FAULT_CALLS": calls.name}
        if fault:
            env["DROVER_FAULT"] = " ".join(map(str, fault))
        return run_lives(fault, env), calls_of(calls.name)


def run_lives(fault, env):
    """None, or what went wrong."""
    with Sim(time_scale=1000) as sim, tempfile.TemporaryDirectory() as state:
        os.chmod(state, 0o700)
        try:
            live(sim, state, comes_right=not fault or fault[1] == "once",
                 library=fault[0] if fault else None, **env)
            judge(sim)
            live(sim, state, comes_right=True)
            judge(sim)
            if sim.standing() != WANTED:
                raise Wrong(f"stuck: {sim.standing()} stand after recovery")
        except Wrong as wrong:
            return str(wrong)
    return None


def calls_of(calls):
    """By (class, site) the numbers of all calls that came from there."""
    numbers, seen = collections.Counter(), collections.defaultdict(list)
    with open(calls, encoding="ascii") as file:
        for line in file:
            name, site = line.split()
            numbers[name] += 1
            seen[name, site].append(numbers[name])
    return seen


def faults_by_chain(seen, points):
    """The first call of each chain of callers, once and from then on."""
    firsts = [(name, numbers[0]) for (name, _), numbers in seen.items() if name in VARIANTS]
    calls = {name: sum(len(n) for (c, _), n in seen.items() if c == name) for name in VARIANTS}
    print(f"alloc: {calls['alloc']} calls, io: {calls['io']} calls, by {len(firsts)} chains", flush=True)
    faults = [(name, mode, number, variant) for name, number in firsts
              for mode in ("once", "sticky") for variant in VARIANTS[name]]
    return faults if FULL else random.sample(faults, min(points, len(faults)))


def faults_by_library(seen, points):
    """As many of each library; what one of them has too few calls for falls to the others."""
    libraries = sorted((len(numbers), name) for (name, _), numbers in seen.items() if name in LIBRARIES)
    left, faults = points * (FULL_TIMES if FULL else 1), []
    for done, (calls, name) in enumerate(libraries):
        share = min(calls, -(-left // (len(libraries) - done)))
        print(f"{name}: {calls} calls, {share} of them fail", flush=True)
        faults += [(name, "once", number, 0) for number in random.sample(range(1, calls + 1), share)]
        left -= share
    return faults


def has_struck(fault, seen):
    """No two lives are the same: some have fewer calls."""
    return any(fault[2] in numbers for (name, _), numbers in seen.items() if name == fault[0])


def tell(fault, wrong):
    name, mode, number, variant = fault
    print(f"{name} {mode} {number}: {wrong}\n  again: python3 tests/torture/test_process.py --class {name} "
          f"--mode {mode} --at {number} --variant {variant}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    parser.add_argument("--points", type=int, default=8)
    parser.add_argument("--libraries", action="store_true")
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
        wrong, seen = run(None)
        if wrong or not seen:
            sys.exit(f"without a fault: {wrong}")
        faults = (faults_by_library if args.libraries else faults_by_chain)(seen, args.points)
    bad, failed = 0, collections.Counter()
    for fault in faults:
        wrong, seen = run(fault)
        failed[fault[1]] += has_struck(fault, seen)
        bad += wrong is not None
        if wrong is not None:
            tell(fault, wrong)
    kind = "process-libraries" if args.libraries else "process"
    print(f"torture kind={kind} points={len(faults)} "
          f"failed_once={failed['once']} failed_sticky={failed['sticky']} "
          f"ended_by_library={len(ended_by_library)} bad={bad}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
