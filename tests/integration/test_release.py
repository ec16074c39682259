#!/usr/bin/env python3
"""A group that left the file stays until it is released, and a release waits for approval."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fleet, phones, wait_until  # noqa: E402


DELETE = "DeleteAndroidInstanceGroup"


class Release(Case):
    def fleet_of_two(self):
        return fleet(phones(3), phones(2, name="tablets"))

    def without_tablets(self):
        sim = self.sim()
        daemon = self.daemon(sim, self.fleet_of_two())
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="tablets")
        daemon.write_fleet(fleet(phones(3)))
        daemon.reload()
        daemon.wait_condition("Unmanaged", name="tablets")
        return sim, daemon

    def held_delete(self, daemon):
        def found():
            plan = daemon.ask("plan") or {"actions": []}
            return [a for a in plan["actions"] if a["verb"] == "delete"]
        return wait_until(found, what="the held delete")[0]

    def test_a_released_group_goes_once_it_is_approved(self):
        sim, daemon = self.without_tablets()
        before = sim.last_seq()
        self.assertEqual(daemon.cli("release", "tablets").returncode, 0)
        action = self.held_delete(daemon)
        self.assertEqual((action["group"], action["count"], action["hold"]), ("tablets", 2, "count-zero"))
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(daemon.cli("approve", action["hash"]).returncode, 0)
        wait_until(lambda: sim.standing() == 3, what="the released phones to go")
        self.assertEqual(len(sim.changes(before, DELETE)), 1)

    def test_a_release_outlives_a_restart_and_ends_when_the_name_returns(self):
        sim, daemon = self.without_tablets()
        before = sim.last_seq()
        self.assertEqual(daemon.cli("release", "tablets").returncode, 0)
        daemon.kill()
        daemon.start()
        self.held_delete(daemon)
        daemon.write_fleet(self.fleet_of_two())
        daemon.reload()
        daemon.wait_condition("Converged", name="tablets", desired=2)
        daemon.write_fleet(fleet(phones(3)))
        daemon.reload()
        daemon.wait_condition("Unmanaged", name="tablets")
        self.assertEqual(sim.changes(before), [])

    def test_only_what_left_the_file_can_be_released(self):
        _, daemon = self.without_tablets()
        for name, words in (("phones", "count: 0"), ("nobody", "ever managed")):
            answer = daemon.cli("release", name)
            self.assertEqual(answer.returncode, 1)
            self.assertIn(words, answer.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
