#!/usr/bin/env python3
"""What new phones need beside existing: tags, key pairs, power, first aid."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, IMAGE, REGION, SPEC, fleet, phones, wait_until  # noqa: E402

KEY_PAIR = "kp-5hh431emkpuoi7x2a"
MARKS = {"drover:fleet", "drover:group", "drover:owner"}


def rows(sim):
    """Every instance as the API shows it."""
    return sim.pages("DescribeAndroidInstances", "InstanceModel", MaxResults=100)


def tags_of(row):
    return {t["Key"]: t["Value"] for t in row.get("Tags") or []}


class Upkeep(Case):
    def test_grown_phones_get_the_marks_and_the_declared_tags(self):
        sim = self.sim()
        tags = "{env: staging, team: qa}"
        daemon = self.daemon(sim, fleet(phones(2, tags=tags)))
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(60, tags=tags)))
        daemon.wait_condition("Converged", desired=60)

        def all_tagged():
            found = [tags_of(r) for r in rows(sim)]
            return len(found) == 60 and all(
                MARKS <= t.keys() and (t.get("env"), t.get("team")) == ("staging", "qa")
                for t in found)
        wait_until(all_tagged, what="60 tagged phones")
        self.assertEqual(len(sim.changes(action="UpgradeAndroidInstanceGroup")), 1)
        for call in sim.changes(action="TagResources"):
            ids = [k for k in call["params"] if k.startswith("ResourceId")]
            self.assertLessEqual(len(ids), 50)
        before = sim.last_seq()
        time.sleep(1)
        self.assertEqual(sim.changes(before), [], "tagged once")

    def test_grown_phones_get_the_key_pair(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2, key_pair_id=KEY_PAIR)))
        daemon.wait_condition("Converged")
        daemon.write_fleet(fleet(phones(5, key_pair_id=KEY_PAIR)))
        daemon.wait_condition("Converged", desired=5)
        wait_until(lambda: [r["KeyPairId"] for r in rows(sim)] == [KEY_PAIR] * 5,
                   what="five phones with the key pair")
        before = sim.last_seq()
        time.sleep(1)
        self.assertEqual(sim.changes(before), [], "attached once")

    def test_somebody_elses_tags_are_left_alone(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        phone = sim.instances()[0]["id"]

        def tags():
            return tags_of(next(r for r in rows(sim) if r["AndroidInstanceId"] == phone))
        sim.change(phone, tags={**tags(), "theirs": "kept"})
        time.sleep(1)
        self.assertEqual(tags().get("theirs"), "kept")

    def test_adopted_groups_are_counted_marked_and_grown(self):
        sim = self.sim()
        ids = sim.add_groups(count=3, spec=SPEC, image=IMAGE, region=REGION)
        daemon = self.daemon(sim, fleet(phones(5, adopt=f"[{ids[0]}]")))
        daemon.wait_condition("Converged")
        self.assertEqual(sim.changes(action="CreateAndroidInstanceGroup"), [])
        self.assertEqual([len(g["instances"]) for g in sim.state()["groups"]], [5])
        wait_until(lambda: all(MARKS <= tags_of(r).keys() for r in rows(sim)),
                   what="five marked phones")

    def test_stopped_phones_are_started_when_power_is_on(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(3, power="on")))
        daemon.wait_condition("Converged")
        sim.change(sim.instances()[0]["id"], status="STOPPED")
        wait_until(lambda: sim.changes(action="StartAndroidInstance"), what="the start")
        wait_until(lambda: sim.standing() == 3, what="three running")

    def test_unavailable_phones_are_rebooted_once_and_never_by_default(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(10), phones(10, name="healed", heal="reboot")))
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="healed")
        names = {g["tags"]["drover:group"]: g["instances"] for g in sim.state()["groups"]}
        for group in names.values():
            sim.change(group[0]["id"], status="UNAVAILABLE")
        wait_until(lambda: sim.changes(action="RebootAndroidInstancesInGroup"), what="the reboot")
        time.sleep(1)
        calls = sim.changes(action="RebootAndroidInstancesInGroup")
        ids = [value for call in calls for key, value in call["params"].items()
               if key.startswith("AndroidInstanceIds")]
        self.assertEqual(ids, [names["healed"][0]["id"]])
        daemon.wait_condition("Degraded")

    def test_failed_phones_are_replaced_one_an_hour_where_asked(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(12, heal="replace")))
        daemon.wait_condition("Converged")
        failed = [i["id"] for i in sim.instances()[:2]]
        for phone in failed:
            sim.change(phone, status="FAILED")
        wait_until(lambda: sim.changes(action="UpgradeAndroidInstanceGroup"),
                   what="the replacement")
        time.sleep(1)
        removed = sim.changes(action="DowngradeAndroidInstanceGroup")
        self.assertEqual(len(removed), 1, "the second waits for its hour")
        ids = [v for k, v in removed[0]["params"].items() if k.startswith("AndroidInstanceIds")]
        self.assertEqual(len(ids), 1)
        self.assertIn(ids[0], failed)
        self.assertEqual(len(sim.instances()), 12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
