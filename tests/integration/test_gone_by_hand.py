#!/usr/bin/env python3
"""What was removed by hand, and what a person answers when drover may not believe it."""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, bought, fast_config, fleet, phones, streaming, wait_until  # noqa: E402

LISTS = ("DescribeAndroidInstanceGroups", "DescribeAndroidInstances", "ListAppInstanceGroup",
         "QueryAvailableInstances")
KINDS = (("phones", phones(2), "CreateAndroidInstanceGroup"),
         ("streams", streaming(2), "CreateAppInstanceGroup"),
         ("bastions", bought(1), "CreateInstance"))


class GoneByHand(Case):
    def answered(self, daemon, name):
        """Nothing is unsettled any more: the reply to the only call is in the ledger."""
        wait_until(lambda: (daemon.group(name) or {}).get("committed") and
                   not daemon.ask("intents")["intents"], what="the answer")

    def made_and_never_listed(self, name, group, create):
        """A daemon whose create was answered and removed by hand before any listing had it."""
        sim = self.sim()
        sim.faults(*({"action": a, "fault": "list_lag", "times": 100000, "ms": 10**12} for a in LISTS))
        daemon = self.daemon(sim, fleet(group), config=fast_config(sim, poll={"stuck_after": "2s"}))
        wait_until(lambda: sim.state()["groups"], what="the create")
        self.answered(daemon, name)
        for made in sim.state()["groups"]:
            sim.change(made["id"], delete=True)
        wait_until(lambda: not sim.state()["groups"], what="nothing there")
        sim.faults()
        return sim, daemon

    def test_what_an_answer_named_and_never_came_is_given_up_by_a_person(self):
        for name, group, create in KINDS:
            with self.subTest(kind=name):
                sim, daemon = self.made_and_never_listed(name, group, create)
                reason = daemon.wait_condition("Stuck", name=name)["reason"]
                intent = re.search(r"drover intents abandon (\d+)", reason).group(1)
                self.assertEqual(len(sim.changes(action=create)), 1)
                answer = daemon.cli("intents", "abandon", intent)
                self.assertEqual(answer.returncode, 0, answer.stderr)
                daemon.wait_condition("Converged", name=name)
                self.assertEqual(len(sim.changes(action=create)), 2)

    def test_nodes_that_were_paid_for_and_never_came_are_given_up_by_a_person(self):
        sim = self.sim()
        sim.faults({"action": "ListNodes", "fault": "http_503", "times": 100000})
        daemon = self.daemon(sim, fleet(streaming(2, charge="PrePaid")),
                             config=fast_config(sim, poll={"stuck_after": "2s"}))
        wait_until(lambda: sim.state()["orders"], what="the order")
        sim.pay(sim.state()["orders"][0]["id"])
        wait_until(lambda: sim.state()["groups"], what="the group")
        sim.change(sim.state()["groups"][0]["instances"][0]["id"], delete=True)
        sim.faults()
        wait_until(lambda: "more nodes than there are" in daemon.group("streams")["reason"],
                   what="the shortage")
        reason = daemon.wait_condition("Stuck", name="streams")["reason"]
        self.assertEqual(sim.changes(action="ModifyNodePoolAmount"), [])
        intent = re.search(r"drover intents abandon (\d+)", reason).group(1)
        answer = daemon.cli("intents", "abandon", intent)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        daemon.wait_condition("AwaitingPayment", name="streams")
        self.assertEqual(len(sim.changes(action="ModifyNodePoolAmount")), 1)

    def test_what_may_still_come_is_not_given_up(self):
        sim = self.sim()
        sim.faults(*({"action": a, "fault": "list_lag", "times": 100000, "ms": 10**12} for a in LISTS))
        daemon = self.daemon(sim, fleet(phones(2)))
        self.answered(daemon, "phones")
        answer = daemon.cli("intents", "abandon", "1")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("may still be listed", answer.stderr)
        sim.faults()
        daemon.wait_condition("Converged")
        self.assertEqual(len(sim.changes(action="CreateAndroidInstanceGroup")), 1)
        answer = daemon.cli("intents", "abandon", "1")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("no held intent", answer.stderr)

    def emptied(self, name, group):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(group))
        daemon.wait_condition("Converged", name=name)
        for made in sim.state()["groups"]:
            sim.change(made["id"], delete=True)
        reason = daemon.wait_condition("Unknown", name=name)["reason"]
        self.assertIn("drover whoami", reason)
        return sim, daemon, re.search(r"drover approve ([a-z2-7]{13})", reason).group(1)

    def test_an_emptied_account_is_filled_anew_once_a_person_says_so(self):
        for name, group, create in KINDS[:2]:
            with self.subTest(kind=name):
                sim, daemon, hash_ = self.emptied(name, group)
                self.assertEqual(len(sim.changes(action=create)), 1)
                daemon.kill()
                daemon.start()
                daemon.wait_condition("Unknown", name=name)
                answer = daemon.cli("approve", hash_)
                self.assertEqual(answer.returncode, 0, answer.stderr)
                daemon.wait_condition("Converged", name=name)
                self.assertEqual(len(sim.changes(action=create)), 2)
                self.assertEqual(daemon.cli("approve", hash_).returncode, 1)

    def test_what_was_paid_in_advance_is_replaced_only_by_an_approval_of_its_own(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2, charge="PrePaid")))
        daemon.wait_condition("AwaitingPayment")
        sim.pay(sim.state()["orders"][0]["id"])
        daemon.wait_condition("Converged")
        for made in sim.state()["groups"]:
            sim.change(made["id"], delete=True)
        reason = daemon.wait_condition("Unknown")["reason"]
        hash_ = re.search(r"drover approve ([a-z2-7]{13})", reason).group(1)
        self.assertEqual(daemon.cli("approve", hash_).returncode, 0)
        reason = daemon.wait_condition("Held")["reason"]
        self.assertIn("vanished", reason)
        self.assertEqual(len(sim.state()["orders"]), 1)
        hash_ = re.search(r"drover approve ([a-z2-7]{13})", reason).group(1)
        self.assertEqual(daemon.cli("approve", hash_).returncode, 0)
        daemon.wait_condition("AwaitingPayment")
        self.assertEqual(len(sim.state()["orders"]), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
