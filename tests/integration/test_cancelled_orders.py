#!/usr/bin/env python3
"""Orders that people cancel stand for nothing any more, however many there are."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fleet, phones, wait_until  # noqa: E402


def phones_by_three(count):
    return fleet(phones(count, charge="PrePaid", instances_per_group=3))


class CancelledOrders(Case):
    def orders(self, sim, status):
        return [o for o in sim.state()["orders"] if o["status"] == status]

    def test_two_cancelled_orders_are_both_ordered_anew_after_an_edit(self):
        sim = self.sim()
        daemon = self.daemon(sim, phones_by_three(6))
        wait_until(lambda: len(self.orders(sim, "Unpaid")) == 2, what="two orders")
        daemon.wait_condition("AwaitingPayment")
        for order in self.orders(sim, "Unpaid"):
            sim.cancel(order["id"])
        wait_until(lambda: daemon.group()["committed"] == 0, what="nothing on its way")
        daemon.wait_condition("Held")
        self.assertEqual(len(sim.state()["orders"]), 2, "a cancellation is no consent")

        daemon.write_fleet(phones_by_three(7))
        wait_until(lambda: sum(o["count"] for o in self.orders(sim, "Unpaid")) == 7,
                   what="orders for all of it")
        for order in self.orders(sim, "Unpaid"):
            sim.pay(order["id"])
        daemon.wait_condition("Converged")
        self.assertEqual(sim.standing(), 7)

    def cancelled_while_out_of_the_file(self):
        sim = self.sim()
        others = phones(1, name="others")
        group = phones(4, charge="PrePaid")
        daemon = self.daemon(sim, fleet(others, group))
        daemon.wait_condition("AwaitingPayment")
        daemon.write_fleet(fleet(others))
        daemon.reload()
        daemon.wait_condition("Unmanaged")
        sim.cancel(self.orders(sim, "Unpaid")[0]["id"])
        wait_until(lambda: daemon.told("order_cancelled"), what="word of the cancellation")
        return sim, daemon, others

    def test_leaving_the_file_and_returning_as_it_was_is_no_consent(self):
        sim, daemon, others = self.cancelled_while_out_of_the_file()
        daemon.write_fleet(fleet(others, phones(4, charge="PrePaid")))
        daemon.reload()
        self.assertIn("was cancelled", daemon.wait_condition("Held")["reason"])
        self.assertEqual(self.orders(sim, "Unpaid"), [])

    def test_returning_with_an_edit_made_since_is_consent(self):
        sim, daemon, others = self.cancelled_while_out_of_the_file()
        daemon.write_fleet(fleet(others, phones(5, charge="PrePaid")))
        daemon.reload()
        daemon.wait_condition("AwaitingPayment")
        self.assertEqual([o["count"] for o in self.orders(sim, "Unpaid")], [5])

    def test_back_to_the_cancelled_size_is_no_hold_once_it_was_ordered_again(self):
        sim = self.sim()
        daemon = self.daemon(sim, phones_by_three(2))
        wait_until(lambda: self.orders(sim, "Unpaid"), what="an order")
        sim.cancel(self.orders(sim, "Unpaid")[0]["id"])
        daemon.wait_condition("Held")
        daemon.write_fleet(phones_by_three(1))
        wait_until(lambda: self.orders(sim, "Unpaid"), what="an order after the edit")
        sim.pay(self.orders(sim, "Unpaid")[0]["id"])
        daemon.wait_condition("Converged")
        daemon.write_fleet(phones_by_three(2))
        wait_until(lambda: self.orders(sim, "Unpaid"), what="the order of the second phone")


if __name__ == "__main__":
    unittest.main(verbosity=2)
