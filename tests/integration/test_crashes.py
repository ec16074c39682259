#!/usr/bin/env python3
"""kill -9 at every point in the life of a buying call: nothing is bought twice, no order lost.

Each run is a simulator and a fleet with one thing left to buy. A droverd that fails (crashd)
buys it and is killed, aborted or stopped at a point; in most runs others fail in the same
way while they recover; the last one runs beside a person who knows the truth: who answers
what waits for an answer and pays the orders that drover names. Judged is the simulator's
own history, the ledger, and every byte that a secret could have got into.

  test_crashes.py [--seed N] [--runs N] [--run I]   --run: that one run of the series alone
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import canary  # noqa: E402
from drover_test import (CANARY, KEY_ID, Daemon, Sim, all_bytes, bought,  # noqa: E402
                         fast_config, fleet, phones, read_paths, streaming, wait_until)

# The names are crashd's; these are met while calls are taken up again.
RECOVERY = ("compaction", "loaded", "restored", "unclear")
# "unclear" is met only by a call that was cut off by an earlier failure.
CUT_OFF = ("before-send", "connected", "half-sent", "after-send", "reply")
ENDS = {"kill": -signal.SIGKILL, "abort": -signal.SIGABRT}
CONVERGED, TIMED_OUT, PERSON = 0, 1, 3
WAITS_A_DAY = "answers were lost had no effect"
WORKERS = 6
WINDOW_S = 0.6     # poll.replay_window where it is to pass
PAST_WINDOW_S = 0.9
LONG_WINDOW = "1m"
ONCE, PATIENCE_S = "20s", 45
OLD_DAYS = 500     # what is older than 400 days is dropped
POLL = {"fast": "10ms", "slow": "20ms", "sweep": "20ms", "orders": "20ms", "twice_apart": "10ms",
        "settle": "10ms"}


class Wrong(Exception):
    """Something that a crash must not lead to; the kind is what the summary counts."""

    def __init__(self, kind, text):
        super().__init__(f"{kind}: {text}")
        self.kind = kind


KINDS = ("dup", "lost", "unrecovered", "other")


@dataclasses.dataclass(frozen=True)
class Scenario:
    """What there is before, what is wanted then, and what may be bought for it."""
    name: str
    group: str
    action: str
    then: str              # fleet.yaml
    standing: int          # instances in the end
    effects: int           # calls that change the cloud
    first: str = ""        # a fleet.yaml that stands when the run begins
    token: bool = False    # the same call may be sent again


def stream(count, charge="PostPaid"):
    return fleet(streaming(count, charge=charge))


SCENARIOS = (
    Scenario("phones", "phones", "CreateAndroidInstanceGroup", token=True,
             then=fleet(phones(5, instances_per_group=2)), standing=5, effects=3),
    Scenario("paid-phones", "phones", "CreateAndroidInstanceGroup", token=True,
             then=fleet(phones(3, charge="PrePaid")), standing=3, effects=1),
    Scenario("more-phones", "phones", "UpgradeAndroidInstanceGroup",
             first=fleet(phones(2)), then=fleet(phones(5)), standing=5, effects=1),
    Scenario("nodes", "streams", "CreateAppInstanceGroup",
             then=stream(2), standing=2, effects=1),
    Scenario("paid-nodes", "streams", "CreateAppInstanceGroup",
             then=stream(2, "PrePaid"), standing=2, effects=1),
    Scenario("more-nodes", "streams", "ModifyNodePoolAttribute",
             first=stream(1), then=stream(3), standing=3, effects=1),
    Scenario("more-paid-nodes", "streams", "ModifyNodePoolAmount",
             first=stream(1, "PrePaid"), then=stream(3, "PrePaid"), standing=3, effects=1),
    Scenario("purchases", "bastions", "CreateInstance", token=True,
             then=fleet(bought(2)), standing=2, effects=2),
)


# --- the ledger, as a crash left it

def ledger_rows(state_dir, sql):
    """Read from a copy, so that the ledger stays as it is; [] before it has its name."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as copy:
        for name in ("ledger.db", "ledger.db-wal"):
            path = os.path.join(state_dir, name)
            if os.path.exists(path):
                shutil.copy(path, copy)
        path = os.path.join(copy, "ledger.db")
        if not os.path.exists(path):
            return []
        database = sqlite3.connect(path)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()


def age_history(state_dir):
    """Some of the history becomes old enough to be dropped at the next start."""
    path = os.path.join(state_dir, "ledger.db")
    if not os.path.exists(path):
        return
    database = sqlite3.connect(path)
    now = int(time.time() * 1000)
    with database:
        database.execute("INSERT INTO events (wall_ms, group_name, event, detail) "
                         "VALUES (?, '', 'old', '')", (now - OLD_DAYS * 86400000,))
        database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('heard_wall_ms', ?)",
                         (str(now),))
    database.close()


# --- one run

class Run:
    def __init__(self, seed, number, scenario, point, way):
        self.chance = random.Random(f"{seed} {number}")
        self.seed, self.number = seed, number
        self.scenario, self.point, self.way = scenario, point, way
        self.done = collections.Counter()      # ways to fail, and answers of the person
        self.met = set()                       # points at which a droverd failed
        self.tokens = set()
        self.late = way == "stop" or not scenario.token or self.chance.random() < 0.3
        self.sim = self.daemon = self.seen = None
        self.edits = self.absent = 0

    # --- setting up

    def settings(self, role):
        keys = os.path.join(self.keys, "credentials")
        with open(keys, "w", encoding="utf-8") as file:
            os.chmod(keys, 0o600)
            file.write(f"[default]\ntype = access_key\naccess_key_id = {KEY_ID}\n"
                       f"access_key_secret = {CANARY}\n")
        role = ', role_arn: "acs:ram::1234567890123456:role/fleet-role"' if role else ""
        window = f"{int(WINDOW_S * 1000)}ms" if self.late else LONG_WINDOW
        return fast_config(self.sim, poll={**POLL, "replay_window": window},
                           extra=f"credentials: {{file: {keys}{role}}}\nlog: {{level: debug}}\n")

    def begin(self):
        s = self.scenario
        self.sim = Sim(seed=self.chance.randint(1, 1 << 30), time_scale=1000,
                       args=("--access-key-secret", CANARY))
        self.sim.sts(mark=CANARY, ttl_ms=10**10)  # cloud time, too
        self.keys = tempfile.mkdtemp(prefix="keys-")
        self.daemon = Daemon(self.sim, s.first or s.then, hold=True, program=("crashd",),
                             config=self.settings(role=self.number % 4 == 0))
        for name in [n for n in self.daemon.env if n.startswith("ALIBABA")]:
            del self.daemon.env[name]
        self.options = list(self.daemon.args)
        if s.first:
            if self.life() == PERSON:
                self.pay("SELECT id FROM orders")
                self.expect(self.life(), (CONVERGED,), "the fleet before")
            self.daemon.write_fleet(s.then)
        self.since = self.sim.last_seq()

    def unpaid(self):
        return {o["id"] for o in self.sim.state()["orders"] if o["status"] == "Unpaid"}

    def pay(self, which):
        for (order,) in ledger_rows(self.daemon.state_dir, which):
            if order in self.unpaid():
                self.sim.pay(order)

    def end(self):
        if self.daemon:
            self.daemon.stop()
            shutil.rmtree(self.daemon.own_dir, ignore_errors=True)
            shutil.rmtree(self.keys, ignore_errors=True)
        if self.sim:
            self.sim.stop()

    # --- lives

    def expect(self, status, wanted, what):
        if status not in wanted:
            raise Wrong("unrecovered", f"{what} ended with {status}")

    def life(self, point=None, passage=1, way="kill"):
        """One droverd --once, with or without a failure ahead; its exit status."""
        for name in ("DROVER_CRASH", "DROVER_PASSES"):
            self.daemon.env.pop(name, None)
        if point == "count":
            self.daemon.env["DROVER_PASSES"] = passage
        elif point:
            self.daemon.env["DROVER_CRASH"] = f"{point}:{passage}:{way}"
        self.daemon.args = [*self.options, "--once", "--timeout", ONCE]
        self.daemon.start()
        stopped = way == "stop" and self.wait_until_stopped()
        if stopped:
            time.sleep(PAST_WINDOW_S)
            self.daemon.process.send_signal(signal.SIGCONT)
            self.done["stop"] += 1
            self.met.add(point)
        status = self.wait()
        if status == ENDS.get(way):
            self.done[way] += 1
            self.met.add(point)
        elif status != TIMED_OUT or not self.edit():
            self.expect(status, (CONVERGED, PERSON), f"a life that was to meet {point}")
        self.look_for_secrets(all_bytes(self.daemon.state_dir), "the ledger")
        return status

    def process_state(self):
        with open(f"/proc/{self.daemon.process.pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def wait_until_stopped(self):
        return wait_until(lambda: self.process_state() if self.process_state() in "TZ" else None,
                          PATIENCE_S, every=0.01, what="a stop") == "T"

    def wait(self):
        """Its exit status; a core file would hold the keys."""
        pid = self.daemon.process.pid

        def ended():
            return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        found = wait_until(ended, PATIENCE_S + 15, every=0.01, what="the end of a life")
        status = self.daemon.wait()
        if found.si_code == os.CLD_DUMPED:
            raise Wrong("other", "a core was written")
        return status

    def fail(self):
        """The failure, and those of the lives that recover from it."""
        chance, counts = self.chance, counts_of(self.scenario)
        plan = [chance.choice(CUT_OFF)] if self.point == "unclear" else []
        plan += [self.point] + [chance.choice((*RECOVERY, *counts))
                                for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        if self.point == "compaction":
            age_history(self.daemon.state_dir)
        for depth, at in enumerate(plan):
            most = min(counts[at], 4) if depth == 0 else 1
            way = self.way if at == self.point else chance.choice(("kill", "kill", "kill", "abort"))
            self.life(at, chance.choice((1, chance.randint(1, most))), way)
            self.judge_record()
            if self.late and chance.random() < 0.5:
                time.sleep(PAST_WINDOW_S)  # the machine was off for longer than the window
            if chance.random() < 0.5:
                self.pay("SELECT id FROM orders WHERE status = 'unpaid' AND announced_wall_ms > 0")

    # --- the person

    def ask(self, path):
        """None while there is no answer."""
        try:
            status, body = self.daemon.get(path)
        except OSError:
            return None
        return json.loads(body) if status == 200 else None

    def live(self):
        """The cloud's groups and instances that are there."""
        gone = ("DELETED", "DELETING", "RELEASED")
        return [(g, [i for i in g["instances"] if i["status"] not in gone])
                for g in self.sim.state()["groups"] if g["status"] not in gone]

    def truth_about(self, intent):
        """What an unclear call made: ids and orders that may be it, the likeliest first."""
        known = {o["id"] for o in (self.ask("/v1/orders") or {"orders": []})["orders"]
                 if o["group"]}
        made = []
        if intent["verb"] == "create":
            made = [g["id"] for g, _ in self.live()
                    if g["kind"] == "purchase" or g["name"] == intent["name"]]
        return made + [o["id"] for o in self.sim.state()["orders"]
                       if o["action"] == intent["operation"] and o["status"] != "Cancelled"
                       and o["id"] not in known]

    def decide(self, intent):
        """drover refuses what came of another call: the first that it takes is the one."""
        for made in self.truth_about(intent):
            if self.daemon.cli("intents", "adopt", str(intent["id"]), made).returncode == 0:
                self.done["adopted"] += 1
                return
        if self.daemon.cli("intents", "abandon", str(intent["id"])).returncode == 0:
            self.done["abandoned"] += 1

    def edit(self):
        """After two creates by name without effect a group waits for a day, or for an edit."""
        absent = len(self.daemon.told("unclear_absent"))
        if absent < self.absent + 2:
            return False
        self.absent = absent
        self.edits += 1
        self.daemon.write_fleet(self.scenario.then.replace(
            "session_timeout: 15", f"session_timeout: {15 + self.edits}"))
        return True

    def work(self):
        """One round of the person's; True when all is done."""
        status = self.ask("/v1/status")
        group = next((g for g in status["groups"] if g["name"] == self.scenario.group), None) \
            if status else None
        if not group:
            return False
        self.seen = (group["condition"], group["reason"], group["running"])
        for intent in (self.ask("/v1/intents") or {"intents": []})["intents"]:
            if intent["state"] == "held":
                self.decide(intent)
        for order in (self.ask("/v1/orders") or {"orders": []})["orders"]:
            if order["status"] == "unpaid" and order["id"] in self.unpaid():
                self.sim.pay(order["id"])
        if WAITS_A_DAY in group["reason"]:
            self.edit()
        return group["condition"] == "Converged" and group["running"] == self.scenario.standing

    def recover(self):
        """The last life: with its socket, and with a person."""
        self.daemon.env.pop("DROVER_CRASH", None)
        self.daemon.args = list(self.options)
        self.daemon.start()
        wait_until(lambda: self.ask("/v1/status"), PATIENCE_S, what="the socket")
        self.daemon.reload()  # a start after three crashes waits for up to 10 s
        try:
            wait_until(self.work, PATIENCE_S, every=0.03, what="the fleet")
        except AssertionError as slow:
            self.judge_twice()  # which may be the reason
            raise Wrong("unrecovered", f"{slow}: {self.seen}") from slow
        self.look_around()
        if self.daemon.stop() != 0:
            raise Wrong("other", f"the end was {self.daemon.process.returncode}")

    # --- judging

    @staticmethod
    def look_for_secrets(data, where):
        try:
            canary.scan(data, where)
        except canary.Leak as leak:
            raise Wrong("other", str(leak)) from leak

    def look_around(self):
        for path in read_paths(self.scenario.group):
            status, body = self.daemon.get(path)
            if status != 200 or not body:
                raise Wrong("other", f"{path}: {status}")
            self.look_for_secrets(body, path)
        pid = self.daemon.process.pid
        try:
            canary.scan_process(pid)
        except canary.Leak as leak:
            raise Wrong("other", str(leak)) from leak

    def judge_record(self):
        """What has left was recorded as sent before, once for each call."""
        rows = ledger_rows(self.daemon.state_dir, "SELECT token, sends FROM intents "
                           f"WHERE operation = '{self.scenario.action}'")
        left = len(self.sim.changes(action=self.scenario.action))
        if left > sum(sends for _, sends in rows):
            raise Wrong("other", f"{left} calls left, recorded are {rows}")
        self.tokens |= {token for token, _ in rows if token}

    def effects(self):
        """(changing calls, how many of them had an effect, instances that stand)"""
        calls = self.sim.changes(self.since, self.scenario.action)
        return (calls, sum(c["effect"] for c in calls),
                sum(len(instances) for _, instances in self.live()))

    def judge_twice(self):
        calls, effects, live = self.effects()
        used = collections.Counter(c["params"]["ClientToken"] for c in calls
                                   if c["effect"] and "ClientToken" in c["params"])
        twice = [token for token, n in used.items() if n > 1]
        if twice:
            raise Wrong("dup", f"tokens with two effects: {twice}")
        if effects > self.scenario.effects or live > self.scenario.standing:
            raise Wrong("dup", f"{effects} calls had an effect, {live} instances stand")

    def judge_effects(self):
        self.judge_twice()
        calls, effects, live = self.effects()
        if effects < self.scenario.effects or live < self.scenario.standing:
            raise Wrong("lost", f"{effects} calls had an effect, {live} instances stand")
        sent = {c["params"].get("ClientToken") for c in calls}
        if not self.late and not self.tokens <= sent:
            raise Wrong("other", f"recorded tokens were replaced: {self.tokens - sent}")

    def judge_orders(self):
        """Each order is in the ledger, or named to a person; or it is settled and what it
        brought is in the ledger."""
        state = self.daemon.state_dir
        known = {i for (i,) in ledger_rows(state, "SELECT id FROM orders")}
        named = " ".join(m for (m,) in ledger_rows(state, "SELECT message FROM intents"))
        held = {i for row in ledger_rows(state, "SELECT id, cloud_group FROM resources") for i in row}
        told = {e["order_id"] for name in ("order_needs_payment", "order_still_unpaid",
                                           "orders_foreign") for e in self.daemon.told(name)}
        for order in self.sim.state()["orders"]:
            if order["status"] == "Unpaid":
                raise Wrong("lost", f"nobody was asked to pay {order}")
            brought = order["resources"] and set(order["resources"]) <= held
            if order["id"] not in known and order["id"] not in named and not brought:
                raise Wrong("lost", f"{order} is nowhere")
            if self.asks_for_payment(order) and order["id"] not in told:
                raise Wrong("lost", f"{order} was paid and never announced")

    def asks_for_payment(self, order):
        return "PrePaid" in self.scenario.then and order["action"] != "CreateInstance"

    def judge(self):
        self.judge_effects()
        self.judge_orders()
        log = self.daemon.log()
        if "Sanitizer" in log or "runtime error" in log:
            raise Wrong("other", "a sanitizer complained")
        self.look_for_secrets(log.encode(), "the log")
        if ledger_rows(self.daemon.state_dir, "SELECT 1 FROM events WHERE event = 'old'"):
            raise Wrong("other", "old history was kept")

    def go(self):
        """None, or (kind, what went wrong)."""
        try:
            self.begin()
            self.fail()
            self.recover()
            self.judge()
            return None
        except (AssertionError, Wrong) as wrong:
            log = self.daemon.log() if self.daemon else ""
            calls = [(c["seq"], c["action"], c["http"], c["code"], c["effect"])
                     for c in self.sim.changes()] if self.sim else []
            return (getattr(wrong, "kind", "other"),
                    f"--seed {self.seed} --run {self.number} ({self.scenario.name}, {self.point}, "
                    f"{self.way}): {wrong}\n{calls}\n{log[-9000:]}")
        finally:
            self.end()

    def count(self):
        """How often each point is passed when nothing fails."""
        try:
            self.begin()
            file = os.path.join(self.keys, "passes")
            self.life("count", file)
            with open(file, encoding="utf-8") as passes:
                return collections.Counter(passes.read().split())
        except Wrong as wrong:
            raise AssertionError(f"{self.scenario.name}: {wrong}\n{self.daemon.log()}") from wrong
        finally:
            self.end()


# --- the series

COUNTS = {}


def counts_of(scenario):
    return COUNTS[scenario.name]


def count_all(seed):
    runs = [Run(seed, -1 - k, s, "count", "kill") for k, s in enumerate(SCENARIOS)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        COUNTS.update(zip([s.name for s in SCENARIOS], pool.map(Run.count, runs)))


def series(seed, n):
    """The points in turn; of each, the scenarios in which it is passed in turn."""
    chance = random.Random(seed)
    places = {point: [s for s in SCENARIOS if counts_of(s)[point] or point == "unclear"]
              for point in sorted(set().union(*COUNTS.values()) | {"unclear"})}
    for scenarios in places.values():
        chance.shuffle(scenarios)
    points = list(places)
    for number in range(n):
        point = points[number % len(points)]
        scenario = places[point][number // len(points) % len(places[point])]
        way = "kill" if number % 5 or point == "unclear" else "stop" if number % 10 else "abort"
        yield Run(seed, number, scenario, point, way)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    full = bool(os.environ.get("DROVER_FULL"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=2000 if full else 100)
    parser.add_argument("--run", type=int)
    args = parser.parse_args()
    print(f"seed={args.seed}", flush=True)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))  # a core that is not prevented is one
    count_all(args.seed)
    runs = [r for r in series(args.seed, args.runs) if args.run in (None, r.number)]
    done, met, wrong = collections.Counter(), set(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for run, result in zip(runs, pool.map(Run.go, runs)):
            done += run.done
            met |= run.met
            if result:
                wrong[result[0]] += 1
                print(f"not ok run {run.number}: {result[1]}", flush=True)
    missed = {r.point for r in runs} - met
    print(f"{'not ok' if missed else 'ok'} each of {len(met)} points was met"
          + (f", but not {', '.join(sorted(missed))}" if missed else ""))
    print(f"{'not ok' if wrong else 'ok'} {len(runs)} runs of {len(SCENARIOS)} scenarios: "
          f"stops={done['stop']} aborts={done['abort']} adopted={done['adopted']} "
          f"abandoned={done['abandoned']} other={wrong['other']}")
    print(f"kills={done['kill'] + done['abort']} "
          + " ".join(f"{kind}={wrong[kind]}" for kind in KINDS[:3]))
    return 1 if wrong or missed else 0


if __name__ == "__main__":
    sys.exit(main())
