#!/usr/bin/env python3
"""What drover shows: the shapes that programs rely on, and what people read."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, IMAGE, SPEC, fast_config, fleet, phones, wait_until  # noqa: E402

STATUS = {"fleet": str, "generation": int, "groups": list, "orders": list}
GROUP = {"name": str, "kind": str, "region": str, "desired": int, "running": int, "pending": int,
         "failed": int, "awaiting_payment": int, "surplus": int, "condition": str, "reason": str,
         "observed_age_ms": int}
ORDER = {"id": str, "status": str, "group": str, "count": int, "age_s": int, "deadline": str}
ACTION = {"hash": str, "group": str, "verb": str, "operation": str, "count": int, "victims": list,
          "reason": str, "hold": str, "price": (str, type(None))}


class Views(Case):
    def assert_shape(self, value, shape):
        for key, kind in shape.items():
            self.assertIn(key, value)
            self.assertIsInstance(value[key], kind, f"{key} of {value}")

    def waiting_fleet(self):
        """Three groups: one stands, one waits for payment, one is held."""
        sim = self.sim()
        sim.add_groups(count=5, spec="acp.basic.small", image=IMAGE, region="cn-hangzhou")
        daemon = self.daemon(sim, fleet(phones(3), phones(2, name="paid", charge="PrePaid"),
                                        phones(4, name="held", region="cn-hangzhou")))
        daemon.wait_condition("Converged")
        daemon.wait_condition("AwaitingPayment", name="paid")
        daemon.wait_condition("Held", name="held")
        return sim, daemon

    def test_json_has_the_promised_shapes(self):
        sim, daemon = self.waiting_fleet()
        order = sim.state()["orders"][-1]["id"]
        unpaid = [o["id"] for o in sim.state()["orders"] if o["status"] == "Unpaid"]

        status = daemon.ask("status")
        self.assert_shape(status, STATUS)
        for group in status["groups"]:
            self.assert_shape(group, GROUP)
        by_name = {g["name"]: g for g in status["groups"]}
        self.assertEqual((by_name["phones"]["running"], by_name["phones"]["desired"]), (3, 3))
        self.assertEqual(by_name["paid"]["awaiting_payment"], 2)
        self.assertEqual(by_name["held"]["region"], "cn-hangzhou")

        orders = daemon.ask("orders")["orders"]
        self.assertEqual([o["id"] for o in orders if o["status"] == "unpaid"], unpaid, order)
        for one in orders:
            self.assert_shape(one, ORDER)
        self.assertEqual((orders[0]["group"], orders[0]["count"]), ("paid", 2))

        actions = daemon.ask("plan")["actions"]
        self.assertEqual([a["group"] for a in actions], ["held"])
        self.assert_shape(actions[0], ACTION)
        self.assertEqual((actions[0]["verb"], actions[0]["operation"], actions[0]["count"]),
                         ("create", "CreateAndroidInstanceGroup", 4))

    def test_status_of_one_group_and_of_none(self):
        _, daemon = self.waiting_fleet()
        one = daemon.ask("status", "paid")
        self.assertEqual([g["name"] for g in one["groups"]], ["paid"])
        self.assertEqual(daemon.cli("status", "nobody").returncode, 1)

    def test_plan_has_terraforms_exit_codes(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        self.assertEqual(daemon.cli("plan", "--detailed-exitcode").returncode, 0)
        other = os.path.join(daemon.own_dir, "other.yaml")
        with open(other, "w", encoding="utf-8") as file:
            file.write(fleet(phones(5)))
        before = sim.last_seq()
        done = daemon.cli("plan", other, "--detailed-exitcode", "--json")
        self.assertEqual(done.returncode, 2, done.stderr)
        actions = json.loads(done.stdout)["actions"]
        self.assertEqual([(a["verb"], a["count"]) for a in actions], [("grow", 3)])
        self.assertEqual(sim.changes(before), [], "a plan of another file does nothing")
        self.assertEqual(daemon.group()["desired"], 2)

    def test_explain_tells_the_order_and_the_last_error(self):
        sim, daemon = self.waiting_fleet()
        unpaid = [o["id"] for o in sim.state()["orders"] if o["status"] == "Unpaid"]
        text = daemon.cli("explain", "paid").stdout
        self.assertIn(unpaid[0], text)
        text = daemon.cli("explain", "held").stdout
        self.assertIn("drover approve", text)

    def test_pause_and_resume_hold_a_group(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        before = sim.last_seq()
        self.assertEqual(daemon.cli("pause", "phones").returncode, 0)
        daemon.write_fleet(fleet(phones(4)))
        daemon.wait_condition("Paused", desired=4)
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(daemon.cli("resume", "phones").returncode, 0)
        daemon.wait_condition("Converged", desired=4)

    def test_a_pause_outlives_a_crash(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)), config=fast_config(sim, poll={"sweep": "1h"}))
        daemon.wait_condition("Converged")
        before = sim.last_seq()
        self.assertEqual(daemon.cli("pause", "phones").returncode, 0)
        daemon.kill()
        daemon.write_fleet(fleet(phones(4)))
        daemon.start()
        daemon.wait_condition("Paused", desired=4)
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(daemon.cli("resume", "phones").returncode, 0)
        daemon.wait_condition("Converged", desired=4)

    def test_observe_mode_plans_and_changes_nothing(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)),
                             config=fast_config(sim, extra="mode: observe\n"))

        def planned():
            plan = daemon.ask("plan")
            return plan and [a for a in plan["actions"] if a["hold"] == "observe-mode"]
        actions = wait_until(planned, what="a held plan")
        self.assertEqual((actions[0]["count"], actions[0]["spec"]), (2, SPEC))
        self.assertEqual(sim.changes(), [])
        self.assertEqual(len(daemon.told("mode_observe")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
