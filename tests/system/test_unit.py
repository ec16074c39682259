#!/usr/bin/env python3
"""The files for systemd as the build makes them: the unit's exposure, its form, the catalogue."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = os.path.abspath(os.environ.get("DROVER_BUILD_DIR", "build"))
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
UNIT = os.path.join(BUILD, "systemd", "droverd.service")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


class Unit(unittest.TestCase):
    def changed(self, pattern, replacement):
        """Path of a copy of the unit with one thing changed."""
        folder = tempfile.TemporaryDirectory(prefix="drover-unit-")
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "droverd.service")
        text, count = re.subn(pattern, replacement, read(UNIT), flags=re.M)
        self.assertGreater(count, 0, pattern)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def security(self, path):
        return run("systemd-analyze", "security", "--offline=true", "--threshold=11",
                   "--no-pager", path)

    def test_exposure_is_at_most_1_1(self):
        done = self.security(UNIT)
        self.assertEqual(done.returncode, 0, done.stdout[-400:] + done.stderr)

    def test_a_weaker_unit_would_be_found(self):
        done = self.security(self.changed("^ProtectSystem=.*$", ""))
        self.assertNotEqual(done.returncode, 0)

    def built(self):
        """The unit with the programs of the build in place of the installed ones."""
        return self.changed(r"=/\S*/(drover|droverd)(?=\s|$)",
                            lambda found: f"={BUILD}/daemon/{found[1]}")

    def test_systemd_finds_nothing_to_complain_about(self):
        done = run("systemd-analyze", "verify", "--man=no", self.built())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_no_path_is_left_open(self):
        self.assertNotRegex(read(UNIT), r"@\w+@")
        self.assertRegex(read(UNIT), r"(?m)^ExecStart=/\S+/droverd$")
        self.assertRegex(read(UNIT), r"(?m)^ExecReload=/\S+/drover reload --wait$")

    def test_states_that_need_a_person_are_not_restarted(self):
        self.assertRegex(read(UNIT), r"(?m)^RestartPreventExitStatus=64 75 78$")


class Catalogue(unittest.TestCase):
    def test_every_event_is_explained(self):
        catalogue = read(os.path.join(BUILD, "systemd", "drover.catalog"))
        events = re.findall(r'^EVENT\(\w+, "([0-9a-f]{32})"',
                            read(os.path.join(SOURCE, "daemon", "report", "events.def")), re.M)
        self.assertGreater(len(events), 30)
        self.assertEqual(re.findall(r"^-- ([0-9a-f]{32})$", catalogue, re.M), events)
        self.assertEqual(len(events), len(set(events)))

    def test_journald_can_read_it(self):
        with tempfile.TemporaryDirectory(prefix="drover-catalog-") as root:
            folder = os.path.join(root, "usr/lib/systemd/catalog")
            os.makedirs(folder)
            os.makedirs(os.path.join(root, "var/lib/systemd/catalog"))
            with open(os.path.join(folder, "drover.catalog"), "w", encoding="utf-8") as file:
                file.write(read(os.path.join(BUILD, "systemd", "drover.catalog")))
            done = run("journalctl", f"--root={root}", "--update-catalog")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)


if __name__ == "__main__":
    sys.exit(unittest.main())
