#!/usr/bin/env python3
"""Edits of fleet.yaml that no file event tells of."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fleet, phones  # noqa: E402


class UnnoticedEdits(Case):
    def test_an_edit_behind_a_symbolic_link_comes_into_force(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged", desired=2)
        with tempfile.TemporaryDirectory() as elsewhere:
            real = os.path.join(elsewhere, "real.yaml")
            self.write(real, fleet(phones(3)))
            os.symlink(real, daemon.fleet_path + ".link")
            os.rename(daemon.fleet_path + ".link", daemon.fleet_path)
            daemon.wait_condition("Converged", desired=3)
            self.write(real, fleet(phones(4)))
            daemon.wait_condition("Converged", desired=4)
            self.write(real, "version: 1\n")  # refused, and told once
            daemon.wait_condition("Converged", desired=4)
            accepted = len(daemon.told("config_accepted"))
            self.write(real, fleet(phones(5)))
            daemon.wait_condition("Converged", desired=5)
            self.assertEqual(len(daemon.told("config_accepted")), accepted + 1)
            self.assertLessEqual(len(daemon.told("config_refused")), 1)

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
