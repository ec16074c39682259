#!/usr/bin/env python3
"""Cloud phones, delivery groups and purchases in one fleet: from nothing to standing."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import (Case, bought, fast_config, fleet, iso_time, phones,  # noqa: E402
                         streaming, wait_until)

EXIT_CONVERGED, EXIT_PERSON = 0, 3
CREATES = {"cloud-phone": "CreateAndroidInstanceGroup", "app-streaming": "CreateAppInstanceGroup",
           "purchase": "CreateInstance"}


def of_kind(sim, kind):
    return [g for g in sim.state()["groups"] if g["kind"] == kind]


def nodes(sim):
    return sum(len(g["instances"]) for g in of_kind(sim, "app-streaming"))


class ThreeKinds(Case):
    def test_all_three_kinds_converge_in_one_run(self):
        sim = self.sim()
        text = fleet(phones(5), phones(4, name="paid", charge="PrePaid"),
                     streaming(2, name="browsers"),
                     streaming(1, name="studio", charge="PrePaid"), bought(2))
        daemon = self.once(sim, text, EXIT_PERSON)
        unpaid = {o["action"]: o for o in sim.state()["orders"] if o["status"] == "Unpaid"}
        self.assertEqual(sorted(unpaid), ["CreateAndroidInstanceGroup", "CreateAppInstanceGroup"])
        told = {e["order_id"] for e in daemon.told("order_needs_payment")}
        self.assertEqual(told, {o["id"] for o in unpaid.values()})
        self.assertEqual(nodes(sim), 2)
        self.assertEqual(len(of_kind(sim, "purchase")), 2)
        paid = [o for o in sim.state()["orders"] if o["action"] == "CreateInstance"]
        self.assertEqual([o["status"] for o in paid], ["Paid", "Paid"])
        tokens = [c["params"]["ClientToken"] for c in sim.changes(action="CreateInstance")]
        self.assertEqual(len(set(tokens)), 2)

        before = sim.last_seq()
        self.assertEqual(daemon.again(), EXIT_PERSON)
        self.assertEqual(sim.changes(before), [], "a second run changes nothing")

        for order in unpaid.values():
            sim.pay(order["id"])
        self.assertEqual(daemon.again(), EXIT_CONVERGED)
        self.assertEqual(nodes(sim), 3)
        self.assertEqual(sim.standing(), 9 + 3, "phones and nodes")
        for action in CREATES.values():
            self.assertEqual([c for c in sim.changes(before, action)], [])

    def test_orders_of_every_kind_are_listed(self):
        sim = self.sim()
        text = fleet(phones(4, name="paid", charge="PrePaid"),
                     streaming(1, name="studio", charge="PrePaid"))
        daemon = self.daemon(sim, text)
        daemon.wait_condition("AwaitingPayment", name="paid")
        daemon.wait_condition("AwaitingPayment", name="studio")
        orders = daemon.ask("orders")["orders"]
        self.assertEqual({o["group"]: o["status"] for o in orders},
                         {"paid": "unpaid", "studio": "unpaid"})

    def test_nodes_of_a_delivery_group_come_and_go(self):
        sim = self.sim()
        config = fast_config(sim, limits={"deletes_per_hour": 10})
        daemon = self.daemon(sim, fleet(streaming(2, name="browsers")), config=config)
        daemon.wait_condition("Converged", name="browsers")
        tags = of_kind(sim, "app-streaming")[0]["tags"]
        self.assertEqual(tags["drover:group"], "browsers")
        before = sim.last_seq()
        daemon.write_fleet(fleet(streaming(5, name="browsers")))
        daemon.reload()
        daemon.wait_condition("Converged", name="browsers", desired=5)
        daemon.write_fleet(fleet(streaming(3, name="browsers")))
        daemon.reload()
        daemon.wait_condition("Converged", name="browsers", desired=3)
        self.assertEqual(nodes(sim), 3)
        self.assertEqual([c["action"] for c in sim.changes(before)], ["ModifyNodePoolAttribute"] * 2)
        daemon.write_fleet(fleet(streaming(0, name="browsers")))
        daemon.reload()
        held = daemon.wait_condition("Held", name="browsers", desired=0)
        self.assertIn("count: 0", held["reason"])
        plan = daemon.ask("plan")["actions"]
        self.assertEqual([a["verb"] for a in plan], ["delete"])
        self.assertEqual(daemon.cli("approve", plan[0]["hash"]).returncode, 0)
        daemon.wait_condition("Converged", name="browsers", desired=0)
        self.assertEqual(sim.changes(before)[-1]["action"], "DeleteAppInstanceGroup")

    def test_a_node_that_vanishes_is_noticed_by_the_next_sweep(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(streaming(3, name="browsers")))
        daemon.wait_condition("Converged", name="browsers")
        before = sim.last_seq()
        sim.change(of_kind(sim, "app-streaming")[0]["instances"][0]["id"], delete=True)
        self.wait(lambda: sim.changes(before), "the growth")
        self.assertEqual([c["action"] for c in sim.changes(before)], ["ModifyNodePoolAttribute"])
        daemon.wait_condition("Converged", name="browsers")
        self.assertEqual(nodes(sim), 3)

    def test_a_subscription_grows_by_one_order(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(streaming(1, name="studio", charge="PrePaid")))
        daemon.wait_condition("AwaitingPayment", name="studio")
        sim.pay(sim.state()["orders"][0]["id"])
        daemon.wait_condition("Converged", name="studio")
        before = sim.last_seq()
        daemon.write_fleet(fleet(streaming(3, name="studio", charge="PrePaid")))
        daemon.reload()
        daemon.wait_condition("AwaitingPayment", name="studio", desired=3)
        self.assertEqual([c["action"] for c in sim.changes(before)], ["ModifyNodePoolAmount"])
        order = [o for o in sim.state()["orders"] if o["status"] == "Unpaid"][0]
        self.assertEqual(order["count"], 2)
        sim.pay(order["id"])
        daemon.wait_condition("Converged", name="studio", desired=3)
        daemon.write_fleet(fleet(streaming(2, name="studio", charge="PrePaid")))
        daemon.reload()
        kept = daemon.wait_condition("Converged", name="studio", desired=2)
        self.assertEqual(kept["surplus"], 1)
        self.assertEqual(len(sim.changes(before)), 1, "a subscription never shrinks")

    def test_settings_that_read_back_are_put_right_and_an_image_when_told(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(streaming(1, name="browsers")))
        daemon.wait_condition("Converged", name="browsers")
        before = sim.last_seq()
        daemon.write_fleet(fleet(streaming(1, name="browsers", session_timeout=30,
                                           image="img-9b1update2image0")))
        daemon.reload()
        self.wait(lambda: sim.changes(before), "the call")
        changes = sim.changes(before)
        self.assertEqual([c["action"] for c in changes], ["ModifyAppInstanceGroupAttribute"])
        self.assertEqual(changes[0]["params"]["SessionTimeout"], "30")
        self.assertIn("image", daemon.wait_condition("Converged", name="browsers")["reason"])
        daemon.write_fleet(fleet(streaming(1, name="browsers", session_timeout=30,
                                           image="img-9b1update2image0", rollout="now")))
        daemon.reload()
        self.wait(lambda: len(sim.changes(before)) == 2, "the image")
        self.assertEqual(sim.changes(before)[1]["action"], "UpdateAppInstanceGroupImage")
        daemon.wait_condition("Converged", name="browsers")

    def test_a_surplus_of_purchases_is_explained_and_kept(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(bought(2)))
        daemon.wait_condition("Converged", name="bastions")
        before = sim.last_seq()
        daemon.write_fleet(fleet(bought(1)))
        daemon.reload()
        kept = daemon.wait_condition("Converged", name="bastions", desired=1)
        self.assertEqual(kept["surplus"], 1)
        for word in ("SetRenewal", "RefundInstance"):
            self.assertIn(word, kept["reason"])
        self.assertEqual(sim.changes(before), [])

    def test_ends_that_come_near_are_told_for_each(self):
        sim = self.sim(time_scale=20)
        daemon = self.daemon(sim, fleet(bought(2)))
        daemon.wait_condition("Converged", name="bastions")
        self.assertEqual(daemon.told("expires_in_7_days"), [])
        first, second = [g["id"] for g in of_kind(sim, "purchase")]
        day = 24 * 3600
        sim.change(first, end_time=iso_time(6 * day))
        self.wait(lambda: daemon.told("expires_in_7_days"), "the first warning")
        sim.change(second, end_time=iso_time(5 * day))
        self.wait(lambda: len(daemon.told("expires_in_7_days")) == 2, "the other's")
        sim.change(first, end_time=iso_time(2 * day))
        self.wait(lambda: daemon.told("expires_in_3_days"), "three days")
        sim.change(first, end_time=iso_time(-60))
        self.wait(lambda: daemon.told("instance_expired"), "the end")
        self.assertIn("have expired", daemon.group("bastions")["reason"])
        self.assertEqual(len(sim.changes(action="CreateInstance")), 2, "never replaced")

    def test_what_the_balance_does_not_cover_is_not_bought(self):
        sim = self.sim()
        sim.admin("POST", "account", {"balance": "1.00"})
        daemon = self.daemon(sim, fleet(bought(1)))
        held = daemon.wait_condition("Held", name="bastions")
        self.assertIn("balance", held["reason"])
        self.assertEqual(sim.changes(), [])
        price = daemon.ask("plan")["actions"][0]["price"]
        self.assertRegex(price, r"^[0-9]+\.[0-9]{2} CNY$")
        sim.admin("POST", "account", {"balance": "1000000.00"})
        daemon.wait_condition("Converged", name="bastions")

    def test_an_order_that_could_not_be_paid_is_found_and_reported(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        unpriced = bought(1, product_code="cas", product_type="cas", pricing_cycle=2,
                          parameters="{Product: dv, DomainCount: \"1\"}")
        daemon = self.daemon(sim, fleet(unpriced))
        waiting = daemon.wait_condition("AwaitingPayment", name="bastions")
        stray = [o for o in sim.state()["orders"] if o["status"] == "Unpaid"]
        self.assertEqual(len(stray), 1)
        self.assertIn(stray[0]["id"], waiting["reason"])
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)
        sim.pay(stray[0]["id"])
        daemon.wait_condition("Converged", name="bastions")
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)

    def test_an_order_that_could_not_be_paid_is_found_though_it_is_listed_late(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 1000},
                   {"action": "QueryOrders", "fault": "empty_list", "times": 4})
        daemon = self.daemon(sim, fleet(bought(1)))
        waiting = daemon.wait_condition("AwaitingPayment", name="bastions")
        (stray,) = sim.state()["orders"]
        self.assertIn(stray["id"], waiting["reason"])
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)
        # Under another name it is no reason to buy, either.
        sim.account(balance="1000000.00", stray_orders=True)
        daemon.write_fleet(fleet(bought(1, name="others")))
        daemon.reload()
        held = daemon.wait_condition("Held", name="others")
        self.assertIn("renamed_from: bastions", held["reason"])
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)

    def test_what_could_not_be_paid_waits_where_orders_may_not_be_read(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 1000},
                   {"action": "QueryOrders", "fault": "refuse", "code": "NoPermission",
                    "times": 1000})
        config = fast_config(sim, poll={"young_ledger": "1ms"},
                             rates={"denied_min": "100ms", "denied_max": "200ms"})
        daemon = self.daemon(sim, fleet(bought(1)), config=config)
        held = daemon.wait_condition("Held", name="bastions")
        self.assertIn("bss:DescribeOrderList", held["reason"])
        before = sim.last_seq()
        self.wait(lambda: sim.last_seq() > before + 10, "some sweeps")
        self.assertEqual(len(sim.state()["orders"]), 1)

    def test_a_purchase_that_was_refunded_waits_for_a_person(self):
        sim = self.sim()
        config = fast_config(sim, poll={"absent_after": "1s"})
        daemon = self.daemon(sim, fleet(bought(1)), config=config)
        daemon.wait_condition("Converged", name="bastions")
        sim.change(of_kind(sim, "purchase")[0]["id"], delete=True)
        held = daemon.wait_condition("Held", name="bastions")
        self.assertIn("vanished", held["reason"])
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)
        (action,) = daemon.ask("plan")["actions"]
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("Converged", name="bastions")
        self.assertEqual(len(sim.changes(action="CreateInstance")), 2)

    def test_the_order_of_a_failed_payment_is_looked_for_again_after_a_crash(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 1000},
                   {"action": "QueryOrders", "fault": "list_lag", "times": 1000, "ms": 10 ** 8})
        config = fast_config(sim, poll={"young_ledger": "10ms"})  # else that look finds it
        daemon = self.daemon(sim, fleet(bought(1)), config=config)
        self.wait(lambda: daemon.told("call_not_afforded"), "the refusal")
        daemon.kill()
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 1000})
        daemon.start()
        daemon.wait_condition("AwaitingPayment", name="bastions")
        self.assertEqual(len(sim.changes(action="CreateInstance")), 1)

    def test_an_order_that_could_not_be_paid_is_not_disowned_for_another_group(self):
        sim = self.sim()
        sim.account(balance="1.00", stray_orders=True)
        sim.faults({"action": "QueryAccountBalance", "fault": "http_503", "times": 1000})
        daemon = self.daemon(sim, fleet(bought(1)))
        daemon.wait_condition("AwaitingPayment", name="bastions")
        daemon.kill()
        sim.account(balance="1000000.00")
        sim.create(ChargeType="PrePaid", Period=1, PeriodUnit="Month", AutoPay=False)
        before = sim.last_seq()
        daemon.write_fleet(fleet(bought(1), phones(1, charge="PrePaid")))
        daemon.start()
        daemon.wait_condition("Held", name="phones")
        (action,) = daemon.ask("plan")["actions"]
        self.assertEqual(action["hold"], "unknown-orders")
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("AwaitingPayment", name="phones")
        self.assertEqual(daemon.group("bastions")["condition"], "AwaitingPayment")
        self.assertEqual(sim.changes(before, "CreateInstance"), [])

    def test_what_an_unclear_purchase_may_have_made_is_not_given_away(self):
        sim = self.sim()
        sim.faults({"action": "CreateInstance", "fault": "drop_reply", "times": 100})
        daemon = self.daemon(sim, fleet(bought(1)),
                             config=fast_config(sim, poll={"replay_window": "2s"}))
        daemon.wait_condition("Held", name="bastions")
        sim.faults()
        lost = of_kind(sim, "purchase")[0]["id"]
        daemon.write_fleet(fleet(bought(1), bought(1, name="others")))
        daemon.reload()
        self.assertIn(lost, daemon.wait_condition("Held", name="others")["reason"])
        (action,) = daemon.ask("plan")["actions"]
        self.assertEqual((action["group"], action["hold"]), ("others", "ambiguous"))
        (intent,) = (i for i in daemon.ask("intents")["intents"] if i["state"] == "held")
        self.assertIn(f"intent {intent['id']} of group bastions", action["hold_text"])
        self.assertNotIn("leave them alone", action["hold_text"])
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        daemon.wait_condition("Converged", name="others")
        self.assertEqual(daemon.cli("intents", "adopt", str(intent["id"]), lost).returncode, 0)
        daemon.wait_condition("Converged", name="bastions")
        self.assertEqual(len(of_kind(sim, "purchase")), 2)

    def test_a_person_names_what_an_order_bought_that_may_not_be_read(self):
        sim = self.sim()
        unreadable = {"action": "GetOrderDetail", "fault": "refuse", "code": "NoPermission",
                      "times": 10 ** 6}
        sim.faults({"action": "CreateInstance", "fault": "drop_reply", "times": 100}, unreadable)
        poll = {"replay_window": "1s", "stuck_after": "1s"}
        daemon = self.daemon(sim, fleet(bought(1)), config=fast_config(sim, poll=poll))
        daemon.wait_condition("Held", name="bastions")
        sim.faults(unreadable)
        bought_id = of_kind(sim, "purchase")[0]["id"]
        (intent,) = daemon.ask("intents")["intents"]
        adopt = ("intents", "adopt", str(intent["id"]))
        order = sim.state()["orders"][0]["id"]
        self.assertEqual(daemon.cli(*adopt, order).returncode, 0)
        stuck = daemon.wait_condition("Stuck", name="bastions")
        self.assertIn(f"drover intents adopt {intent['id']} ", stuck["reason"])
        self.assertIn(order, stuck["reason"])
        self.assertEqual([i["id"] for i in daemon.ask("intents")["intents"]], [intent["id"]])
        self.assertEqual(daemon.cli(*adopt, bought_id).returncode, 0)
        daemon.wait_condition("Converged", name="bastions")
        self.assertNotEqual(daemon.cli(*adopt, "bastionhost-other").returncode, 0)
        self.assertEqual(daemon.ask("intents")["intents"], [])
        self.assertEqual(len(of_kind(sim, "purchase")), 1)

    def test_a_rename_forgets_no_purchase_without_a_clear_answer(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(bought(1)),
                             config=fast_config(sim, poll={"replay_window": "2s"}))
        daemon.wait_condition("Converged", name="bastions")
        sim.faults({"action": "CreateInstance", "fault": "drop_reply", "times": 100})
        daemon.write_fleet(fleet(bought(2)))
        daemon.reload()
        daemon.wait_condition("Held", name="bastions", desired=2)
        sim.faults()
        before = sim.last_seq()
        daemon.write_fleet(fleet(bought(2, name="others", renamed_from="bastions")))
        daemon.reload()
        self.assertIn("intent", daemon.wait_condition("Held", name="others")["reason"])
        daemon.write_fleet(fleet(bought(2, name="others")))
        daemon.reload()
        self.wait(lambda: daemon.status()["generation"] == 4, "the edit")
        self.assertIn("intent", daemon.wait_condition("Held", name="others")["reason"])
        self.assertIsNone(daemon.group("bastions"))
        self.assertEqual(sim.changes(before), [])

    def test_a_released_purchase_stays_and_hinders_no_other(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(bought(1), phones(1)))
        daemon.wait_condition("Converged", name="bastions")
        daemon.write_fleet(fleet(phones(1)))
        daemon.reload()
        daemon.wait_condition("Unmanaged", name="bastions")
        before = sim.last_seq()
        self.assertEqual(daemon.cli("release", "bastions").returncode, 0)
        kept = daemon.wait_condition("Converged", name="bastions", desired=0)
        self.assertEqual(kept["surplus"], 1)
        self.assertIn("RefundInstance", kept["reason"])
        self.assertEqual(sim.changes(before), [])
        daemon.write_fleet(fleet(phones(1), bought(1, name="certificates", product_code="cas",
                                                   product_type="cas", pricing_cycle=2,
                                                   parameters="{Product: dv, DomainCount: \"1\"}")))
        daemon.reload()
        daemon.wait_condition("Converged", name="certificates")
        self.assertEqual(daemon.told("listing_incomplete"), [])

    def test_a_billing_endpoint_of_the_other_site_is_told_as_that(self):
        sim = self.sim()
        sim.account(site="international")
        daemon = self.daemon(sim, fleet(bought(1)))
        self.wait(lambda: daemon.told("site_refused"), "the refusal")
        before = sim.last_seq()
        self.wait(lambda: sim.last_seq() > before + 5, "some more looks")
        (told,) = daemon.told("site_refused")
        self.assertIn("endpoints.bssopenapi", told["to_do"])
        self.assertEqual(told["code"], "NotApplicable")
        self.assertEqual(daemon.told("cloud_unreachable"), [])
        self.assertEqual(sim.changes(), [])
        sim.account(site="china")
        daemon.wait_condition("Converged", name="bastions")

    @staticmethod
    def is_asked_by_id(sim):
        """... in some sweeps from now on."""
        before = sim.last_seq()
        wait_until(lambda: sim.last_seq() > before + 8, what="some sweeps")
        return any("InstanceIDs" in c["params"] for c in sim.calls(before)
                   if c["action"] == "QueryAvailableInstances")

    def test_a_released_purchase_that_is_gone_is_forgotten(self):
        sim = self.sim()
        config = fast_config(sim, poll={"absent_after": "1s"})
        daemon = self.daemon(sim, fleet(bought(1), phones(1)), config=config)
        daemon.wait_condition("Converged", name="bastions")
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(1)))
        daemon.wait_condition("Unmanaged", name="bastions")
        self.assertEqual(daemon.cli("release", "bastions").returncode, 0)
        self.assertTrue(self.is_asked_by_id(sim))
        sim.change(of_kind(sim, "purchase")[0]["id"], delete=True)
        self.wait(lambda: not self.is_asked_by_id(sim), "silence about it")
        daemon.kill()
        daemon.start()
        daemon.wait_condition("Converged")
        self.assertIsNone(daemon.group("bastions"))
        self.assertFalse(self.is_asked_by_id(sim))

    def test_a_purchase_that_was_refused_for_another_reason_left_no_order(self):
        sim = self.sim()
        sim.faults({"action": "CreateInstance", "fault": "refuse", "code": "NotApplicable",
                    "times": 100})
        daemon = self.daemon(sim, fleet(bought(1)),
                             config=fast_config(sim, poll={"young_ledger": "10ms"}))
        daemon.wait_condition("Held", name="bastions")
        daemon.kill()
        before = sim.last_seq()
        daemon.start()
        self.wait(lambda: sim.last_seq() > before + 10, "some calls")
        self.assertNotIn("QueryOrders", [c["action"] for c in sim.calls(before)])

    def test_a_purchase_on_the_wrong_site_is_never_sent_again_by_itself(self):
        sim = self.sim()
        sim.faults({"action": "CreateInstance", "fault": "refuse", "code": "NotApplicable",
                    "times": 100})
        daemon = self.daemon(sim, fleet(bought(1)))
        refused = daemon.wait_condition("Held", name="bastions")
        self.assertIn("NotApplicable", refused["reason"])
        self.assertEqual(len(sim.calls(changing=True)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
