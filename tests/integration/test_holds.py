#!/usr/bin/env python3
"""What waits for a person: unknown orders, look-alikes, emptying a group."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import (IMAGE, REGION, SPEC, Case, fast_config, fleet, phones,  # noqa: E402
                         wait_until)

CREATE, DELETE = "CreateAndroidInstanceGroup", "DeleteAndroidInstanceGroup"


class Holds(Case):
    def held_action(self, daemon, hold, group="phones"):
        """Waits for an action with that hold; returns it."""
        def found():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == hold and a["group"] == group]
        return wait_until(found, what=f"an action held by {hold}")[0]

    def test_a_lost_ledger_orders_nothing_again_and_names_the_unpaid_order(self):
        sim = self.sim()
        text = fleet(phones(40, charge="PrePaid"))
        self.once(sim, text, 3)
        order = sim.state()["orders"][0]["id"]
        before = sim.last_seq()

        second = self.once(sim, text, 3)  # a state directory of its own: no memory
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(len(sim.state()["orders"]), 1)
        held = second.told("group_held")
        self.assertEqual(len(held), 1)
        self.assertIn(order, held[0]["reason"])

    def test_a_lost_ledger_counts_its_marked_phones_and_grows_them_after_approval(self):
        sim = self.sim()
        self.once(sim, fleet(phones(12)), 0)
        before = sim.last_seq()
        daemon = self.daemon(sim, fleet(phones(15)))
        action = self.held_action(daemon, "foreign-owner")
        self.assertEqual(action["count"], 3)
        self.assertEqual(daemon.group()["running"], 12)
        self.assertEqual(sim.changes(before), [])

        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("Converged")
        self.assertEqual(sim.standing(), 15)
        self.assertEqual(sim.changes(before, CREATE), [])

    def test_a_lost_ledger_orders_again_only_after_the_order_is_disowned(self):
        sim = self.sim()
        text = fleet(phones(4, charge="PrePaid"))
        self.once(sim, text, 3)
        daemon = self.daemon(sim, text)
        action = self.held_action(daemon, "unknown-orders")
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("AwaitingPayment")
        orders = [(o["status"], o["count"]) for o in sim.state()["orders"]]
        self.assertEqual(orders, [("Unpaid", 4), ("Unpaid", 4)])

    def test_a_lost_ledger_that_may_not_read_the_orders_orders_nothing_unasked(self):
        sim = self.sim()
        text = fleet(phones(4, charge="PrePaid"))
        self.once(sim, text, 3)
        before = sim.last_seq()
        sim.faults({"action": "QueryOrders", "fault": "refuse", "code": "NoPermission",
                    "times": 1000})
        daemon = self.daemon(sim, text)
        action = self.held_action(daemon, "unknown-orders")
        self.assertIn("may not be read", action["hold_text"])
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(len(daemon.told("orders_look_refused")), 1)
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("AwaitingPayment")
        self.assertEqual(len(sim.changes(before, CREATE)), 1)

    def test_look_alikes_hold_the_first_create_until_it_is_approved(self):
        sim = self.sim()
        ids = sim.add_groups(count=250, spec=SPEC, image=IMAGE, region=REGION)
        daemon = self.daemon(sim, fleet(phones(3)))
        action = self.held_action(daemon, "brownfield")
        self.assertTrue(any(i in action["hold_text"] for i in ids), action)
        self.assertEqual(sim.changes(), [])
        daemon.wait_condition("Held")

        done = daemon.cli("approve", action["hash"])
        self.assertEqual(done.returncode, 0, done.stderr)
        daemon.wait_condition("Converged")
        self.assertEqual(len(sim.changes(action=CREATE)), 1)
        self.assertEqual(sim.standing(), 253)
        marked = [g for g in sim.state()["groups"] if "drover:fleet" in g["tags"]]
        self.assertEqual(len(marked), 1, "the look-alikes stay as they were")

    def test_count_zero_deletes_only_after_approval(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(3), phones(2, name="others")))
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="others")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(0), phones(2, name="others")))
        action = self.held_action(daemon, "count-zero")
        self.assertEqual(len(action["victims"]), 3)
        self.assertEqual(sim.changes(before), [])

        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: len(sim.instances()) == 2, what="the group gone")
        self.assertEqual([c["action"] for c in sim.changes(before)], [DELETE])
        daemon.wait_condition("Converged", desired=0)

    def test_shrinking_by_more_than_half_waits_for_approval(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(10)), config=fast_config(
            sim, limits={"deletes_per_hour": 100}))
        daemon.wait_condition("Converged")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(4)))
        action = self.held_action(daemon, "shrink-half")
        self.assertEqual((action["count"], sim.changes(before)), (6, []))
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: sim.standing() == 4, what="four instances")

    def test_an_approval_lets_one_action_through_once(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(0)))
        action = self.held_action(daemon, "count-zero")
        self.assertEqual(daemon.cli("approve", "aaaaaaaaaaaaa").returncode, 1)
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: not sim.instances(), what="the group gone")
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 1)

    def test_deletes_keep_to_a_tenth_of_the_group_in_an_hour(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(40)))
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(30)))
        action = self.held_action(daemon, "deletes-per-hour")
        wait_until(lambda: sim.standing() == 37, what="three gone")
        time.sleep(0.7)
        self.assertEqual(sim.standing(), 37)
        action = self.held_action(daemon, "deletes-per-hour")
        self.assertEqual(action["count"], 7)
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: sim.standing() == 30, what="thirty left")

    def test_buys_keep_to_the_limits(self):
        for limit, hold in (("new_per_hour", "new-per-hour"),
                            ("instances_total", "instances-total")):
            with self.subTest(limit=limit):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(phones(8, instances_per_group=2)),
                                     config=fast_config(sim, limits={limit: 5}))
                self.held_action(daemon, hold)
                wait_until(lambda sim=sim: sim.standing() >= 4, what="what the limit leaves")
                time.sleep(0.7)
                self.assertLessEqual(len(sim.instances()), 5)
                action = self.held_action(daemon, hold)
                self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
                wait_until(lambda sim=sim: len(sim.instances()) > 5, what="one more group")

    def test_an_order_that_became_too_large_is_told_and_kept(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(4, charge="PrePaid")))
        daemon.wait_condition("AwaitingPayment")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(2, charge="PrePaid")))
        wait_until(lambda: daemon.told("order_too_large"), what="the word about the order")
        self.assertEqual(sim.changes(before), [])
        orders = [(o["status"], o["count"]) for o in sim.state()["orders"]]
        self.assertEqual(orders, [("Unpaid", 4)])
        sim.pay(sim.state()["orders"][0]["id"])
        wait_until(lambda: sim.standing() == 4, what="four paid phones")
        group = daemon.wait_condition("Converged")
        self.assertEqual(group["surplus"], 2)
        self.assertEqual([c for c in sim.changes(before) if c["action"] != "TagResources"], [])

    def test_protected_groups_shrink_only_after_approval(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(30, protect="true")))
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(29)))
        action = self.held_action(daemon, "protected")
        self.assertEqual(sim.standing(), 30)
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: sim.standing() == 29, what="one gone")

    def test_a_removed_group_stays_and_is_taken_back(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(3), phones(2, name="others")))
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="others")
        before = sim.last_seq()
        daemon.write_fleet(fleet(phones(2, name="others")))
        daemon.wait_condition("Unmanaged")
        daemon.write_fleet(fleet(phones(3), phones(2, name="others")))
        daemon.wait_condition("Converged")
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(sim.standing(), 5)

    def test_a_cancelled_order_is_not_ordered_again_without_an_edit(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(4, charge="PrePaid")))
        daemon.wait_condition("AwaitingPayment")
        sim.cancel(sim.state()["orders"][0]["id"])
        action = self.held_action(daemon, "cancelled-order")
        self.assertEqual(len(sim.changes(action=CREATE)), 1)
        daemon.write_fleet(fleet(phones(5, charge="PrePaid")))
        wait_until(lambda: len(sim.changes(action=CREATE)) == 2, what="the order after an edit")
        orders = [(o["status"], o["count"]) for o in sim.state()["orders"]]
        self.assertEqual(sorted(orders), [("Cancelled", 4), ("Unpaid", 5)])
        self.assertTrue(action["needs_person"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
