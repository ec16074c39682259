#!/usr/bin/env python3
"""The ledger is lost: what stands, what is unpaid and what is on its way is bought no second time,
and what a person has to say is named."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, bought, fleet, phones, streaming, wait_until  # noqa: E402

CREATES = ("CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup", "CreateAppInstanceGroup",
           "ModifyNodePoolAttribute", "ModifyNodePoolAmount", "CreateInstance")


class ColdRebuild(Case):
    def buys(self, sim):
        return [c["action"] for c in sim.changes() if c["action"] in CREATES]

    def lose_the_ledger(self, sim, daemon, text):
        """The next life in a state directory of its own: no memory."""
        daemon.kill()
        before = self.buys(sim)
        return before, self.daemon(sim, text)

    def held(self, daemon, hold, group):
        def found():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == hold and a["group"] == group]
        return wait_until(found, what=f"an action of {group} held by {hold}")[0]

    def assert_nothing_more(self, sim, before):
        time.sleep(0.7)
        self.assertEqual(self.buys(sim), before)

    def test_marked_groups_that_run_are_counted_and_grow_only_once_approved(self):
        for name, small, large in (("phones", phones(3), phones(4)),
                                   ("streams", streaming(2), streaming(3))):
            with self.subTest(kind=name):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(small))
                daemon.wait_condition("Converged", name=name)
                before, daemon = self.lose_the_ledger(sim, daemon, fleet(small))
                group = daemon.wait_condition("Converged", "Held", name=name)
                self.assertEqual(group["running"], group["desired"])
                self.assert_nothing_more(sim, before)
                daemon.write_fleet(fleet(large))
                daemon.reload()
                action = self.held(daemon, "foreign-owner", name)
                self.assertIn(sim.state()["groups"][0]["id"], action["hold_text"])
                self.assert_nothing_more(sim, before)
                self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
                daemon.wait_condition("Converged", name=name, desired=group["desired"] + 1)
                self.assertEqual(len(self.buys(sim)), len(before) + 1)

    def test_what_carries_the_mark_of_a_former_name_is_taken_in_by_one_approval(self):
        def renamed(count):
            return fleet(phones(count, name="handsets", renamed_from="phones", instances_per_group=2))
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        sim.faults({"action": "TagResources", "fault": "throttle", "times": 100000})
        before, daemon = self.lose_the_ledger(sim, daemon, renamed(3))
        action = self.held(daemon, "foreign-owner", "handsets")
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: daemon.group("handsets")["running"] == 3, what="growth")
        self.assertNotIn("not in the ledger", daemon.group("handsets")["reason"])
        daemon.write_fleet(renamed(5))
        wait_until(lambda: daemon.group("handsets")["running"] == 5, what="growth unasked")
        self.assertEqual(len(sim.instances()), 5)

    def test_purchases_that_run_carry_no_mark_and_wait_until_they_are_adopted(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(bought(2)))
        daemon.wait_condition("Converged", name="bastions")
        before, daemon = self.lose_the_ledger(sim, daemon, fleet(bought(2)))
        action = self.held(daemon, "brownfield", "bastions")
        ids = [g["id"] for g in sim.state()["groups"]]
        for id_ in ids:
            self.assertIn(id_, action["hold_text"])
        self.assert_nothing_more(sim, before)
        daemon.write_fleet(fleet(bought(2, adopt=f"[{', '.join(ids)}]")))
        daemon.reload()
        daemon.wait_condition("Converged", name="bastions")
        self.assert_nothing_more(sim, before)

    def test_what_is_unpaid_is_named_and_not_ordered_again(self):
        for name, group in (("phones", phones(3, charge="PrePaid")),
                            ("streams", streaming(2, charge="PrePaid"))):
            with self.subTest(kind=name):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(group))
                daemon.wait_condition("AwaitingPayment", name=name)
                (order,) = sim.state()["orders"]
                before, daemon = self.lose_the_ledger(sim, daemon, fleet(group))
                self.assert_unpaid_is_named(sim, daemon, name, order["id"], before)

    def test_a_purchase_that_could_not_be_paid_is_named_and_not_made_again(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 100000})
        daemon = self.daemon(sim, fleet(bought(1)))
        daemon.wait_condition("AwaitingPayment", name="bastions")
        (order,) = sim.state()["orders"]
        sim.account(balance="1000000.00")
        before, daemon = self.lose_the_ledger(sim, daemon, fleet(bought(1)))
        self.assert_unpaid_is_named(sim, daemon, "bastions", order["id"], before)

    def assert_unpaid_is_named(self, sim, daemon, name, order, before):
        wait_until(lambda: order in (daemon.group(name) or {"reason": ""})["reason"],
                   what="the order in what the group says")
        self.assertIn(daemon.group(name)["condition"], ("Held", "AwaitingPayment"))
        self.assertIn(order, [o["id"] for o in daemon.ask("orders")["orders"]])
        self.assert_nothing_more(sim, before)

    def lose_the_ledger_while_it_comes_up(self, name, group, count, *faults):
        sim = self.sim(time_scale=1)  # made, and on its way for half a minute
        sim.faults(*faults)
        daemon = self.daemon(sim, fleet(group))
        wait_until(lambda: len(sim.state()["groups"]) == count, what="the creates")
        before, daemon = self.lose_the_ledger(sim, daemon, fleet(group))
        return sim, before, daemon

    def test_marked_phones_on_their_way_are_counted_and_come(self):
        sim, before, daemon = self.lose_the_ledger_while_it_comes_up("phones", phones(3), 1)
        wait_until(lambda: (daemon.group() or {"committed": 0})["committed"] == 3, what="the count")
        self.assert_nothing_more(sim, before)
        sim.advance(600000)
        wait_until(lambda: daemon.group()["running"] == 3, what="three phones")
        self.assert_nothing_more(sim, before)

    def test_what_was_not_marked_yet_waits_until_it_is_adopted(self):
        # A delivery group gets its mark after its create (here not in time), a purchase never does.
        late = {"action": "TagCloudResources", "fault": "cut_before", "times": 100000}
        for name, count, make in (("streams", 1, streaming), ("bastions", 2, bought)):
            with self.subTest(kind=name):
                sim, before, daemon = self.lose_the_ledger_while_it_comes_up(
                    name, make(2), count, late)
                action = self.held(daemon, "brownfield", name)
                ids = [g["id"] for g in sim.state()["groups"]]
                for id_ in ids:
                    self.assertIn(id_, action["hold_text"])
                self.assert_nothing_more(sim, before)
                sim.faults()
                daemon.write_fleet(fleet(make(2, adopt=f"[{', '.join(ids)}]")))
                daemon.reload()
                sim.advance(600000)
                daemon.wait_condition("Converged", name=name)
                self.assert_nothing_more(sim, before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
