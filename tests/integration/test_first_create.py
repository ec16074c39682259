#!/usr/bin/env python3
"""What is asked before the first create of a group, and what the answers do."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import SPEC, Case, bought, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE, STOCK = "CreateAndroidInstanceGroup", "CheckResourceStock"
LOOK = "QueryAvailableInstances"
OTHER_SPEC = "acp.std.large"
SOON = {"denied_min": "200ms", "denied_max": "400ms"}


def sold_out(times):
    return {"action": STOCK, "fault": "stock", "times": times}


class FirstCreate(Case):
    def test_the_first_create_waits_for_the_answers(self):
        sim = self.sim()
        self.once(sim, fleet(phones(3)), 0)
        asked = [c["action"] for c in sim.calls() if c["action"] in (CREATE, STOCK)]
        self.assertEqual(asked, [STOCK, CREATE])

    def buy_as_another_fleet(self, sim):
        daemon = self.daemon(sim, fleet(bought(2, name="others"), name="others"))
        daemon.wait_condition("Converged", name="others")
        daemon.kill()
        return ", ".join(g["id"] for g in sim.state()["groups"])

    def wait_for_looks(self, sim, action, count=1):
        """From now on."""
        before = sim.last_seq()
        self.wait(lambda: len([c for c in sim.calls(before) if c["action"] == action]) >= count,
                  action)

    def name_what_is_there(self, sim, daemon, ids, *groups):
        """The look takes its time, what is asked before a create is answered at once."""
        before = sim.last_seq()
        sim.faults({"action": LOOK, "fault": "delay", "ms": 2000000,
                    "times": 100000})
        daemon.write_fleet(fleet(*groups, bought(2, adopt=f"[{ids}]")))
        daemon.reload()
        self.wait(lambda: [c for c in sim.calls(before) if c["action"] == "QueryAccountBalance"],
                  "the questions")
        time.sleep(0.7)
        self.assertEqual(sim.changes(before), [])
        sim.faults()
        daemon.wait_condition("Converged", name="bastions")
        self.assertEqual(sim.changes(before), [])

    def test_a_product_that_was_never_listed_is_not_bought(self):
        sim = self.sim()
        ids = self.buy_as_another_fleet(sim)
        keys = bought(0, name="keys", product_code="kms", product_type="kms_ddi_public_cn",
                      parameters="{ProductVersion: 5}")
        daemon = self.daemon(sim, fleet(keys))
        daemon.wait_condition("Converged", name="keys")
        self.wait_for_looks(sim, LOOK, 3)  # the ledger is new: two that agree
        self.name_what_is_there(sim, daemon, ids, keys)

    def test_what_was_looked_at_long_ago_is_looked_at_again(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(1), bought(0)))
        daemon.wait_condition("Converged")
        self.wait_for_looks(sim, LOOK, 3)
        daemon.write_fleet(fleet(phones(1)))
        daemon.reload()
        self.wait_for_looks(sim, "DescribeAndroidInstanceGroups", 2)
        ids = self.buy_as_another_fleet(sim)
        self.name_what_is_there(sim, daemon, ids, phones(1))

    def test_a_fallback_is_bought_when_the_spec_is_sold_out(self):
        sim = self.sim()
        sim.faults(sold_out(1))
        self.once(sim, fleet(phones(3, fallback=f"[{OTHER_SPEC}]")), 0)
        creates = sim.changes(action=CREATE)
        self.assertEqual([c["params"]["InstanceGroupSpec"] for c in creates], [OTHER_SPEC])

    def test_a_sold_out_group_is_held_and_bought_when_there_is_stock_again(self):
        sim = self.sim()
        sim.faults(sold_out(1000))
        daemon = self.daemon(sim, fleet(phones(3)), config=fast_config(sim, rates=SOON))

        def held():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == "stock"]
        action = wait_until(held, what="a held create")[0]
        self.assertIn(f"spec {SPEC} is sold out", action["hold_text"])
        self.assertEqual(sim.changes(), [])
        sim.faults()
        daemon.wait_condition("Converged")
        self.assertEqual(len(sim.changes(action=CREATE)), 1)

    def test_an_image_that_is_not_there_is_told_and_ends_once(self):
        sim = self.sim()
        daemon = self.once(sim, fleet(phones(3, image="imgc-mistyped")), 1)
        told = daemon.told("check_failed")
        self.assertEqual(len(told), 1)
        self.assertIn("imgc-mistyped", told[0]["reason"])
        self.assertEqual(sim.changes(), [])

    def test_a_check_without_an_answer_holds_nothing(self):
        sim = self.sim()
        sim.faults({"action": STOCK, "fault": "http_503", "times": 1000},
                   {"action": "DescribeSpec", "fault": "http_503", "times": 1000})
        self.once(sim, fleet(phones(3)), 0)
        self.assertEqual(len(sim.changes(action=CREATE)), 1)

    def test_an_edit_ends_the_wait_of_a_refused_create(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "stock", "times": 1})
        daemon = self.daemon(sim, fleet(phones(3)))  # waits 5 min after the refusal
        wait_until(lambda: daemon.told("call_sold_out"), what="the refusal")
        daemon.write_fleet(fleet(phones(4)))
        daemon.wait_condition("Converged", desired=4)
        self.assertEqual(sim.standing(), 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
