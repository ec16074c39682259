#!/usr/bin/env python3
"""From the file to the fleet: droverd --once, growing, shrinking, paying."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fast_config, fleet, phones  # noqa: E402

OTHER_REGION = "cn-hangzhou"
EXIT_CONVERGED, EXIT_PERSON = 0, 3


class Convergence(Case):
    def test_three_groups_stand_when_the_one_order_is_paid(self):
        sim = self.sim()
        text = fleet(phones(250), phones(40, name="paid", charge="PrePaid"),
                     phones(5, name="far", region=OTHER_REGION))
        daemon = self.once(sim, text, EXIT_PERSON)
        self.assertEqual(sim.standing(), 255)
        self.assertEqual(len(sim.instances()), 255)
        orders = sim.state()["orders"]
        self.assertEqual([(o["status"], o["count"]) for o in orders if o["status"] != "Paid"],
                         [("Unpaid", 40)])
        regions = {g["region"] for g in sim.state()["groups"]}
        self.assertEqual(regions, {"cn-shanghai", OTHER_REGION})

        before = sim.last_seq()
        self.assertEqual(daemon.again(), EXIT_PERSON)
        self.assertEqual(sim.changes(before), [], "a second run changes nothing")

        unpaid = [o["id"] for o in orders if o["status"] == "Unpaid"]
        sim.pay(unpaid[0])
        before = sim.last_seq()
        self.assertEqual(daemon.again(), EXIT_CONVERGED)
        self.assertEqual(sim.standing(), 295)
        self.assertEqual(len(sim.instances()), 295)
        self.assertEqual(sim.changes(before, "CreateAndroidInstanceGroup"), [])

    def test_an_order_that_needs_payment_is_told_once_with_where_to_pay(self):
        sim = self.sim()
        daemon = self.once(sim, fleet(phones(3, charge="PrePaid")), EXIT_PERSON)
        told = daemon.told("order_needs_payment")
        self.assertEqual(len(told), 1)
        order = sim.state()["orders"][0]["id"]
        self.assertIn(order, str(told[0]))
        self.assertIn("https://", str(told[0]))

    def test_an_order_of_which_nothing_may_be_read_is_asked_about_again(self):
        sim = self.sim()
        sim.faults({"action": "GetOrderDetail", "fault": "refuse", "code": "NoPermission",
                    "times": 1000})
        rates = {"denied_min": "100ms", "denied_max": "200ms"}
        daemon = self.daemon(sim, fleet(phones(3, charge="PrePaid")),
                             config=fast_config(sim, rates=rates))
        self.wait(lambda: daemon.told("order_unknown"), "that nobody can say whether it is paid")
        order = sim.state()["orders"][0]["id"]
        sim.faults()
        self.wait(lambda: daemon.told("order_known_again"), "that it is unpaid")
        sim.pay(order)
        daemon.wait_condition("Converged")
        self.assertEqual(len(sim.changes(action="CreateAndroidInstanceGroup")), 1)

    def test_one_more_is_one_growth_and_one_less_names_one_victim(self):
        sim = self.sim()
        daemon = self.once(sim, fleet(phones(250)), EXIT_CONVERGED)
        self.assertEqual(len(sim.changes(action="CreateAndroidInstanceGroup")), 3)

        before = sim.last_seq()
        self.assertEqual(daemon.again(fleet(phones(251))), EXIT_CONVERGED)
        self.assertEqual(sim.standing(), 251)
        buys = [c for c in sim.changes(before) if c["action"] != "TagResources"]
        self.assertEqual([c["action"] for c in buys], ["UpgradeAndroidInstanceGroup"])
        self.assertEqual(buys[0]["params"]["IncreaseNumberOfInstance"], "1")

        before = sim.last_seq()
        self.assertEqual(daemon.again(fleet(phones(250))), EXIT_CONVERGED)
        self.assertEqual(sim.standing(), 250)
        changes = sim.changes(before)
        self.assertEqual([c["action"] for c in changes], ["DowngradeAndroidInstanceGroup"])
        victims = [v for k, v in changes[0]["params"].items() if k.startswith("AndroidInstanceIds")]
        self.assertEqual(len(victims), 1)
        self.assertTrue(victims[0].startswith("acp-"), victims)

    def test_a_prepaid_group_grows_by_a_new_order_only(self):
        sim = self.sim()
        daemon = self.once(sim, fleet(phones(4, charge="PrePaid")), EXIT_PERSON)
        sim.pay(sim.state()["orders"][0]["id"])
        self.assertEqual(daemon.again(), EXIT_CONVERGED)
        before = sim.last_seq()
        self.assertEqual(daemon.again(fleet(phones(6, charge="PrePaid"))), EXIT_PERSON)
        changes = [c for c in sim.changes(before) if c["action"] != "TagResources"]
        self.assertEqual([c["action"] for c in changes], ["CreateAndroidInstanceGroup"])
        self.assertEqual(changes[0]["params"]["NumberOfInstances"], "2")
        self.assertTrue(changes[0]["params"]["ClientToken"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
