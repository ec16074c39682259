#!/usr/bin/env python3
"""Random fleets, random misfortune, and a daemon that is killed all the time.

Each round makes a fleet, lets the cloud misbehave, edits, kills and stops the daemon, then
lets everything be well and wants the fleet to stand. What is judged is the simulator's own
history of effects, never the daemon's words.

  test_chaos.py [--seed N] [--rounds N] [--keep]

A round depends on its seed only up to timing: the same seed repeats the fleet and the
misfortunes, not the moment at which each meets the daemon. --keep leaves the daemon's log
and ledger behind after a failure.
"""
import argparse
import collections
import json
import os
import random
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Daemon, Sim, fast_config, fleet, phones  # noqa: E402

FULL = bool(os.environ.get("DROVER_FULL"))
CREATE, UPGRADE = "CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"
DOWNGRADE, DELETE = "DowngradeAndroidInstanceGroup", "DeleteAndroidInstanceGroup"
TAG = "TagResources"
LIST, LIST_GROUPS = "DescribeAndroidInstances", "DescribeAndroidInstanceGroups"
CHECKS = ("DescribeImageList", "DescribeSpec", "CheckResourceStock")
SCALE = 1000            # cloud time per real time
WINDOW_S = 2            # poll.replay_window
ABSENT_S = 1.5          # poll.absent_after: longer than any list_lag
GRACE_S = 4             # an edit or a change by hand may be this old news to the daemon
SETTLE_S = 60           # everything stands, or says why not, this long after the last fault
QUIET_S = 1.5           # and is silent for this long

ON_CHANGES = ("drop_reply", "http_500", "garbage", "truncate", "cut_before", "http_503",
              "throttle", "delay")
ON_CREATES = (*ON_CHANGES, "stock", "create_failed", "stuck")
ON_READS = ("list_lag", "token_loop", "missing_page", "empty_list", "unknown_status",
            "wrong_total", "http_500", "garbage", "truncate", "cut_before", "http_503",
            "throttle", "delay")
APPROVED = ("shrink-half", "count-zero", "cancelled-order", "vanished", "session")


class Failed(Exception):
    """An invariant does not hold."""


def numbered(params, prefix):
    """The values of Prefix.1, Prefix.2, ..."""
    return [v for k, v in params.items() if k.startswith(prefix + ".")]


def tags_of(params):
    return {params[k]: params.get(k[:-len("Key")] + "Value") for k in params
            if k.startswith("Tag.") and k.endswith(".Key")}


class History:
    """Calls and what was done by hand, in one order. What people do is written down before
    it is done, so that no call of the daemon's can be too early."""

    def __init__(self, sim):
        self.sim, self.entries, self.seq = sim, [], 0

    def drain(self):
        now = time.monotonic()
        for call in self.sim.calls(self.seq):
            self.seq = call["seq"]
            if call["changing"]:
                self.entries.append((now, "call", call))

    def note(self, what, detail):
        self.drain()
        self.entries.append((time.monotonic(), what, detail))


class Purse:
    """What one desired group has ever had, as the history tells it."""

    def __init__(self, count):
        self.desired = [(0.0, count)]
        self.bought = 0          # instances ordered and not cancelled
        self.gone = set()        # ids that left: by us, by hand
        self.by_hand = []        # (time, id)
        self.clouds = {}         # cloud group id -> instance ids, as far as ever seen

    def existing(self):
        return self.bought - len(self.gone)

    def counts_since(self, when):
        """Every desired count in force at some moment since."""
        before = [c for t, c in self.desired if t <= when][-1:]
        return before + [c for t, c in self.desired if t > when]


class Judge:
    """Goes through the history once and complains."""

    def __init__(self, history, counts, state, clouds, decoys):
        self.history, self.clouds, self.decoys = history, clouds, decoys
        self.purses = {name: Purse(count) for name, count in counts.items()}
        self.orders = {a: [o for o in state["orders"] if o["action"] == a]
                       for a in (CREATE, UPGRADE)}
        self.order_of = {}       # order id -> (purse, count)
        self.by_token, self.first_sent, self.intents = {}, {}, {}
        self.met = collections.Counter()
        self.paused = []

    def complain(self, text, call=None):
        raise Failed(text + (f"\n  {json.dumps(call)}" if call else ""))

    def judge(self):
        for when, what, detail in self.history.entries:
            if what == "call":
                self.call(when, detail)
            elif what == "edit":
                for name, count in detail.items():
                    self.purses[name].desired.append((when, count))
            elif what == "cancel" and detail in self.order_of:
                purse, count = self.order_of.pop(detail)
                purse.bought -= count
            elif what == "remove":
                name, ids = detail
                self.purses[name].gone.update(ids)
                self.purses[name].by_hand += [(when, i) for i in ids]
            elif what == "stopped":
                self.paused.append((when, detail))

    def news_since(self, when):
        """Nothing that the daemon knows at that moment is older: it may have slept."""
        slept = sum(s for t, s in self.paused if when - 20 < t <= when)
        return when - GRACE_S - slept

    def call(self, when, call):
        params, action = call["params"], call["action"]
        for name, value in params.items():
            if any(value == i for i in self.decoys):
                self.complain(f"{action} names what is not the fleet's ({name})", call)
        if "ClientToken" in params:
            self.token(when, params["ClientToken"], params, call)
        if not call["effect"]:
            return
        if action == CREATE:
            self.created(when, params, call)
        elif action == UPGRADE:
            self.grown(when, params, call)
        elif action == DOWNGRADE:
            self.removed(when, params["InstanceGroupId"],
                         numbered(params, "AndroidInstanceIds"), call)
        elif action == DELETE:
            for cloud in numbered(params, "InstanceGroupIds"):
                self.removed(when, cloud, None, call)

    def token(self, when, token, params, call):
        known = self.by_token.setdefault(token, params)
        self.first_sent.setdefault(token, when)
        if known != params:
            self.complain("a ClientToken was sent again with other parameters", call)
        intent = tags_of(params).get("drover:intent")
        if self.intents.setdefault(intent, token) != token:
            self.complain("two ClientTokens for one intent", call)

    def next_order(self, action, purse, count, call):
        order = self.orders[action][self.met[action]]
        self.met[action] += 1
        if order["count"] != count:
            self.complain(f"order {order['id']} is for {order['count']}", call)
        self.order_of[order["id"]] = (purse, count)
        return order

    def buy(self, purse, count, since, call):
        purse.bought += count
        allowed = max(purse.counts_since(self.news_since(since)))
        if purse.existing() > allowed:
            self.complain(f"{purse.existing()} instances were ordered and not removed, at most "
                          f"{allowed} were ever wanted since", call)

    def created(self, when, params, call):
        tags, token = tags_of(params), params["ClientToken"]
        purse = self.purses[tags["drover:group"]]
        count = int(params["NumberOfInstances"])
        order = self.next_order(CREATE, purse, count, call)
        for cloud in order["resources"]:
            purse.clouds[cloud] = set()
        if self.met[token]:
            self.complain("one ClientToken bought twice", call)
        self.met[token] += 1
        self.buy(purse, count, self.first_sent[token], call)

    def purse_of(self, cloud, call):
        for purse in self.purses.values():
            if cloud in purse.clouds:
                return purse
        return self.complain(f"{cloud} is not the fleet's", call)

    def grown(self, when, params, call):
        purse = self.purse_of(params["InstanceGroupId"], call)
        count = int(params["IncreaseNumberOfInstance"])
        self.next_order(UPGRADE, purse, count, call)
        if params.get("AutoPay") != "true":
            self.complain("a growth that leaves an order", call)
        self.buy(purse, count, when, call)

    def removed(self, when, cloud, ids, call):
        purse = self.purse_of(cloud, call)
        everything = self.clouds.get(cloud, {})
        others = {i for c, known in self.clouds.items() if c != cloud for i in known}
        if others & set(ids or ()):
            self.complain(f"a phone that is not in {cloud} was named", call)
        if everything and all(c == "PrePaid" for c in everything.values()):
            self.complain(f"{cloud} is paid for and was removed", call)
        since = self.news_since(when)
        purse.gone.update(everything if ids is None else ids)
        unheard = len({i for t, i in purse.by_hand if t > since})
        least = min(purse.counts_since(since))
        if purse.existing() + unheard < least:
            self.complain(f"{purse.existing()} are left, {least} were wanted", call)


class Round:
    def __init__(self, seed, keep=False):
        self.seed, self.keep = seed, keep
        self.rng = random.Random(seed)
        self.events = []
        self.began = time.monotonic()
        self.sim = Sim(seed=seed % 2**32, time_scale=SCALE, args=("--token-window", "5s"))
        self.history = History(self.sim)
        self.clouds = {}         # cloud group id -> {instance id: charge type}, ever seen
        self.owner = {}          # cloud group id -> desired group
        self.born = {}           # instance id -> when it was first seen here
        self.lost = set()        # desired groups that something was removed from by hand
        self.kills = 0
        self.settling = 0.0      # for how long it has been well
        self.groups = []
        self.daemon = None

    # --- the fleet

    def make_fleet(self):
        rng = self.rng
        for k in range(rng.randint(1, 4)):
            prepaid = rng.random() < 0.4
            size = rng.randint(3, 20)
            charge = "{type: PostPaid}"
            if prepaid:
                charge = ("{type: PrePaid, period: 1, period_unit: Month, auto_pay: "
                          f"{rng.choice(('true', 'false'))}}}")
            more = {"charge": charge, "instances_per_group": size,
                    "region": rng.choice(("cn-shanghai", "cn-hangzhou"))}
            if rng.random() < 0.5:
                more["tags"] = "{env: chaos, n: \"%d\"}" % k
            self.groups.append({"name": f"g{k}", "more": more, "prepaid": prepaid,
                                "count": rng.randint(0 if k else 1, 40)})
        self.first_counts = self.counts()

    def counts(self):
        return {g["name"]: g["count"] for g in self.groups}

    def text(self):
        def one(g):
            more = dict(g["more"])
            charge = more.pop("charge")
            text = phones(g["count"], name=g["name"], **more)
            return "".join(f"    charge: {charge}\n" if line.startswith("    charge:") else line
                           for line in text.splitlines(True))
        return fleet(*(one(g) for g in self.groups))

    def settings(self):
        poll = {"fast": f"{self.rng.randint(20, 50)}ms", "slow": "200ms", "sweep": "300ms",
                "audit": "3s", "orders": "100ms", "twice_apart": "20ms", "settle": "20ms",
                "replay_window": f"{WINDOW_S}s", "absent_after": f"{int(ABSENT_S * 1000)}ms",
                "stuck_after": "10s", "read": "3s", "write": "3s", "connect": "2s", "stop": "4s"}
        rates = {"denied_min": "50ms", "denied_max": "400ms"}
        limits = {"deletes_per_hour": 100000, "new_per_hour": 100000,
                  "instances_total": 100000}
        return fast_config(self.sim, poll=poll, rates=rates, limits=limits)

    # --- misfortune

    def say(self, text):
        self.events.append(f"{time.monotonic() - self.began:7.3f} {text}")

    def look(self):
        """Remembers which phones are in which cloud group."""
        state = self.sim.state()
        for g in state["groups"]:
            known = self.clouds.setdefault(g["id"], {})
            known.update({i["id"]: g["charge_type"] for i in g["instances"]})
            for i in g["instances"]:
                self.born.setdefault(i["id"], time.monotonic())
            if g["tags"].get("drover:fleet") == "qa":
                self.owner[g["id"]] = g["tags"].get("drover:group")
        self.history.drain()
        return state

    def some_fault(self, actions):
        rng = self.rng
        action = rng.choice(actions)
        if action in (CREATE, UPGRADE):
            name = rng.choice(ON_CREATES)
        elif action in (DOWNGRADE, TAG):
            name = rng.choice(ON_CHANGES)
        else:
            name = rng.choice(ON_READS)
        fault = {"action": action, "fault": name, "times": rng.randint(1, 4),
                 "skip": rng.choice((0, 0, 0, 1, 2))}
        if name == "list_lag":
            fault["ms"] = rng.randint(10, 600) * SCALE
            fault["times"] = rng.randint(1, 30)
        elif name == "delay":
            fault["ms"] = rng.choice((20, 100, 300, 300, 3500)) * SCALE
            fault["times"] = 1
        return fault

    def lost_and_hidden(self):
        """What a lost reply made is not listed for a while either."""
        rng = self.rng
        lag = {"fault": "list_lag", "times": 200, "ms": rng.randint(400, 1200) * SCALE}
        return [{"action": CREATE, "fault": rng.choice(ON_CHANGES[:4]), "times": 3},
                {"action": UPGRADE, "fault": rng.choice(ON_CHANGES[:4]), "times": 3},
                {"action": LIST_GROUPS, **lag}, {"action": LIST, **lag}]

    def do_faults(self, actions=(CREATE, CREATE, UPGRADE, UPGRADE, DOWNGRADE, TAG, LIST, LIST,
                                 LIST_GROUPS, LIST_GROUPS, "GetOrderDetail", "QueryOrders",
                                 "*", *CHECKS)):
        self.set_faults([self.some_fault(actions) for _ in range(self.rng.randint(1, 5))])

    def set_faults(self, faults):
        self.say("faults " + "; ".join(
            f"{f['action']} {f['fault']} x{f['times']}+{f.get('skip', 0)}"
            + (f" {f['ms'] // SCALE}ms" if "ms" in f else "") for f in faults))
        self.sim.faults(*faults)

    def do_kill(self):
        self.say("kill -9")
        self.daemon.kill()
        self.kills += 1
        if self.kills > 2:
            self.forget_kills()
        time.sleep(self.rng.choice((0, 0, 0.1, 0.6)))
        self.history.drain()
        self.daemon.start()

    def forget_kills(self):
        """Three unclean ends within a minute delay the next start by up to ten seconds."""
        with sqlite3.connect(os.path.join(self.daemon.state_dir, "ledger.db")) as ledger:
            ledger.execute("DELETE FROM meta WHERE key IN ('running', 'unclean_ends')")
        ledger.close()

    def do_stop(self):
        seconds = self.rng.choice((0.05, 0.3, 1.0))
        self.say(f"SIGSTOP for {seconds} s")
        self.daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.history.note("stopped", seconds)
        self.daemon.process.send_signal(signal.SIGCONT)

    def do_edit(self):
        group = self.rng.choice(self.groups)
        count = group["count"]
        if self.rng.random() < 0.5 and count > 1:
            group["count"] = count - self.rng.randint(1, max(1, (count - 1) // 2))
        else:
            group["count"] = min(60, count + self.rng.randint(1, 12))
        self.edit(f"{group['name']} {count} -> {group['count']}")

    def edit(self, why):
        self.say(f"edit {why}")
        self.history.note("edit", self.counts())
        self.daemon.write_fleet(self.text())

    def unpaid(self, state):
        return [o["id"] for o in state["orders"] if o["status"] == "Unpaid"]

    def do_pay(self):
        orders = self.unpaid(self.look())
        if orders:
            order = self.rng.choice(orders)
            self.say(f"pay {order}")
            self.sim.pay(order)

    def do_cancel(self):
        orders = self.unpaid(self.look())
        if orders and self.rng.random() < 0.5:
            order = self.rng.choice(orders)
            self.say(f"cancel {order}")
            self.history.drain()
            self.sim.cancel(order)
            self.history.note("cancel", order)

    def some_phone(self, age=0.0):
        """A phone of ours that runs, not younger than age."""
        oldest = time.monotonic() - age
        ours = [(g, i) for g in self.look()["groups"] for i in g["instances"]
                if g["id"] in self.owner and i["status"] == "RUNNING"
                and self.born[i["id"]] <= oldest]
        return self.rng.choice(ours) if ours else (None, None)

    def do_remove(self):
        group, phone = self.some_phone(age=1.5)
        if phone:
            self.lost.add(self.owner[group["id"]])
            self.say(f"by hand: {phone['id']} of {group['id']} is removed")
            self.history.note("remove", (self.owner[group["id"]], [phone["id"]]))
            self.sim.change(phone["id"], delete=True)

    def do_remove_group(self):
        group, _ = self.some_phone(age=1.5)
        if group and self.rng.random() < 0.4:
            self.lost.add(self.owner[group["id"]])
            self.say(f"by hand: {group['id']} is removed")
            ids = list(self.clouds[group["id"]])
            self.history.note("remove", (self.owner[group["id"]], ids))
            self.sim.change(group["id"], delete=True)

    def do_fail(self):
        group, phone = self.some_phone()
        if phone:
            status = self.rng.choice(("FAILED", "STOPPED", "UNAVAILABLE"))
            self.say(f"by hand: {phone['id']} of {group['id']} is {status}")
            self.sim.change(phone["id"], status=status)

    def do_storm(self):
        """Everything at once: calls are under way, go wrong, and nobody is there to hear."""
        if self.rng.random() < 0.5:
            self.set_faults(self.lost_and_hidden())
        else:
            self.do_faults((CREATE, UPGRADE, DOWNGRADE, LIST, LIST_GROUPS))
        for _ in range(self.rng.randint(1, 3)):
            self.do_edit()
        time.sleep(self.rng.uniform(0.02, 0.4))
        if self.rng.random() < 0.7:
            self.do_kill()

    def do_wait(self):
        time.sleep(self.rng.choice((0.02, 0.1, 0.3)))

    def chaos(self, seconds):
        turns = ((self.do_faults, 6), (self.do_storm, 6), (self.do_kill, 2),
                 (self.do_edit, 4), (self.do_pay, 2),
                 (self.do_cancel, 1), (self.do_remove, 1), (self.do_remove_group, 1),
                 (self.do_fail, 1), (self.do_stop, 1), (self.do_wait, 3))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            action, = self.rng.choices([t[0] for t in turns], [t[1] for t in turns])
            action()
            time.sleep(self.rng.choice((0.01, 0.05, 0.2)))
            self.look()
            self.check_alive()

    def check_alive(self):
        if self.daemon.process.poll() is not None:
            raise Failed(f"droverd ended by itself with {self.daemon.process.returncode}")

    # --- all is well again

    def pay_all(self, state):
        for order in self.unpaid(state):
            self.say(f"settle: pay {order}")
            self.sim.pay(order)

    def repair(self, state):
        """What fell ill is made well by hand: nothing here heals by itself."""
        for g in state["groups"]:
            if g["id"] not in self.owner:
                continue
            if g["status"] == "FAILED" or (g["status"] == "CREATING" and self.settling > 2):
                self.sim.change(g["id"], status="RUNNING")
            for i in g["instances"]:
                stuck = self.settling > 2 and i["status"] == "CREATING"
                if i["status"] in ("FAILED", "STOPPED", "UNAVAILABLE") or stuck:
                    self.sim.change(i["id"], status="RUNNING")
                if i["status"] == "DELETING" and self.settling > 2 and g["status"] != "DELETING":
                    self.sim.change(i["id"], delete=True)

    def approve(self):
        plan = self.daemon.ask("plan") or {"actions": []}
        for action in plan["actions"]:
            if action["hold"] in APPROVED:
                self.say(f"settle: approve {action['verb']} {action['count']} of "
                         f"{action['group']} ({action['hold']})")
                self.daemon.cli("approve", action["hash"])

    def answer(self, state):
        """What only a person can say about calls without a clear answer."""
        intents = (self.daemon.ask("intents") or {"intents": []})["intents"]
        for intent in intents:
            if intent["state"] != "held":
                continue
            made = [g["id"] for g in state["groups"]
                    if g["tags"].get("drover:intent") == intent["key"]]
            words = ["adopt", str(intent["id"]), made[0]] if made else ["abandon",
                                                                         str(intent["id"])]
            self.say("settle: intents " + " ".join(words))
            self.daemon.cli("intents", *words)

    def standing(self, state):
        stands = collections.Counter()
        for g in state["groups"]:
            if g["id"] in self.owner and g["status"] != "DELETING":
                stands[self.owner[g["id"]]] += sum(i["status"] == "RUNNING"
                                                   for i in g["instances"])
        return stands

    def is_lost(self, entry):
        """What a reply named and nobody ever saw is waited for, and that is said: only a
        person knows that a person removed it."""
        return (entry["name"] in self.lost and entry["condition"] == "Stuck"
                and "never been listed" in entry["reason"])

    def stands(self, state):
        stands = self.standing(state)
        status = self.daemon.status()
        if not status or self.unpaid(state):
            return False
        said = {g["name"]: g for g in status["groups"]}
        for g in self.groups:
            here, want = stands[g["name"]], g["count"]
            entry = said.get(g["name"])
            if entry and self.is_lost(entry):
                continue
            if not entry or entry["condition"] != "Converged" or entry["desired"] != want:
                return False
            if here < want or (here > want and not g["prepaid"]) or entry["running"] != here:
                return False
        return True

    def settle(self):
        self.say("settle: no more faults")
        self.sim.faults()
        began = time.monotonic()
        while True:
            self.settling = time.monotonic() - began
            state = self.look()
            self.check_alive()
            if self.stands(state):
                return
            if self.settling > SETTLE_S:
                raise Failed("the fleet does not stand:\n" + self.picture(state))
            self.pay_all(state)
            self.repair(state)
            self.approve()
            self.answer(state)
            time.sleep(0.2)

    def picture(self, state):
        lines = [f"  wanted {self.counts()}, standing {dict(self.standing(state))}"]
        for g in (self.daemon.status() or {"groups": []})["groups"]:
            lines.append(f"  {json.dumps(g)}")
        for g in state["groups"]:
            lines.append(f"  {g['id']} {self.owner.get(g['id'])} {g['charge_type']} {g['status']} "
                         f"{dict(collections.Counter(i['status'] for i in g['instances']))}")
        for what in ("plan", "intents"):
            lines.append(f"  {what}: {json.dumps(self.daemon.ask(what))}")
        lines.append(f"  last calls: {json.dumps(self.sim.calls(self.history.seq - 4))}")
        return "\n".join(lines)

    def quiet(self):
        """A fleet that stands only costs reads and says nothing."""
        time.sleep(1)  # repairs are seen, tags of the last phones are made
        self.look()
        seq, told = self.history.seq, len(self.daemon.log())
        time.sleep(QUIET_S)
        changes = self.sim.changes(seq)
        if changes:
            raise Failed(f"changing calls although all stands:\n  {json.dumps(changes)}")
        said = self.daemon.log()[told:]
        if said:
            raise Failed(f"a steady fleet is not silent:\n{said}")

    def no_loops(self):
        seen = collections.Counter()
        for e in self.daemon.events():
            seen[(e.get("event"), e.get("group"), e.get("reason"), e.get("intent"))] += 1
        loops = [(k, n) for k, n in seen.most_common(5) if n > 60 + 4 * self.kills]
        if loops:
            raise Failed(f"told again and again: {loops}")

    def judge(self):
        self.history.drain()
        state = self.sim.state()  # younger than the calls: it has the order of each
        Judge(self.history, self.first_counts, state, self.clouds, self.decoys).judge()

    # --- one round

    def run(self, seconds):
        try:
            self.make_fleet()
            strangers = self.sim.add_groups(count=5, spec="acp.basic.small", region="cn-shanghai",
                                            image="imgc-06zyt9m93zwax1f2s",
                                            tags={"drover:fleet": "another"})
            state = self.look()
            self.decoys = set(strangers) | {i["id"] for g in state["groups"]
                                            for i in g["instances"]}
            for g in self.groups:
                self.say(f"group {g['name']} {g['count']} {g['more']}")
            if self.rng.random() < 0.8:
                self.do_faults((CREATE, UPGRADE, LIST, LIST_GROUPS, *CHECKS))
            self.daemon = Daemon(self.sim, self.text(), config=self.settings())
            self.chaos(seconds)
            self.judge()
            self.settle()
            self.judge()
            self.quiet()
            self.no_loops()
            if self.daemon.stop() != 0:
                raise Failed(f"the end was {self.daemon.process.returncode}")
            self.sanitized()
            return True
        except (Failed, AssertionError) as why:
            self.report(why)
            return False
        finally:
            if self.daemon:
                self.daemon.stop()
            self.sim.stop()

    def sanitized(self):
        log = self.daemon.log()
        if "Sanitizer" in log or "runtime error" in log:
            raise Failed("a sanitizer complained")

    def summary(self):
        calls = [d for _, what, d in self.history.entries if what == "call"]
        effects = sum(c["effect"] for c in calls)
        return (f"{len(self.groups)} groups, {len(calls)} changing calls, {effects} effects, "
                f"{self.kills} kills, settled in {self.settling:.1f} s")

    def report(self, why):
        print(f"FAILED seed={self.seed}: {why}\n--- events")
        print("\n".join(self.events))
        print("--- changing calls and what people did")
        for when, what, detail in self.history.entries[-80:]:
            if what == "call":
                detail = {k: detail[k] for k in ("seq", "action", "http", "code", "effect",
                                                 "params")}
            print(f"{when - self.began:7.3f} {what} {json.dumps(detail)}")
        if self.daemon:
            print(f"--- log of droverd\n{self.daemon.log()[-6000:]}\n---")
            if self.keep:
                print(f"kept: {self.daemon.own_dir}")
        sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=4.0, help="of misfortune per round")
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"seed={seed}", flush=True)
    budget_s = 240 if FULL else 45
    began, rounds, bad = time.monotonic(), 0, 0
    while rounds < args.rounds if args.rounds else time.monotonic() - began < budget_s:
        this = Round(seed + rounds, args.keep)
        good = this.run(args.seconds)
        print(f"{'ok' if good else 'not ok'} a random fleet stands in the end: seed "
              f"{seed + rounds}, {this.summary()}", flush=True)
        bad += not good
        rounds += 1
        if bad and not args.rounds:
            break
    print(f"{rounds - bad} rounds passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
