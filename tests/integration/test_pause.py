#!/usr/bin/env python3
"""A pause stops what would change the cloud, for a group or for all, until it is resumed."""
import os
import resource
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE = "CreateAndroidInstanceGroup"
ENOUGH = resource.RLIM_INFINITY


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

    def test_a_pause_that_could_not_be_kept_still_calls_off_what_waits_for_its_turn(self):
        sim = self.sim()
        slow = fast_config(sim, rates={"writes_per_s": 0.1, "double_every": "1h"})
        daemon = self.daemon(sim, fleet(phones(4, instances_per_group=1)), config=slow)
        wait_until(lambda: len(sim.changes(action=CREATE)) == 1 and
                   any(i["state"] == "recorded" for i in daemon.ask("intents")["intents"]),
                   what="a create that waits")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (0, ENOUGH))
        refused = daemon.cli("pause", "phones")
        self.assertEqual(refused.returncode, 1)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (ENOUGH, ENOUGH))
        self.assertEqual(len(sim.changes(action=CREATE)), 1, "nothing left before the pause")
        wait_until(lambda: all(i["state"] != "recorded" for i in daemon.ask("intents")["intents"]),
                   what="the turn of what waited")
        self.assertEqual(len(sim.changes(action=CREATE)), 1)

    def test_what_is_not_in_the_file_cannot_be_paused(self):
        _, daemon = self.standing()
        refused = daemon.cli("pause", "nobody")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no such group", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
