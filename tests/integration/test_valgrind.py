#!/usr/bin/env python3
"""droverd --once under valgrind: no error, nothing lost, from the file to RUNNING, an order
that waits, a growth, and refused keys.

Sanitizers and valgrind do not go together: a build tree with sanitizers gets a second one
without them, in its own folder.
"""
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import BUILD_DIR, Case, executable, fast_config, fleet, phones  # noqa: E402

SOURCE_DIR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SKIPPED = 77
VALGRIND_FOUND = 99
VALGRIND = ["--quiet", f"--error-exitcode={VALGRIND_FOUND}", "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect,possible"]
# Valgrind is some thirty times slower: nothing may be taken for lost because of that.
PATIENT = {"fast": "200ms", "slow": "1s", "sweep": "2s", "orders": "500ms", "twice_apart": "100ms"}


def has_sanitizers():
    with open(os.path.join(BUILD_DIR, "CMakeCache.txt"), encoding="utf-8") as file:
        return any(line.startswith(("DROVER_SANITIZE:BOOL=ON", "DROVER_SANITIZE:BOOL=1"))
                   for line in file)


def plain_droverd():
    """Path of a droverd that valgrind can run."""
    if not has_sanitizers():
        return executable("droverd")
    tree = os.path.join(BUILD_DIR, "valgrind")
    launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    for command in (["cmake", "-S", SOURCE_DIR, "-B", tree, "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                     "-DDROVER_SANITIZE=OFF", "-DDROVER_TESTS=OFF", *launcher],
                    ["cmake", "--build", tree, "--target", "droverd", "--parallel", "2"]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}\n{done.stdout[-4000:]}")
    return os.path.join(tree, "daemon", "droverd")


class Valgrind(Case):
    @classmethod
    def setUpClass(cls):
        cls.droverd = plain_droverd()

    def clean_once(self, sim, text, expected, daemon=None, **options):
        """--once under valgrind, with the expected exit status and no complaint."""
        if daemon is None:
            daemon = self.daemon(sim, text, once=True, hold=True, args=("--timeout", "100s"),
                                 config=fast_config(sim, poll=PATIENT), **options)
            daemon.program = [shutil.which("valgrind"), *VALGRIND, self.droverd]
        else:
            daemon.write_fleet(text)
        daemon.start()
        status = daemon.wait(150)
        found = [line for line in daemon.log().splitlines() if line.startswith("==")]
        self.assertEqual(found, [], "\n".join(found))
        self.assertEqual(status, expected)
        return daemon

    def test_a_fleet_that_comes_to_stand_grows_and_shrinks(self):
        sim = self.sim()
        daemon = self.clean_once(sim, fleet(phones(3, instances_per_group=2)), 0)
        self.clean_once(sim, fleet(phones(4, instances_per_group=2)), 0, daemon)
        self.clean_once(sim, fleet(phones(3, instances_per_group=2)), 0, daemon)
        self.assertEqual(sim.standing(), 3)

    def test_an_order_that_waits_for_payment(self):
        sim = self.sim()
        daemon = self.clean_once(sim, fleet(phones(2, charge="PrePaid")), 3)
        sim.pay(sim.state()["orders"][0]["id"])
        self.clean_once(sim, fleet(phones(2, charge="PrePaid")), 0, daemon)

    def test_refused_keys_and_refused_files(self):
        sim = self.sim()
        self.clean_once(sim, fleet(phones(2)), 1, env={"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"})
        self.clean_once(sim, "groups: [\n", 78)

    def test_replies_that_are_lost(self):
        sim = self.sim()
        sim.faults(*({"action": "CreateAndroidInstanceGroup", "fault": fault}
                     for fault in ("drop_reply", "garbage", "truncate")))
        self.clean_once(sim, fleet(phones(5, instances_per_group=2)), 0)
        self.assertEqual(sim.standing(), 5)


if __name__ == "__main__":
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
