#!/usr/bin/env python3
"""Replies that are lost after the call had its effect: looked up, never bought again."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, bought, fast_config, fleet, phones, streaming, wait_until  # noqa: E402

CREATE, UPGRADE = "CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"
AFTER_THE_EFFECT = ("drop_reply", "http_500", "garbage", "truncate")


class LostReplies(Case):
    def assert_one_group(self, sim, count, tokens=1):
        state = sim.state()
        self.assertEqual(len(state["groups"]), 1)
        self.assertEqual(len(state["groups"][0]["instances"]), count)
        sent = {c["params"]["ClientToken"] for c in sim.changes(action=CREATE)}
        self.assertEqual(len(sent), tokens, sent)

    def test_a_lost_reply_to_a_create_is_adopted_by_its_mark(self):
        for fault in AFTER_THE_EFFECT:
            with self.subTest(fault=fault):
                sim = self.sim()
                sim.faults({"action": CREATE, "fault": fault})
                daemon = self.once(sim, fleet(phones(7)), 0)
                self.assert_one_group(sim, 7)
                self.assertEqual(len(daemon.told("call_unclear")), 1)

    def test_a_lost_reply_that_no_listing_shows_is_replayed_with_the_same_token(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "http_503"})
        self.once(sim, fleet(phones(7)), 0)
        self.assertEqual(len(sim.changes(action=CREATE)), 2)
        self.assert_one_group(sim, 7)

    def test_a_lost_reply_to_an_order_is_replayed_and_orders_once(self):
        for fault in AFTER_THE_EFFECT:
            with self.subTest(fault=fault):
                sim = self.sim()
                sim.faults({"action": CREATE, "fault": fault})
                self.once(sim, fleet(phones(7, charge="PrePaid")), 3)
                orders = sim.state()["orders"]
                self.assertEqual([(o["status"], o["count"]) for o in orders], [("Unpaid", 7)])
                tokens = {c["params"]["ClientToken"] for c in sim.changes(action=CREATE)}
                self.assertEqual(len(tokens), 1)

    def test_a_lost_reply_to_a_growth_is_looked_up_and_not_sent_again(self):
        for fault in AFTER_THE_EFFECT:
            with self.subTest(fault=fault):
                sim = self.sim()
                daemon = self.once(sim, fleet(phones(7)), 0)
                sim.faults({"action": UPGRADE, "fault": fault})
                self.assertEqual(daemon.again(fleet(phones(9))), 0)
                self.assertEqual(len(sim.changes(action=UPGRADE)), 1)
                self.assertEqual(sim.standing(), 9)
                self.assert_one_group(sim, 9)

    def test_a_lost_reply_is_looked_up_after_the_last_group_of_its_kind_left_the_file(self):
        sim = self.sim()
        create, listing = "CreateAppInstanceGroup", "ListAppInstanceGroup"
        sim.faults({"action": create, "fault": "drop_reply"},
                   {"action": listing, "fault": "list_lag", "ms": 10 ** 9, "times": 1000})
        daemon = self.daemon(sim, fleet(phones(1), streaming(1)))
        wait_until(lambda: daemon.told("call_unclear"), what="the lost reply")
        daemon.write_fleet(fleet(phones(1)))
        wait_until(lambda: len(daemon.told("config_accepted")) == 2, what="the edit")
        sim.faults()
        wait_until(lambda: daemon.told("unclear_adopted"), what="the answer")
        self.assertEqual(len(sim.changes(action=create)), 1)

    def test_every_shape_of_the_new_ids_is_understood(self):
        for fault in ("ids_array", "ids_quotes"):
            with self.subTest(fault=fault):
                sim = self.sim()
                daemon = self.once(sim, fleet(phones(2)), 0)
                sim.faults({"action": UPGRADE, "fault": fault})
                self.assertEqual(daemon.again(fleet(phones(5))), 0)
                self.assertEqual(daemon.told("call_unclear"), [])
                self.assertEqual(len(sim.changes(action=UPGRADE)), 1)
                self.assertEqual(sim.standing(), 5)

    def test_an_order_that_a_crash_left_is_named_by_the_call_that_waits(self):
        # What is bought of the same product hides nothing.
        same = bought(0, name="cloud-apps", product_code="wuying", product_type="wuying")
        for others in ((), (same,)):
            with self.subTest(others=len(others)):
                self.order_left_by_a_crash(others)

    def order_left_by_a_crash(self, others):
        sim = self.sim()
        sim.faults({"action": "CreateAppInstanceGroup", "fault": "drop_reply"})
        daemon = self.daemon(sim, fleet(streaming(2, charge="PrePaid"), *others),
                             config=fast_config(sim, poll={"replay_window": "2s"}))
        order = self.wait(lambda: sim.state()["orders"], "the order")[0]["id"]
        daemon.kill()
        daemon.start()  # and the look of a young ledger meets the order before the call is held
        daemon.wait_condition("Held", name="streams")
        self.assertEqual([e["order_id"] for e in daemon.told("orders_foreign")], [order])

        def named():
            (intent,) = (i for i in daemon.ask("intents")["intents"] if i["state"] == "held")
            return intent["id"] if order in (intent["message"] or "") else None
        intent = self.wait(named, "the order in what the held call says")
        self.assertEqual(daemon.cli("intents", "adopt", str(intent), order).returncode, 0)
        daemon.wait_condition("AwaitingPayment", name="streams")
        sim.pay(order)
        daemon.wait_condition("Converged", name="streams")
        self.assertEqual(len(sim.changes(action="CreateAppInstanceGroup")), 1)

    def test_a_lost_reply_to_a_shrink_removes_no_second_instance(self):
        for fault in AFTER_THE_EFFECT:
            with self.subTest(fault=fault):
                sim = self.sim()
                daemon = self.once(sim, fleet(phones(30)), 0)
                sim.faults({"action": "DowngradeAndroidInstanceGroup", "fault": fault})
                self.assertEqual(daemon.again(fleet(phones(29))), 0)
                self.assertEqual(sim.standing(), 29)
                self.assertEqual(len(sim.changes(action="DowngradeAndroidInstanceGroup")), 1)
                self.assertEqual(daemon.told("instance_vanished"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
