#!/usr/bin/env python3
"""Refused keys are told as what they are, once; the secret is nowhere to be read."""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import canary  # noqa: E402
from drover_test import (CANARY, Case, Daemon, all_bytes, default_config,  # noqa: E402
                         fast_config, fleet, phones, read_paths, wait_until, write_keys)

VARIABLE = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
NOBODY = 65534


class Secrets(Case):
    def assert_hidden(self, where, what):
        data = where if isinstance(where, bytes) else where.encode()
        self.assertTrue(data, f"{what} is empty: nothing was looked at")
        self.assertNotIn(CANARY.encode(), data, what)

    def test_a_wrong_secret_is_told_once_with_its_request_id_and_ends_once(self):
        sim = self.sim()
        daemon = self.once(sim, fleet(phones(3)), 1, env={VARIABLE: CANARY})
        told = daemon.told("auth_refused")
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0]["level"], "error")
        self.assertEqual(told[0]["code"], "SignatureDoesNotMatch")
        ids = {c["request_id"] for c in sim.calls()}
        self.assertIn(told[0]["request_id"], ids)
        self.assertEqual(sim.changes(), [])
        self.assert_hidden(daemon.log(), "the log")

    def test_refused_keys_do_not_fill_the_log_of_a_daemon(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(3)), env={VARIABLE: CANARY})
        wait_until(lambda: daemon.told("auth_refused"), what="the refusal")
        time.sleep(2)
        errors = [e for e in daemon.events() if e["level"] in ("error", "warning", "crit")]
        self.assertEqual(len(daemon.told("auth_refused")), 1)
        self.assertLess(len(errors), 4, errors)
        self.assertLess(len(sim.calls()), 20, "refused keys are not tried in a hurry")
        self.assertEqual(sim.changes(), [])

    def test_rotated_keys_come_into_force_with_a_reload(self):
        sim = self.sim()
        folder = tempfile.mkdtemp(prefix="keys-")
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "credentials")
        write_keys(path, secret=CANARY)
        config = fast_config(sim, extra=f"credentials: {{file: {path}}}\n")
        daemon = self.daemon(sim, fleet(phones(3)), config=config)
        wait_until(lambda: daemon.told("auth_refused"), what="the refusal")
        write_keys(path)
        daemon.reload()
        daemon.wait_condition("Converged")
        self.assertEqual(len(daemon.told("auth_mended")), 1)
        write_keys(path, secret="")
        daemon.reload()
        wait_until(lambda: daemon.told("credentials_missing"), what="the complaint")
        daemon.write_fleet(fleet(phones(4)))
        daemon.reload()
        daemon.wait_condition("Converged", desired=4)  # the keys it had are still good

    def test_missing_keys_are_a_configuration_error(self):
        sim = self.sim()
        daemon = Daemon(sim, fleet(phones(1)), config=fast_config(sim), once=True, hold=True,
                        env={"HOME": "/nonexistent"})
        self.addCleanup(self._end, daemon)
        for name in list(daemon.env):
            if name.startswith("ALIBABA"):
                del daemon.env[name]
        daemon.start()
        self.assertEqual(daemon.wait(), 78)
        self.assertEqual(len(daemon.told("credentials_missing")), 1)
        self.assertEqual(sim.calls(), [])

    def test_the_secret_is_in_no_output(self):
        sim = self.sim(args=("--access-key-secret", CANARY))
        config = fast_config(sim, extra="log: {level: debug}\n")
        for form in ("json", "text"):
            with self.subTest(form=form):
                daemon = self.daemon(sim, fleet(phones(3, name=f"p-{form}"), name=form),
                                     config=config, env={VARIABLE: CANARY}, args=("--log", form))
                daemon.wait_condition("Converged", name=f"p-{form}")
                for path in read_paths(f"p-{form}"):
                    _, body = daemon.get(path)
                    self.assert_hidden(body, path)
                with open(f"/proc/{daemon.process.pid}/cmdline", "rb") as file:
                    self.assert_hidden(file.read(), "the command line")
                daemon.stop()
                self.assert_hidden(all_bytes(daemon.state_dir), "the ledger")
                self.assert_hidden(daemon.log(), f"the {form} log")

    def test_temporary_keys_are_in_no_output(self):
        """The canary stands in every secret and token that the cloud issues."""
        ways = {"role": 'role_arn: "acs:ram::1234567890123456:role/fleet-role"',
                "instance": 'ecs_role: ""'}
        for way, setting in ways.items():
            with self.subTest(way=way):
                sim = self.sim()
                sim.sts(mark=CANARY, ttl_ms=6_000_000, metadata={"role": "fleet-role"})
                config = fast_config(sim, extra="log: {level: debug}\ncredentials: {refresh: 2s, "
                                                f"change_margin: 1s, {setting}}}\n")
                daemon = self.daemon(sim, fleet(phones(3)), config=config)
                daemon.wait_condition("Converged")
                wait_until(lambda: daemon.told("credentials_renewed"), what="renewed keys")
                sim.sts(refuse="SignatureDoesNotMatch")
                if way == "role":
                    wait_until(lambda: daemon.told("credentials_refused"), what="a refusal")
                for path in read_paths("phones"):
                    _, body = daemon.get(path)
                    self.assert_hidden(body, path)
                with open(f"/proc/{daemon.process.pid}/environ", "rb") as file:
                    self.assert_hidden(file.read(), "the environment")
                daemon.stop()
                self.assert_hidden(all_bytes(daemon.state_dir), "the ledger")
                self.assert_hidden(daemon.log(), "the log")

    def run_as_nobody(self, daemon):
        """What /proc shows to the owner of a process says nothing of root's."""
        program = shutil.copy(daemon.program[0], daemon.own_dir)  # nobody may not come here
        os.chmod(program, 0o755)
        for folder, _, names in os.walk(daemon.own_dir):
            for name in ["", *names]:
                os.chown(os.path.join(folder, name), NOBODY, NOBODY)
        daemon.program = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                          program]

    def test_nobody_looks_into_the_process_and_no_core_is_left(self):
        sim = self.sim()
        daemon = Daemon(sim, fleet(phones(1)), config=fast_config(sim), hold=True)
        self.addCleanup(self._end, daemon)
        user = os.geteuid()
        if user == 0:
            self.run_as_nobody(daemon)
            user = NOBODY
        daemon.start()
        daemon.wait_condition("Converged")
        place = f"/proc/{daemon.process.pid}"
        with open(f"{place}/status", encoding="utf-8") as file:
            self.assertIn(f"Uid:\t{user}\t{user}\t", file.read())
        self.assertNotEqual(os.stat(f"{place}/mem").st_uid, user, "its user may read its memory")
        with open(f"{place}/limits", encoding="utf-8") as file:
            cores = [line.split()[4:6] for line in file if line.startswith("Max core file size")]
        self.assertEqual(cores, [["0", "0"]])

    def test_a_crash_leaves_no_core_where_others_leave_one(self):
        for name in ("SIGABRT", "SIGSEGV", "SIGQUIT"):
            with self.subTest(signal=name):
                sim = self.sim()
                place = tempfile.mkdtemp(prefix="core-")
                self.addCleanup(shutil.rmtree, place)
                free = {"cwd": place, "preexec_fn": lambda: resource.setrlimit(
                    resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))}
                daemon = Daemon(sim, fleet(phones(1)), config=fast_config(sim), popen=free)
                self.addCleanup(shutil.rmtree, daemon.own_dir)
                daemon.wait_condition("Converged")
                number = getattr(signal, name)
                daemon.process.send_signal(number)
                self.assertNotEqual(daemon.wait(), 0)
                self.assertEqual(os.listdir(place), [])
                other = subprocess.Popen(["sleep", "100"], **free)
                other.send_signal(number)
                self.assertEqual(other.wait(20), -number)
                if self.cores_are_files():
                    self.assertTrue(os.listdir(place), "nothing leaves a core: nothing was proved")

    @staticmethod
    def cores_are_files():
        with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
            pattern = file.read().strip()
        return bool(pattern) and pattern[0] not in "|/@"

    # --- the scanner itself

    def plant(self):
        """What it finds from here on was planted."""
        self.addCleanup(canary.counts.update, hits=canary.counts["hits"])

    def test_a_planted_key_is_seen_wherever_it_lies(self):
        self.plant()
        sim = self.sim()
        for key in (canary.KEY_ID, canary.KEY_SECRET, canary.TOKEN):
            with self.subTest(key=key):
                daemon = Daemon(sim, fleet(phones(1)), config=fast_config(sim))
                self.addCleanup(shutil.rmtree, daemon.own_dir)
                daemon.wait_condition("Converged")
                self.assertEqual(daemon.stop(), 0)
                for path in (daemon.log_path, os.path.join(daemon.state_dir, "ledger.db")):
                    size = os.path.getsize(path)
                    with open(path, "ab") as file:
                        file.write(key.encode())
                    with self.assertRaises(canary.Leak):
                        daemon.look_at_remains()
                    os.truncate(path, size)
                daemon.look_at_remains()
                for form in canary.forms(key):
                    with self.assertRaises(canary.Leak):
                        canary.scan(b"..." + form + b"...", "a text")

    def test_a_planted_key_is_seen_in_a_process_and_in_its_child(self):
        self.plant()
        inherit = "import subprocess, sys; subprocess.run(['sleep', '100'{}], env={})"
        leaks = {"command line": ([sys.executable, "-c", "import time; time.sleep(100)",
                                   canary.KEY_SECRET], {}),
                 "environment": (["sleep", "100"], {"LEFT": canary.TOKEN}),
                 "environment of a child": (
                     [sys.executable, "-c", inherit.format("", "{'X': sys.stdin.readline()}")], {})}
        for where, (command, extra) in leaks.items():
            with self.subTest(where=where):
                process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True,
                                           env={"PATH": os.environ["PATH"], **extra})
                self.addCleanup(process.communicate)
                self.addCleanup(process.kill)
                process.stdin.write(canary.KEY_ID + "\n")
                process.stdin.flush()

                def seen(pid=process.pid):
                    try:
                        canary.scan_process(pid)
                    except canary.Leak as leak:
                        return str(leak)
                    return None
                self.assertIn(where, wait_until(seen, what="the leak"))
                for child in canary.children_of(process.pid):
                    os.kill(child, signal.SIGKILL)

    def test_what_a_process_was_given_is_no_leak_while_it_begins(self):
        """Between fork and exec a process shows no command line yet."""
        given = f"LEFT={canary.TOKEN}".encode()
        lines = iter([b""])

        def read(_pid, name):
            return given if name == "environ" else next(lines, b"droverd")
        with unittest.mock.patch.object(canary, "read_of", read):
            canary.scan_process(-1, {given})

    def test_a_secret_in_the_settings_file_is_refused_and_not_repeated(self):
        sim = self.sim()
        config = default_config(sim) + f"credentials: {{access_key_secret: {json.dumps(CANARY)}}}\n"
        daemon = self.daemon(sim, fleet(phones(1)), config=config)
        self.assertEqual(daemon.wait(), 78)
        self.assert_hidden(daemon.log(), "the log")


if __name__ == "__main__":
    unittest.main(verbosity=2)
