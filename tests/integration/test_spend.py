#!/usr/bin/env python3
"""What may be spent in a day is kept to, across kills, lost answers and cancelled orders."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, bought, fast_config, fleet, phones, streaming, wait_until  # noqa: E402

BUY = "CreateInstance"


class Spend(Case):
    def held(self, daemon, group, hold="spend"):
        def found():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["hold"] == hold and a["group"] == group]
        return wait_until(found, what=f"an action of {group} held by {hold}")

    def limited(self, sim, text, limit, **more):
        return self.daemon(sim, text, config=fast_config(
            sim, limits={"spend_per_day": f"{limit} CNY", **more}))

    def price(self, text, group):
        """What one action of the group costs, as the simulated services say."""
        action = self.held(self.limited(self.sim(), text, 0), group)[0]
        amount, currency = action["price"].split()
        self.assertEqual(currency, "CNY")
        return float(amount)

    def test_a_day_of_purchases_keeps_to_the_limit_across_kills(self):
        price = self.price(fleet(bought(1)), "bastions")
        limit = 2.5 * price
        sim = self.sim()
        daemon = self.limited(sim, fleet(bought(4)), limit)
        self.held(daemon, "bastions")
        wait_until(lambda: len(sim.instances()) == 2, what="what the limit leaves")
        daemon.kill()
        daemon.start()
        action = self.held(daemon, "bastions")[0]
        self.assertIn(f"limits.spend_per_day is {limit:.2f} CNY, orders of the last 24 hours come "
                      f"to {2 * price:.2f}, this adds {price:.2f}; drover approve {action['hash']}",
                      action["hold_text"])
        for words in (("plan",), ("explain", "bastions"), ("status",)):
            wait_until(lambda w=words: "limits.spend_per_day" in daemon.cli(*w).stdout,
                       what=f"the limit in {words}")  # between two questions for the balance
        time.sleep(0.7)
        self.assertEqual(len(sim.changes(action=BUY)), 2)

        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: len(sim.instances()) == 3, what="the approved one")
        daemon.kill()
        daemon.start()
        self.assertIn(f"come to {3 * price:.2f}", self.held(daemon, "bastions")[0]["hold_text"])
        time.sleep(0.7)
        self.assertEqual(len(sim.changes(action=BUY)), 3)

    def test_a_call_that_is_replayed_after_a_kill_counts_once(self):
        price = self.price(fleet(bought(1)), "bastions")
        sim = self.sim()
        sim.faults({"action": BUY, "fault": "drop_reply", "times": 2})
        daemon = self.limited(sim, fleet(bought(3)), 2.5 * price)
        wait_until(lambda: sim.calls(changing=True), what="the first call")
        daemon.kill()
        daemon.start()
        self.assertIn(f"come to {2 * price:.2f}", wait_until(
            lambda: [a["hold_text"] for a in self.held(daemon, "bastions")
                     if f"come to {2 * price:.2f}" in a["hold_text"]], what="two counted")[0])
        wait_until(lambda: len(sim.instances()) == 2, what="two of them")
        self.assertGreater(len(sim.calls(changing=True)), 2, "one was replayed")

    def test_an_unpaid_order_counts_and_a_cancelled_one_is_given_back(self):
        first, second = (streaming(1, name=n, charge="PrePaid") for n in ("first", "second"))
        price = self.price(fleet(first), "first")
        sim = self.sim()
        daemon = self.limited(sim, fleet(first), 1.5 * price)
        daemon.wait_condition("AwaitingPayment", name="first")
        daemon.write_fleet(fleet(first, second))
        self.held(daemon, "second")
        daemon.kill()
        daemon.start()
        self.held(daemon, "second")
        unpaid = [o for o in sim.state()["orders"] if o["status"] == "Unpaid"]
        self.assertEqual(len(unpaid), 1)
        sim.cancel(unpaid[0]["id"])
        daemon.wait_condition("AwaitingPayment", name="second")
        daemon.wait_condition("Held", name="first")

    def test_what_has_no_price_is_held_where_the_settings_say_so(self):
        sim = self.sim()
        daemon = self.limited(sim, fleet(phones(2)), 0, unknown_price="hold")
        action = self.held(daemon, "phones", "unknown-price")[0]
        self.assertIsNone(action["price"])
        self.assertEqual(sim.changes(), [])
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("Converged")

        other = self.sim()
        self.limited(other, fleet(phones(2)), 0).wait_condition("Converged")

    def test_what_has_a_price_is_not_held_for_want_of_one(self):
        for name, group in (("streams", streaming(2)), ("bastions", bought(2))):
            with self.subTest(kind=name):
                daemon = self.limited(self.sim(), fleet(group), 1000000, unknown_price="hold")
                daemon.wait_condition("Converged", name=name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
