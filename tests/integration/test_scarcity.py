#!/usr/bin/env python3
"""droverd where descriptors, room for files or standard streams are wanting: it may end with an
error or wait, and never buys twice, dies of a signal, or stays down when there is enough again."""
import os
import resource
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, Daemon, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE, GROW = "CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"
FULL = os.environ.get("DROVER_FULL", "0") not in ("", "0")
ENOUGH = 64  # descriptors that a small fleet never needs
TIMEOUT = "4s"


class Scarcity(Case):
    def limited(self, sim, *wrapper, **options):
        """droverd --once, started through a command that takes something away."""
        no_leaks = {"ASAN_OPTIONS": "detect_leaks=0"}  # the leak checker needs descriptors, too
        daemon = Daemon(sim, fleet(phones(3)), config=fast_config(sim), once=True, hold=True,
                        args=("--timeout", TIMEOUT), env=no_leaks, **options)
        self.addCleanup(self._end, daemon)
        daemon.program = [*wrapper, *daemon.program]
        return daemon

    def assert_recovers(self, sim, daemon, wrapper):
        """Whatever became of it: the next one, which lacks nothing, finds or makes the fleet."""
        daemon.program = daemon.program[len(wrapper):]
        daemon.args[daemon.args.index(TIMEOUT)] = "40s"
        self.assertEqual(daemon.again(), 0)
        self.assertEqual(sim.standing(), 3)
        self.assertEqual(len(sim.changes(action=CREATE)), 1)

    def sweep(self, option, values, allowed=(0, 1)):
        for value in values:
            with self.subTest(option=option, value=value):
                sim = self.sim()
                wrapper = ["prlimit", f"--{option}={value}:{value}"]
                daemon = self.limited(sim, *wrapper)
                daemon.start()
                self.assertIn(daemon.wait(), allowed)
                self.assertLessEqual(len(sim.changes(action=CREATE)), 1)
                self.assert_recovers(sim, daemon, wrapper)
                sim.stop()

    def test_with_any_number_of_descriptors_it_ends_by_itself_and_buys_once(self):
        self.sweep("nofile", range(4, 41) if FULL else (6, 9, 11, 13, 16, 20))

    def test_with_any_limit_of_file_sizes_it_ends_by_itself_and_buys_once(self):
        sizes = (0, 1, 512, 4095, 4096, 8192, 20000, 40000, 65536, 100000, 120000, 200000, 400000)
        self.sweep("fsize", sizes if FULL else (0, 4096, 65536, 120000))

    def test_a_running_daemon_outlives_a_want_of_descriptors(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(2)))
        daemon.wait_condition("Converged")
        pid = daemon.process.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, ENOUGH))
        refused = len(daemon.told("config_refused"))
        daemon.write_fleet(fleet(phones(3)))
        wait_until(lambda: len(daemon.told("config_refused")) > refused, what="the refused file")
        time.sleep(1)
        self.assertEqual(sim.changes(action=GROW), [])
        self.assertIsNone(daemon.process.poll())

        resource.prlimit(pid, resource.RLIMIT_NOFILE, (ENOUGH, ENOUGH))
        daemon.reload()
        daemon.wait_condition("Converged", desired=3)
        self.assertEqual(sim.standing(), 3)
        self.assertEqual((len(sim.changes(action=CREATE)), len(sim.changes(action=GROW))), (1, 1))

    def test_closed_standard_streams_are_nobody_elses_descriptors(self):
        for closed in (">&- 2>&-", "<&- >&- 2>&-", "2>&-"):
            with self.subTest(closed=closed):
                sim = self.sim()
                daemon = self.limited(sim, "sh", "-c", f'exec "$0" "$@" {closed}')
                daemon.args[daemon.args.index(TIMEOUT)] = "40s"
                daemon.start()
                self.assertEqual(daemon.wait(), 0)
                self.assertEqual(sim.standing(), 3)
                sim.stop()

    def test_nobody_reading_the_log_is_no_reason_to_die(self):
        for where in (">/dev/full 2>&1", "2>&1 | true"):
            with self.subTest(where=where):
                sim = self.sim()
                status = os.path.join(sim.dir, "status")
                script = f'{{ "$0" "$@"; echo $? >{status}; }} {where}'
                daemon = self.limited(sim, "sh", "-c", script)
                daemon.args[daemon.args.index(TIMEOUT)] = "40s"
                daemon.start()
                daemon.wait()
                wait_until(lambda: os.path.exists(status) and os.path.getsize(status), what="its end")
                with open(status, encoding="ascii") as file:
                    self.assertEqual(file.read(), "0\n")
                self.assertEqual(sim.standing(), 3)
                sim.stop()


if __name__ == "__main__":
    if subprocess.run(["prlimit", "--version"], stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit(77)
    unittest.main(verbosity=2)
