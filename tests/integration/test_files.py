#!/usr/bin/env python3
"""The fleet file: checked as a whole, and a bad one changes nothing."""
import os
import re
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, fast_config, fleet, phones, run_cli, wait_until  # noqa: E402

FIVE_MISTAKES = """version: 1
fleet: qa
groups:
  - name: phones
    kind: cloud-phone
    count: -3
    region: cn-shanghai
    spec: acp.basic.small
    imge: imgc-06zyt9m93zwax1f2s
  - name: Phones
    kind: cloud-phone
    count: 3
    count: 4
    region: cn-shanghai
    spec: acp.basic.small
    image: imgc-06zyt9m93zwax1f2s
    charge: {type: Prepaid}
"""
# line:column of count, imge, Phones, the second count, Prepaid
PLACES = ("6:12", "9:5", "10:11", "13:5", "17:20")


class Check(unittest.TestCase):
    def test_five_mistakes_are_told_at_once_with_line_and_column(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "fleet.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(FIVE_MISTAKES)
            done = run_cli("check", path)
        self.assertEqual(done.returncode, 1)
        found = re.findall(r"fleet\.yaml:(\d+:\d+): ", done.stdout + done.stderr)
        for place in PLACES:
            self.assertIn(place, found, done.stdout + done.stderr)
        self.assertEqual(found, sorted(found, key=lambda at: [int(n) for n in at.split(":")]))
        self.assertIn("image", done.stdout + done.stderr, "the nearest name of imge")

    def test_a_good_file_passes(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "fleet.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(fleet(phones(3)))
            self.assertEqual(run_cli("check", path).returncode, 0)


class Reload(Case):
    def standing_daemon(self, sim, **poll):
        daemon = self.daemon(sim, fleet(phones(3)), config=fast_config(sim, poll=poll))
        daemon.wait_condition("Converged")
        return daemon

    def assert_refused(self, daemon, sim, spoil):
        before, seen = sim.last_seq(), len(daemon.events())
        generation = daemon.status()["generation"]
        spoil()
        wait_until(lambda: [e for e in daemon.events()[seen:] if e["level"] == "error"],
                   what="an ERROR")
        time.sleep(0.5)
        errors = [e for e in daemon.events()[seen:] if e["level"] in ("error", "crit")]
        self.assertEqual(len(errors), 1, errors)
        self.assertIn("fleet.yaml", str(errors[0]))
        self.assertEqual(daemon.status()["generation"], generation)
        self.assertEqual(daemon.group()["desired"], 3)
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(sim.standing(), 3)

    def test_a_bad_file_changes_nothing_and_is_one_error(self):
        sim = self.sim()
        daemon = self.standing_daemon(sim)
        whole = fleet(phones(3), phones(2, name="others"))
        bad = {"broken": "version: 1\nfleet: qa\ngroups: [\n...\n",
               "empty": "",
               "cut between groups": whole[:whole.index("  - name: others")],
               "cut in a line": whole[:whole.index("others") + 3],
               "no groups": "version: 1\nfleet: qa\ngroups: []\n",
               "another fleet": fleet(phones(3), name="other"),
               "not text": "\x00\x01\x02...\n",
               "five mistakes": FIVE_MISTAKES + "...\n"}
        for name, text in bad.items():
            with self.subTest(file=name):
                self.assert_refused(daemon, sim, lambda text=text: daemon.write_fleet(text))
        with self.subTest(file="absent"):
            self.assert_refused(daemon, sim, lambda: os.remove(daemon.fleet_path))
        daemon.write_fleet(fleet(phones(4)))
        daemon.wait_condition("Converged", desired=4)

    def test_sighup_reads_the_file_at_once(self):
        sim = self.sim()
        daemon = self.standing_daemon(sim, settle="1h")
        daemon.write_fleet(fleet(phones(5)))
        time.sleep(0.5)
        self.assertEqual(daemon.group()["desired"], 3, "the file settles for an hour")
        daemon.reload()
        daemon.wait_condition("Converged", desired=5)
        self.assertEqual(sim.standing(), 5)

    def test_drover_reload_answers_whether_the_file_was_taken(self):
        sim = self.sim()
        daemon = self.standing_daemon(sim, settle="1h")
        daemon.write_fleet(fleet(phones(4)))
        done = daemon.cli("reload", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(daemon.group()["desired"], 4)
        daemon.write_fleet("groups: [\n")
        done = daemon.cli("reload", "--wait")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(daemon.group()["desired"], 4)

    def test_a_start_with_a_bad_file_goes_on_with_the_last_good_one(self):
        sim = self.sim()
        daemon = self.standing_daemon(sim)
        daemon.stop()
        daemon.write_fleet("groups: [\n")
        before = sim.last_seq()
        daemon.start()
        daemon.wait_condition("Converged")
        self.assertEqual(sim.changes(before), [])
        self.assertEqual(len(daemon.told("config_last_good")), 1)

    def test_a_first_start_with_a_bad_file_is_78(self):
        sim = self.sim()
        daemon = self.once(sim, "groups: [\n", 78)
        self.assertEqual(sim.calls(), [])
        self.assertEqual(len(daemon.told("config_refused")), 1)

    def test_what_cannot_change_in_place_is_refused_with_what_to_do(self):
        sim = self.sim()
        daemon = self.standing_daemon(sim)
        for change in ({"charge": "PrePaid"}, {"region": "cn-hangzhou"}):
            with self.subTest(change=change):
                text = fleet(phones(3, **change))
                self.assert_refused(daemon, sim, lambda text=text: daemon.write_fleet(text))
                self.assertIn("new name", daemon.told("config_refused")[-1]["complaint"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
