#!/usr/bin/env python3
"""A cloud that throttles, lags and lies: no wrong create or delete, and the fleet stands
once it has stopped."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE, UPGRADE = "CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"
LIST, INSTANCES = "DescribeAndroidInstanceGroups", "DescribeAndroidInstances"
LYING_READS = ("token_loop", "missing_page", "empty_list", "wrong_total", "unknown_status",
               "list_lag")
FOREVER = 1000000
CLOUD_SECOND = 1000000  # ms of cloud time in a second of a thousandfold clock
BUYS_OR_DELETES = (CREATE, UPGRADE, "DowngradeAndroidInstanceGroup", "DeleteAndroidInstanceGroup")


# What a lie about an image or a stock holds back is asked about again soon.
SOON = {"denied_min": "200ms", "denied_max": "400ms"}


def sizes(sim):
    return sorted(len(g["instances"]) for g in sim.state()["groups"])


def decisive(sim, since):
    return [c["action"] for c in sim.changes(since) if c["action"] in BUYS_OR_DELETES]


class Throttling(Case):
    def test_throttled_calls_converge_without_duplicates(self):
        for code in ("Throttling", "Throttling.User", "Throttling.Api"):
            with self.subTest(code=code):
                sim = self.sim()
                sim.faults({"action": CREATE, "fault": "throttle", "times": 3, "code": code,
                            "ms": CLOUD_SECOND // 20},
                           {"action": "*", "fault": "throttle", "times": 5, "code": code,
                            "ms": CLOUD_SECOND // 20})
                self.once(sim, fleet(phones(250)), 0)
                self.assertEqual(sizes(sim), [50, 100, 100])
                self.assertEqual(sim.standing(), 250)
                self.assertEqual(sum(c["effect"] for c in sim.changes(action=CREATE)), 3)

    def test_a_narrow_quota_is_kept_to(self):
        # Per second of cloud time: 5 reads and 2 changing calls for each operation.
        sim = self.sim(time_scale=20, args=("--throttle-reads", "5", "--throttle-writes", "2"))
        daemon = self.once(sim, fleet(phones(60, instances_per_group=10)), 0)
        self.assertEqual(sizes(sim), [10] * 6)
        self.assertEqual(sum(c["effect"] for c in sim.changes(action=CREATE)), 6)
        errors = [e for e in daemon.events() if e["level"] in ("error", "critical")]
        self.assertEqual(errors, [], "throttling is no error")

    def test_no_stock_is_asked_about_again_and_then_bought(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "stock", "times": 2})
        self.once(sim, fleet(phones(5)), 0, config=fast_config(
            sim, rates=SOON))
        self.assertEqual(sizes(sim), [5])

    def test_calls_that_never_arrive_are_made_again(self):
        for fault in ("cut_before", "http_503"):
            with self.subTest(fault=fault):
                sim = self.sim()
                sim.faults({"action": "*", "fault": fault, "times": 4},
                           {"action": CREATE, "fault": fault, "times": 2})
                self.once(sim, fleet(phones(5)), 0)
                self.assertEqual(sizes(sim), [5])


class LyingListings(Case):
    @staticmethod
    def lie(sim, fault):
        sim.faults({"action": "*", "fault": fault, "times": FOREVER, "ms": CLOUD_SECOND // 4})

    def test_a_lie_from_the_beginning_creates_nothing_twice(self):
        for fault in LYING_READS:
            with self.subTest(fault=fault):
                sim = self.sim()
                self.lie(sim, fault)
                daemon = self.daemon(sim, fleet(phones(120)), config=fast_config(sim, rates=SOON))
                time.sleep(1.5)
                self.assertLessEqual(sum(sizes(sim)), 120)
                sim.faults()
                daemon.wait_condition("Converged")
                self.assertEqual(sizes(sim), [20, 100])
                self.assertEqual(sim.standing(), 120)

    def test_a_lie_about_a_standing_fleet_changes_nothing(self):
        for fault in LYING_READS:
            with self.subTest(fault=fault):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(phones(120)), config=fast_config(sim, rates=SOON))
                daemon.wait_condition("Converged")
                before = sim.last_seq()
                self.lie(sim, fault)
                time.sleep(2)
                self.assertEqual(decisive(sim, before), [])
                sim.faults()
                wait_until(lambda: daemon.group()["running"] == 120, what="120 running")
                daemon.wait_condition("Converged")
                self.assertEqual(decisive(sim, before), [])
                self.assertEqual(sizes(sim), [20, 100])

    def test_an_edit_while_listings_lie_is_carried_out_once_they_are_true(self):
        for fault in LYING_READS:
            with self.subTest(fault=fault):
                sim = self.sim()
                daemon = self.daemon(sim, fleet(phones(120)), config=fast_config(sim, rates=SOON))
                daemon.wait_condition("Converged")
                self.lie(sim, fault)
                daemon.write_fleet(fleet(phones(125)))
                time.sleep(1.5)
                self.assertLessEqual(sum(sizes(sim)), 125)
                sim.faults()
                daemon.wait_condition("Converged", desired=125)
                # A lagging listing may show the smaller cloud group as it was while it was being
                # created: then the five more are a cloud group of their own.
                self.assertIn(sizes(sim), ([25, 100], [5, 20, 100]))

    def test_listings_that_lag_behind_the_create_buy_nothing_twice(self):
        sim = self.sim()
        sim.faults({"action": "*", "fault": "list_lag", "times": FOREVER, "ms": CLOUD_SECOND})
        self.once(sim, fleet(phones(230)), 0)
        self.assertEqual(sizes(sim), [30, 100, 100])
        self.assertEqual(sum(c["effect"] for c in sim.changes(action=CREATE)), 3)

    def test_instances_deleted_by_hand_are_bought_again_only_after_the_wait(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(30)), config=fast_config(
            sim, poll={"absent_after": "1500ms"}))
        daemon.wait_condition("Converged")
        before = sim.last_seq()
        sim.change(sim.instances()[0]["id"], delete=True)
        wait_until(lambda: sim.standing() == 29, what="the delete")
        time.sleep(0.7)
        self.assertEqual(decisive(sim, before), [])
        wait_until(lambda: sim.standing() == 30, what="the replacement")
        daemon.wait_condition("Converged")
        self.assertEqual(decisive(sim, before), [UPGRADE])


class Sickness(Case):
    def test_creates_that_fail_are_reported_and_not_replaced_unasked(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "create_failed", "times": 1})
        daemon = self.daemon(sim, fleet(phones(4)))
        group = daemon.wait_condition("Degraded")
        self.assertGreater(group["failed"], 0)
        time.sleep(0.7)
        self.assertEqual(decisive(sim, 0), [CREATE])

    def test_a_create_that_never_ends_is_stuck_and_not_repeated(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "stuck", "times": 1})
        daemon = self.daemon(sim, fleet(phones(4)), config=fast_config(
            sim, poll={"stuck_after": "1s"}))
        daemon.wait_condition("Stuck")
        time.sleep(0.5)
        self.assertEqual(decisive(sim, 0), [CREATE])
        self.assertEqual(len(daemon.told("group_stuck")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
