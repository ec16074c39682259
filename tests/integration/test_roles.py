#!/usr/bin/env python3
"""Keys that end: fetched from every source, renewed in mid-run, and never used too long."""
import json
import os
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import (KEY_ID, KEY_SECRET, Case, fast_config, fleet, phones,  # noqa: E402
                         run_cli, wait_until)

ROLE = "acs:ram::1234567890123456:role/fleet-role"
ASSUMED = "acs:ram::1234567890123456:assumed-role/fleet-role/"
BASE = {"access_key_id": KEY_ID, "access_key_secret": KEY_SECRET}
# Codes with which keys are refused (protocol c).
OF_KEYS = ("InvalidAccessKeyId", "InvalidSecurityToken", "MissingSecurityToken", "Signature",
           "NoPermission", "Forbidden")
# What lives 8 s of real time when cloud time is a thousand times as fast.
SHORT = 8_000_000
SHORT_KEYS = "credentials: {refresh: 3s, change_margin: 1s%s}\n"
CLI_FILE = "ALIBABA_CLOUD_CONFIG_FILE"
INI_FILE = "ALIBABA_CLOUD_CREDENTIALS_FILE"


class Roles(Case):
    def file(self, text):
        folder = tempfile.mkdtemp(prefix="keys-")
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "credentials")
        with open(path, "w", encoding="utf-8") as file:
            os.chmod(path, 0o600)
            file.write(text)
        return path

    def profile(self, *profiles):
        return self.file(json.dumps({"current": profiles[0]["name"], "profiles": profiles}))

    def role_daemon(self, sim, fleet_text, keys="", env=None, **options):
        """A daemon without keys in its environment but with what env says."""
        config = fast_config(sim, extra=SHORT_KEYS % keys)
        daemon = self.daemon(sim, fleet_text, config=config, hold=True, **options)
        for name in [n for n in daemon.env if n.startswith("ALIBABA")]:
            del daemon.env[name]
        daemon.env.update({"HOME": "/nonexistent", **(env or {})})
        daemon.start()
        return daemon

    def assert_no_auth_failures(self, sim, changing=None):
        failed = [c for c in sim.calls(changing=changing) if c["code"].startswith(OF_KEYS)]
        self.assertEqual(failed, [])

    def assert_renews(self, sim, daemon, action, changing=None):
        """Keys come, and come again before they end, and nothing is ever refused."""
        daemon.wait_condition("Converged")
        first = daemon.ask("whoami")
        self.assertEqual(first["account"], "1234567890123456")
        self.assertEqual(first["identity_type"], "AssumedRoleUser")
        self.assertTrue(first["arn"].startswith(ASSUMED), first)
        self.assertLessEqual(first["expires_in_s"], 8)

        def renewed():
            now = daemon.ask("whoami")
            return now if now and now["expires"] > first["expires"] else None
        self.assertNotEqual(wait_until(renewed, 30, what="new keys")["key_hint"], "")
        asked = [c for c in sim.calls() if c["action"] == action]
        self.assertGreaterEqual(len(asked), 2)
        self.assert_no_auth_failures(sim, changing)
        return first

    # --- each source

    def test_a_role_of_the_cli_profile_is_assumed_and_renewed(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT)
        path = self.profile({"name": "fleet", "mode": "RamRoleArn", **BASE, "ram_role_arn": ROLE,
                             "ram_session_name": "me@host", "expired_seconds": 1800,
                             "external_id": "ext", "policy": '{"Version": "1"}'})
        daemon = self.role_daemon(sim, fleet(phones(3)), env={CLI_FILE: path})
        who = self.assert_renews(sim, daemon, "AssumeRole")
        self.assertEqual(who["arn"], ASSUMED + "me@host")
        self.assertEqual(who["source"], f"{path}, as {ROLE}")
        asked = [c["params"] for c in sim.calls() if c["action"] == "AssumeRole"]
        self.assertEqual(asked[0], {"RoleArn": ROLE, "RoleSessionName": "me@host",
                                    "DurationSeconds": "1800", "ExternalId": "ext",
                                    "Policy": '{"Version": "1"}'})

    def test_a_role_of_the_shared_ini_is_assumed_and_renewed(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT)
        path = self.file(f"[default]\ntype = ram_role_arn\naccess_key_id = {KEY_ID}\n"
                         f"access_key_secret = {KEY_SECRET}\nrole_arn = {ROLE}\n"
                         "role_session_name = ini\n")
        daemon = self.role_daemon(sim, fleet(phones(3)), env={INI_FILE: path})
        self.assertEqual(self.assert_renews(sim, daemon, "AssumeRole")["arn"], ASSUMED + "ini")

    def test_a_role_of_the_settings_is_assumed_with_the_keys_found(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT)
        daemon = self.role_daemon(sim, fleet(phones(3)), keys=f", role_arn: {json.dumps(ROLE)}",
                                  env={"ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID,
                                       "ALIBABA_CLOUD_ACCESS_KEY_SECRET": KEY_SECRET},
                                  keys_in_environment=True)
        who = self.assert_renews(sim, daemon, "AssumeRole")
        self.assertEqual(who["arn"], ASSUMED + "drover")

    def test_the_role_of_the_instance_is_renewed_with_one_metadata_token(self):
        sim = self.sim(time_scale=100)
        sim.sts(ttl_ms=SHORT // 10, metadata={"role": "fleet-role", "require_token": True})
        path = self.profile({"name": "ecs", "mode": "EcsRamRole", "ram_role_name": ""})
        daemon = self.role_daemon(sim, fleet(phones(3)), env={CLI_FILE: path})
        self.assert_renews(sim, daemon, "GetKeys")
        tokens = [c for c in sim.calls() if c["action"] == "GetToken"]
        self.assertEqual(len(tokens), 1, "the token is kept for its life")
        self.assertTrue([c for c in sim.calls() if c["action"] == "GetRole"])

    def test_a_metadata_token_that_has_ended_is_replaced(self):
        sim = self.sim()  # six hours of cloud time are 21.6 s
        sim.sts(ttl_ms=SHORT, metadata={"role": "fleet-role", "require_token": True})
        path = self.file("[default]\ntype = ecs_ram_role\nrole_name = fleet-role\n")
        daemon = self.role_daemon(sim, fleet(phones(1)), env={INI_FILE: path})
        daemon.wait_condition("Converged")
        sim.advance(21_600_000)
        # The keys ended with the token, before their time: a read may have found out.
        self.assert_renews(sim, daemon, "GetKeys", changing=True)
        tokens = [c for c in sim.calls() if c["action"] == "GetToken"]
        self.assertGreaterEqual(len(tokens), 2)

    def test_metadata_without_tokens_is_taken_unless_forbidden(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT, metadata={"role": "fleet-role", "no_tokens": True})
        fleet_text = fleet(phones(2))
        daemon = self.role_daemon(sim, fleet_text, keys=", ecs_role: fleet-role")
        self.assert_renews(sim, daemon, "GetKeys")
        strict = self.role_daemon(sim, fleet_text, keys=', ecs_role: ""', once=True,
                                  args=("--timeout", "3s"),
                                  env={"ALIBABA_CLOUD_IMDSV1_DISABLED": "true"})
        self.assertEqual(strict.wait(), 1)
        self.assertEqual(len(strict.told("credentials_not_renewed")), 1)
        told = strict.told("once_timeout")[0]
        self.assertIn("gives no token", told["waits_for_keys"])

    def test_a_chain_assumes_the_role_with_the_keys_of_the_instance(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT, metadata={"role": "machine", "require_token": True})
        path = self.profile({"name": "chain", "mode": "ChainableRamRoleArn", "ram_role_arn": ROLE,
                             "ram_session_name": "chained", "source_profile": "ecs"},
                            {"name": "ecs", "mode": "EcsRamRole", "ram_role_name": "machine"})
        daemon = self.role_daemon(sim, fleet(phones(2)), env={CLI_FILE: path})
        who = self.assert_renews(sim, daemon, "AssumeRole")
        self.assertEqual(who["arn"], ASSUMED + "chained")

    # --- in mid-run

    def test_a_fleet_grows_across_expiries_without_a_refused_call(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT // 2)
        path = self.profile({"name": "fleet", "mode": "RamRoleArn", **BASE, "ram_role_arn": ROLE})
        daemon = self.role_daemon(sim, fleet(phones(1)), env={CLI_FILE: path})
        daemon.wait_condition("Converged")
        start, count = time.monotonic(), 1
        while time.monotonic() - start < 14:
            count += 7
            daemon.write_fleet(fleet(phones(count)))
            daemon.reload()
            daemon.wait_condition("Converged", desired=count)
        self.assertEqual(sim.standing(), count)
        self.assertGreaterEqual(len([c for c in sim.calls() if c["action"] == "AssumeRole"]), 3)
        self.assert_no_auth_failures(sim)
        self.assertEqual(daemon.told("auth_refused"), [])

    def test_keys_that_end_early_are_a_pause_and_no_failure(self):
        sim = self.sim()
        path = self.profile({"name": "fleet", "mode": "RamRoleArn", **BASE, "ram_role_arn": ROLE})
        daemon = self.role_daemon(sim, fleet(phones(2)), env={CLI_FILE: path})
        daemon.wait_condition("Converged")
        sim.advance(3_600_000)  # the cloud ends them; by the daemon's clock an hour is left
        wait_until(lambda: daemon.told("credentials_ended"), what="the end being noticed")
        daemon.write_fleet(fleet(phones(9)))
        daemon.reload()
        daemon.wait_condition("Converged", desired=9)
        self.assert_no_auth_failures(sim, changing=True)
        self.assertEqual(daemon.told("auth_refused"), [])
        self.assertEqual(len([c for c in sim.calls() if c["action"] == "AssumeRole"]), 2)

    def test_changes_wait_while_renewing_fails_and_go_on_afterwards(self):
        sim = self.sim()
        sim.sts(ttl_ms=SHORT)
        path = self.profile({"name": "fleet", "mode": "RamRoleArn", **BASE, "ram_role_arn": ROLE})
        daemon = self.role_daemon(sim, fleet(phones(2)), env={CLI_FILE: path})
        daemon.wait_condition("Converged")
        sim.sts(refuse="NoPermission")
        wait_until(lambda: daemon.told("credentials_ended"), 30, what="the end of the keys")
        refused = daemon.told("credentials_refused")
        self.assertEqual(len(refused), 1)
        self.assertEqual(refused[0]["code"], "NoPermission")
        self.assertIn(refused[0]["request_id"], {c["request_id"] for c in sim.calls()})
        self.assertEqual(len(daemon.told("credentials_low")), 1)
        daemon.write_fleet(fleet(phones(5)))
        asked = daemon.cli("whoami")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("NoPermission", asked.stderr)
        seq = sim.last_seq()
        time.sleep(1)
        self.assertEqual([c for c in sim.calls(seq) if c["action"] != "AssumeRole"], [])
        sim.sts(refuse="")
        daemon.reload()  # else it is asked again after rates.denied_min
        daemon.wait_condition("Converged", desired=5)
        self.assert_no_auth_failures(sim, changing=True)

    # --- at the start

    def test_a_refused_role_ends_once_and_is_told_once(self):
        sim = self.sim()
        sim.sts(refuse="EntityNotExist.Role")
        path = self.profile({"name": "fleet", "mode": "RamRoleArn", **BASE, "ram_role_arn": ROLE})
        daemon = self.role_daemon(sim, fleet(phones(2)), env={CLI_FILE: path}, once=True,
                                  args=("--timeout", "40s"))
        self.assertEqual(daemon.wait(), 1)
        told = daemon.told("credentials_refused")
        self.assertEqual([t["code"] for t in told], ["EntityNotExist.Role"])
        self.assertEqual(told[0]["level"], "error")
        self.assertEqual(sim.changes(), [])

    def test_the_daemon_is_ready_before_it_has_keys(self):
        sim = self.sim()
        sim.sts(metadata={"role": "fleet-role", "broken": True})
        daemon = self.role_daemon(sim, fleet(phones(2)), keys=', ecs_role: ""')
        wait_until(lambda: daemon.told("daemon_ready"), what="READY")
        wait_until(lambda: daemon.told("credentials_not_renewed"), what="the complaint")
        self.assertEqual(daemon.ask("orders"), {"orders": []})
        self.assertEqual([c for c in sim.calls() if c["product"] != "metadata"], [])
        sim.sts(metadata={"broken": False})
        daemon.wait_condition("Converged")
        self.assert_no_auth_failures(sim)

    def test_a_mode_that_is_not_taken_is_a_configuration_error(self):
        sim = self.sim()
        path = self.profile({"name": "sso", "mode": "CloudSSO"})
        daemon = self.role_daemon(sim, fleet(phones(1)), env={CLI_FILE: path}, once=True)
        self.assertEqual(daemon.wait(), 78)
        told = daemon.told("credentials_missing")[0]["error"]
        for part in (path, '"sso"', '"CloudSSO"', "RamRoleArn", "EcsRamRole"):
            self.assertIn(part, told)

    # --- whoami

    def test_whoami_tells_of_permanent_keys(self):
        sim = self.sim()
        daemon = self.daemon(sim, fleet(phones(1)), keys_in_environment=True)
        daemon.wait_condition("Converged")
        self.assertEqual(daemon.ask("whoami"), {
            "account": "1234567890123456", "arn": "acs:ram::1234567890123456:user/drover",
            "identity_type": "RAMUser", "site": "china", "source": "environment",
            "key_hint": KEY_ID[:4] + "…" + KEY_ID[-2:], "expires": None, "expires_in_s": None})
        text = daemon.cli("whoami").stdout
        for part in ("1234567890123456", "user/drover", "RAMUser", "china", "never"):
            self.assertIn(part, text)
        self.assertNotIn(KEY_SECRET, text)

    def test_whoami_without_a_daemon_says_so(self):
        done = run_cli("whoami", "--state-dir", tempfile.gettempdir())
        self.assertEqual(done.returncode, 1)
        self.assertIn("droverd is not running", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
