#!/usr/bin/env python3
"""kill -9 at every point in the life of a buying call: nothing is bought twice.

Each run is a simulator, a droverd that dies at the chosen passage of a point (crashd), in
half of the runs another that dies while it recovers, and one that ends the work. The whole
run follows from the seed: test_crashes.py --seed N [--runs N].
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Daemon, Sim, fast_config, fleet, phones  # noqa: E402

POINTS = ("recorded", "before-send", "after-send", "reply", "settled")
CREATE, UPGRADE = "CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"
KILLED = -9
OPTIONS = argparse.Namespace(seed=1, runs=50)
POLL = {"fast": "10ms", "slow": "20ms", "sweep": "20ms", "orders": "20ms", "twice_apart": "10ms"}
# A growth has no token, so one that never left is believed lost only after the window.
SHORT_WINDOW = {**POLL, "fast": "5ms", "replay_window": "150ms"}


def ledger_tokens(state_dir):
    """The ClientTokens on disk, read from a copy so that the ledger stays as the crash left it."""
    copy = tempfile.mkdtemp(prefix="ledger-")
    try:
        for name in ("ledger.db", "ledger.db-wal"):
            path = os.path.join(state_dir, name)
            if os.path.exists(path):
                shutil.copy(path, copy)
        database = sqlite3.connect(os.path.join(copy, "ledger.db"))
        rows = database.execute("SELECT token FROM intents WHERE token <> ''").fetchall()
        database.close()
        return {token for (token,) in rows}
    finally:
        shutil.rmtree(copy)


def equal(found, wanted, what):
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


class Creates:
    """Five post-paid instances in three cloud groups."""
    passages = {"recorded": 2}
    most, exit_code, poll = 3, 0, POLL

    def begin(self, sim):
        return Daemon(sim, fleet(phones(5, instances_per_group=2)),
                      config=fast_config(sim, poll=self.poll), once=True, program=("crashd",),
                      args=("--timeout", "30s"), hold=True)

    def check(self, sim):
        groups = sim.state()["groups"]
        equal(sorted(len(g["instances"]) for g in groups), [1, 2, 2], "cloud groups")
        equal(sim.standing(), 5, "running")
        creates = sim.changes(action=CREATE)
        equal(len({c["params"]["ClientToken"] for c in creates}), 3, "tokens")
        equal(sum(c["effect"] for c in creates), 3, "creates that had an effect")


class Order(Creates):
    """Three pre-paid instances: one order, to be paid by a person."""
    passages, most, exit_code = {}, 1, 3

    def begin(self, sim):
        return Daemon(sim, fleet(phones(3, charge="PrePaid")),
                      config=fast_config(sim, poll=self.poll), once=True, program=("crashd",),
                      args=("--timeout", "30s"), hold=True)

    def check(self, sim):
        state = sim.state()
        equal([(o["status"], o["count"]) for o in state["orders"]], [("Unpaid", 3)], "orders")
        tokens = {c["params"]["ClientToken"] for c in sim.changes(action=CREATE)}
        equal(len(tokens), 1, "tokens")


class Growth(Creates):
    """Two instances become five by a call that has no token."""
    passages, most, poll = {}, 1, SHORT_WINDOW

    def begin(self, sim):
        daemon = Daemon(sim, fleet(phones(2)), config=fast_config(sim, poll=self.poll), once=True,
                        args=("--timeout", "30s"), program=("crashd",))
        equal(daemon.wait(), 0, "the fleet before the growth")
        daemon.write_fleet(fleet(phones(5)))
        return daemon

    def check(self, sim):
        groups = sim.state()["groups"]
        equal([len(g["instances"]) for g in groups], [5], "cloud groups")
        equal(sim.standing(), 5, "running")
        equal(sum(c["effect"] for c in sim.changes(action=UPGRADE)), 1, "growths")


SCENARIOS = (Creates(), Order(), Growth())


def life(daemon, crash):
    """One start of the daemon, with or without a crash ahead; its exit status."""
    daemon.env.pop("DROVER_CRASH", None)
    if crash:
        daemon.env["DROVER_CRASH"] = crash
    daemon.start()
    return daemon.wait(60)


def crash_and_recover(daemon, scenario, point, chance):
    first = f"{point}:{chance.randint(1, scenario.passages.get(point, scenario.most))}"
    equal(life(daemon, first), KILLED, f"the end at {first}")
    tokens = ledger_tokens(daemon.state_dir)
    if chance.random() < 0.5:
        again = f"{chance.choice(POINTS)}:1"
        status = life(daemon, again)
        assert status in (KILLED, scenario.exit_code), f"nested {again}: {status}"
        tokens |= ledger_tokens(daemon.state_dir)
    equal(life(daemon, None), scenario.exit_code, "the last exit status")
    assert "Sanitizer" not in daemon.log(), "a sanitizer complained"
    return tokens


def run(point, index):
    """None, or what went wrong."""
    chance = random.Random(f"{OPTIONS.seed} {point} {index}")
    scenario = SCENARIOS[index % len(SCENARIOS)]
    with Sim(seed=chance.randint(1, 1 << 30), time_scale=10000) as sim:
        daemon = None
        try:
            daemon = scenario.begin(sim)
            tokens = crash_and_recover(daemon, scenario, point, chance)
            scenario.check(sim)
            sent = {c["params"].get("ClientToken") for c in sim.changes()}
            assert tokens <= sent, f"tokens that were recorded and replaced: {tokens - sent}"
            return None
        except AssertionError as wrong:
            log = daemon.log() if daemon else ""
            return (f"--seed {OPTIONS.seed}, {point}, run {index}, "
                    f"{type(scenario).__name__}: {wrong}\n{log[-6000:]}")
        finally:
            if daemon:
                daemon.stop()
                shutil.rmtree(daemon.own_dir, ignore_errors=True)


class Crashes(unittest.TestCase):
    def crash_at(self, point):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = pool.map(lambda index: run(point, index), range(OPTIONS.runs))
            wrong = [result for result in results if result]
        self.assertEqual(len(wrong), 0, f"{len(wrong)} of {OPTIONS.runs} runs; the first:\n"
                         + (wrong[0] if wrong else ""))

    def test_killed_after_the_intent_was_recorded(self):
        self.crash_at("recorded")

    def test_killed_before_the_call_left(self):
        self.crash_at("before-send")

    def test_killed_after_the_call_left(self):
        self.crash_at("after-send")

    def test_killed_when_the_reply_had_come(self):
        self.crash_at("reply")

    def test_killed_when_the_reply_was_recorded(self):
        self.crash_at("settled")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=50)
    OPTIONS, rest = parser.parse_known_args()
    print(f"seed={OPTIONS.seed}", flush=True)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
