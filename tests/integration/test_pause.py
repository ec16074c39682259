#!/usr/bin/env python3
"""A pause stops what would change the cloud, for a group or for all, until it is resumed."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fleet, phones, wait_until  # noqa: E402


class Pause(Case):
    def standing(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2), phones(1, name="tablets")))
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="tablets")
        return sim, daemon

    def assert_still(self, sim, seq):
        time.sleep(0.7)
        self.assertEqual(sim.changes(seq), [])

    def test_a_paused_group_waits_through_a_restart_and_no_other_does(self):
        sim, daemon = self.standing()
        self.assertEqual(daemon.cli("pause", "phones").returncode, 0)
        daemon.wait_condition("Paused")
        daemon.kill()
        daemon.start()
        daemon.wait_condition("Paused")
        daemon.write_fleet(fleet(phones(3), phones(2, name="tablets")))
        daemon.reload()
        daemon.wait_condition("Converged", name="tablets", desired=2)
        daemon.wait_condition("Paused", desired=3)
        (action,) = daemon.ask("plan")["actions"]
        self.assertEqual((action["group"], action["hold"]), ("phones", "paused"))
        self.assertIn("drover resume", action["hold_text"])
        refused = daemon.cli("approve", action["hash"])
        self.assertEqual(refused.returncode, 1, "a pause has its own way out")
        self.assert_still(sim, sim.last_seq())
        self.assertEqual(daemon.cli("resume", "phones").returncode, 0)
        daemon.wait_condition("Converged", desired=3)

    def test_a_paused_fleet_neither_buys_nor_deletes_until_it_is_resumed(self):
        sim, daemon = self.standing()
        self.assertEqual(daemon.cli("pause").returncode, 0)
        seq = sim.last_seq()
        daemon.write_fleet(fleet(phones(1), phones(2, name="tablets")))
        daemon.reload()
        wait_until(lambda: sorted(a["hold"] for a in daemon.ask("plan")["actions"]) ==
                   ["paused", "paused"], what="both held")
        self.assert_still(sim, seq)
        self.assertEqual(daemon.cli("resume").returncode, 0)
        daemon.wait_condition("Converged", desired=1)
        daemon.wait_condition("Converged", name="tablets", desired=2)

    def test_what_is_not_in_the_file_cannot_be_paused(self):
        _, daemon = self.standing()
        refused = daemon.cli("pause", "nobody")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no such group", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
