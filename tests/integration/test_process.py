#!/usr/bin/env python3
"""droverd as a process: its end, its ledger, and how little it does when all is done."""
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import Case, Daemon, fast_config, fleet, phones, wait_until  # noqa: E402

CREATE, LIST = "CreateAndroidInstanceGroup", "DescribeAndroidInstanceGroups"
CLOUD_SECOND = 1000000  # ms of cloud time in a second of a thousandfold clock
IDLE_SECONDS = 4
DEFAULT_LIKE = {"sweep": "60s", "slow": "15s", "fast": "100ms", "orders": "30s", "settle": "2s"}


def switches(pid):
    """Voluntary context switches of all threads: each wake-up ends in one."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
    return total


def can_mount():
    return os.geteuid() == 0 and shutil.which("unshare") and subprocess.run(
        ["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


class Process(Case):
    def test_sigterm_during_a_create_waits_for_the_answer_and_records_it(self):
        sim = self.sim()
        sim.faults({"action": CREATE, "fault": "delay", "ms": 2 * CLOUD_SECOND})
        daemon = self.daemon(sim, fleet(phones(3)))
        wait_until(lambda: sim.instances(), what="the create's effect")
        self.assertEqual(daemon.stop(), 0)
        events = [e["event"] for e in daemon.events()]
        self.assertLess(events.index("daemon_stopping"), events.index("group_created"))
        self.assertNotIn("call_unclear", events)

        daemon.start()
        daemon.wait_condition("Converged")
        self.assertEqual(len(sim.changes(action=CREATE)), 1)
        self.assertEqual(daemon.told("call_unclear"), [], "the answer was in the ledger")

    def test_sigterm_ends_an_idle_daemon_with_0(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(1)))
        daemon.wait_condition("Converged")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.events()[-1]["event"], "daemon_stopped")

    def test_what_is_old_is_forgotten_by_the_clouds_time_alone(self):
        """Before the cloud has told it, the time is the machine's, and that may be years ahead."""
        daemon = self.daemon(self.sim(), fleet(phones(1)))
        old = (int(time.time()) - 500 * 86400) * 1000

        def live():
            daemon.wait_condition("Converged")
            self.assertEqual(daemon.stop(), 0)

        def ledger(statement):
            database = sqlite3.connect(os.path.join(daemon.state_dir, "ledger.db"))
            with database:
                found = database.execute(statement).fetchall()
            database.close()
            return found

        live()
        ledger(f"INSERT INTO events (wall_ms, group_name, event, detail) VALUES ({old}, '', 'old', '')")
        ledger("DELETE FROM meta WHERE key = 'heard_wall_ms'")
        for left in (1, 0):
            daemon.start()
            live()
            self.assertEqual(ledger("SELECT count(*) FROM events WHERE event = 'old'"), [(left,)])

    def test_a_second_daemon_on_the_same_ledger_ends_with_75(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(1)))
        daemon.wait_condition("Converged")
        second = self.daemon(sim, fleet(phones(2)), state_dir=daemon.state_dir)
        self.assertEqual(second.wait(), 75)
        self.assertEqual(len(second.told("daemon_second")), 1)
        self.assertEqual(daemon.group()["condition"], "Converged")

    def test_nothing_is_sent_while_the_ledger_cannot_grow(self):
        sim = self.sim()
        sim.faults({"action": LIST, "fault": "delay", "ms": CLOUD_SECOND})
        daemon = self.daemon(sim, fleet(phones(3)))
        wait_until(lambda: sim.calls(), what="the first listing")
        ledger = os.path.join(daemon.state_dir, "ledger.db")
        size = os.path.getsize(ledger + "-wal")
        self.assertGreater(size, 20000, "the log file is smaller than the limit")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        wait_until(lambda: daemon.told("ledger_not_writable"), what="the failed write")
        time.sleep(1.5)
        self.assertEqual(sim.changes(), [])
        self.assertEqual(len(daemon.told("ledger_not_writable")), 1)

        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        daemon.wait_condition("Converged")
        self.assertEqual(sim.standing(), 3)
        self.assertEqual(len(sim.changes(action=CREATE)), 1)
        self.assertEqual(len(daemon.told("ledger_writable")), 1)

    def test_a_file_that_cannot_be_kept_is_not_in_force(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(3)))
        daemon.wait_condition("Converged")
        ledger = os.path.join(daemon.state_dir, "ledger.db")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                         (os.path.getsize(ledger + "-wal"), resource.RLIM_INFINITY))
        daemon.write_fleet(fleet(phones(5)))
        self.assertNotEqual(daemon.cli("reload").returncode, 0)
        self.assertEqual(daemon.group()["desired"], 3)
        self.assertTrue(daemon.told("config_refused"))  # by the command, or by the edit as well
        self.assertEqual(len(daemon.told("config_accepted")), 1)

        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.wait(lambda: daemon.cli("reload").returncode == 0, "the file in force")
        daemon.wait_condition("Converged", desired=5)

    def test_nothing_is_sent_when_the_state_directory_is_read_only(self):
        if not can_mount():
            self.skipTest("needs root and a mount namespace of its own")
        sim = self.sim()
        daemon = Daemon(sim, fleet(phones(3)), config=fast_config(sim), once=True, hold=True)
        self.addCleanup(self._end, daemon)
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
        daemon.program = ["unshare", "--mount", "sh", "-c", script, daemon.state_dir,
                          *daemon.program]
        daemon.start()
        self.assertEqual(daemon.wait(), 1)
        self.assertEqual(sim.changes(), [])
        self.assertEqual(len(daemon.told("daemon_failed")), 1)

    def test_a_converged_fleet_costs_nearly_nothing(self):
        sim = self.sim()
        config = fast_config(sim, poll=DEFAULT_LIKE)
        daemon = self.daemon(sim, fleet(phones(120), phones(5, name="others")), config=config)
        daemon.wait_condition("Converged")
        daemon.wait_condition("Converged", name="others")
        time.sleep(1)
        calls, lines = sim.last_seq(), len(daemon.log().splitlines())
        before, start = switches(daemon.process.pid), time.monotonic()
        time.sleep(IDLE_SECONDS)
        rate = (switches(daemon.process.pid) - before) / (time.monotonic() - start)
        self.assertLess(rate, 5, "wake-ups in a second")
        self.assertEqual(sim.changes(calls), [])
        self.assertEqual(daemon.log().splitlines()[lines:], [])
        self.assertLessEqual(len(sim.calls(calls)), 2, "a sweep a minute")

    def test_sweeps_of_a_converged_fleet_are_two_reads_and_no_words(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(120)), config=fast_config(
            sim, poll={"sweep": "200ms"}))
        daemon.wait_condition("Converged")
        time.sleep(1)
        calls, lines = sim.last_seq(), len(daemon.log().splitlines())
        time.sleep(2)
        swept = sim.calls(calls)
        names = {c["action"] for c in swept}
        self.assertEqual(names, {LIST, "DescribeAndroidInstances"})
        lists = sum(c["action"] == LIST for c in swept)
        self.assertGreater(lists, 3)
        self.assertLessEqual(abs(len(swept) - 2 * lists), 1, "instances are counted, not listed")
        self.assertEqual(daemon.log().splitlines()[lines:], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
