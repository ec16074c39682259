#!/usr/bin/env python3
"""droverd as it is installed, under a real systemd: start, reload, journal, watchdog, limits.

What CMake installs is put into the overlay of a private systemd; the cloud is drover-sim,
as a unit beside it. Skipped (exit code 77) where such a systemd is impossible.
"""
import json
import os
import re
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import private_systemd  # noqa: E402

BUILD = os.path.abspath(os.environ.get("DROVER_BUILD_DIR", "build"))
SKIP = 77
PATIENCE = 45
PORT = 18080
CLOUD = f"http://127.0.0.1:{PORT}"

CREDENTIALS = """[default]
type = access_key
access_key_id = test-access-key-id
access_key_secret = test-access-key-secret
"""
SETTINGS = f"""version: 1
endpoints: {{eds-aic: "{CLOUD}", appstream-center: "{CLOUD}", bssopenapi: "{CLOUD}"}}
poll: {{fast: 300ms, slow: 1s, sweep: 1s, orders: 500ms, twice_apart: 300ms, settle: 100ms}}
"""
# What the sanitizers of a test build need, and waits that a test can afford.
DROP_IN = """[Service]
Environment=ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=0
WatchdogSec=4
TimeoutAbortSec=1
RestartSec=300ms
StartLimitBurst=20
"""


def fleet(phones, paid=2, text=""):
    return f"""version: 1
fleet: system-test
defaults: {{kind: cloud-phone, region: cn-shanghai, spec: acp.basic.small, image: imgc-06zyt9m93zwax1f2s}}
groups:
  - {{name: phones, count: {phones}, charge: {{type: PostPaid}}}}
  - {{name: paid, count: {paid}, charge: {{type: PrePaid, period: 1, period_unit: Month, auto_pay: false}}}}
{text}...
"""


class Machine(private_systemd.PrivateSystemd):
    """A machine with drover installed and a cloud running."""

    def set_up(self):
        environment = dict(os.environ, DESTDIR=self.root)
        subprocess.run(["cmake", "--install", BUILD], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.run("systemctl", "daemon-reload")
        self.run("systemd-sysusers")
        self.run("systemd-tmpfiles", "--create", check=False)  # of the whole machine
        self.run("journalctl", "--update-catalog")
        self.write("/etc/drover/fleet.yaml", fleet(3))
        self.write("/etc/drover/drover.yaml", SETTINGS)
        self.write("/etc/drover/credentials", CREDENTIALS, 0o600)
        self.write("/etc/systemd/system/droverd.service.d/test.conf", DROP_IN)
        self.run("systemctl", "daemon-reload")
        sim = self.installed("drover-sim")
        self.run("systemd-run", "--unit=drover-sim", "--setenv=ASAN_OPTIONS=detect_leaks=0", sim,
                 "--listen", f"127.0.0.1:{PORT}", "--port-file", "/run/sim-port",
                 "--time-scale", "30")
        self.wait(lambda: os.path.exists(self.root + "/run/sim-port"), 30, "drover-sim listening")

    def installed(self, program):
        return self.run("sh", "-c", f"command -v {program}").stdout.strip()

    def show(self, name, unit="droverd.service"):
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def main_pid(self):
        return self.show("MainPID")

    def journal(self, *matches):
        self.run("journalctl", "--sync")
        listing = self.run("journalctl", "-o", "json", "--all", *matches, check=False).stdout
        return [json.loads(line) for line in listing.splitlines()]

    def status(self):
        done = self.run("drover", "status", "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def running(self):
        """Instances that run, by group; {} while the daemon does not answer."""
        status = self.status()
        return {g["name"]: g["running"] for g in status["groups"]} if status else {}

    def is_active_again(self, old_pid):
        return self.show("ActiveState") == "active" and self.main_pid() not in ("0", old_pid)

    def sim(self, method, path):
        return self.run("curl", "-sS", "-f", "-X", method, f"{CLOUD}/_sim/{path}").stdout

    def instances(self):
        return [i for g in json.loads(self.sim("GET", "state"))["groups"] for i in g["instances"]]


def the_unit_starts_and_tells_ready(m):
    m.run("systemctl", "start", "droverd")  # Type=notify: returns at READY=1
    assert m.show("ActiveState") == "active"
    assert m.show("SubState") == "running"
    assert m.show("NRestarts") == "0"
    assert m.journal("-u", "droverd", "DROVER_EVENT=daemon_ready"), "no event of being ready"
    m.wait(lambda: m.running().get("phones") == 3, PATIENCE, "three phones running")


def the_journal_holds_the_order_with_its_fields(m):
    found = m.wait(lambda: m.journal("-u", "droverd", "DROVER_EVENT=order_needs_payment"),
                   PATIENCE, "the event about the order")
    order = found[0]["DROVER_ORDER_ID"]
    record = m.journal(f"DROVER_ORDER_ID={order}", "DROVER_EVENT=order_needs_payment")[0]
    assert record["_SYSTEMD_UNIT"] == "droverd.service", record
    assert record["SYSLOG_IDENTIFIER"] == "droverd", record
    assert record["PRIORITY"] == "4", record
    assert record["DROVER_GROUP"] == "paid", record
    assert record["DROVER_COUNT"] == "2", record
    assert re.fullmatch("[0-9a-f]{32}", record["MESSAGE_ID"]), record
    assert record["MESSAGE"].startswith("An order has to be paid by a person"), record


def the_catalogue_explains_the_event(m):
    explained = m.run("journalctl", "-x", "-u", "droverd", "DROVER_EVENT=order_needs_payment").stdout
    assert "Defined-By: drover" in explained, explained
    assert "This is the event order_needs_payment" in explained, explained


def no_secret_is_in_the_journal(m):
    everything = m.run("journalctl", "-o", "export", "--all").stdout
    assert "test-access-key-secret" not in everything
    assert "test-access-key-id" not in everything


def a_paid_order_becomes_phones(m):
    orders = json.loads(m.sim("GET", "state"))["orders"]
    unpaid = [o["id"] for o in orders if o["status"] == "Unpaid"]
    assert len(unpaid) == 1, orders
    m.sim("POST", f"orders/{unpaid[0]}/pay")
    m.wait(lambda: m.running() == {"phones": 3, "paid": 2}, PATIENCE, "five phones running")


def a_reload_takes_the_new_file(m):
    pid = m.main_pid()
    m.write("/etc/drover/fleet.yaml", fleet(4))
    m.run("systemctl", "reload", "droverd")
    wanted = {g["name"]: g["desired"] for g in m.status()["groups"]}
    assert wanted["phones"] == 4, wanted
    assert m.main_pid() == pid
    m.wait(lambda: m.running().get("phones") == 4, PATIENCE, "four phones running")


def a_reload_of_a_broken_file_fails_and_changes_nothing(m):
    m.write("/etc/drover/fleet.yaml", fleet(4, text="nonsense: true\n"))
    done = m.run("systemctl", "reload", "droverd", check=False)
    assert done.returncode != 0, "the reload of a broken file succeeded"
    assert m.show("ActiveState") == "active"
    assert m.running() == {"phones": 4, "paid": 2}
    m.write("/etc/drover/fleet.yaml", fleet(4))
    m.run("systemctl", "reload", "droverd")


def the_process_is_confined(m):
    pid = m.main_pid()
    with open(f"{m.root}/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert status["NoNewPrivs"] == "1", status
    assert status["Seccomp"] == "2", status
    assert int(status["CapEff"], 16) == 0 and int(status["CapBnd"], 16) == 0, status
    uid = m.run("id", "-u", "drover").stdout.strip()
    assert status["Uid"].split() == [uid] * 4, status
    with open(f"{m.root}/proc/{pid}/limits", encoding="ascii") as file:
        cores = next(line for line in file if line.startswith("Max core file size"))
    assert cores.split()[4:6] == ["0", "0"], cores


def files_are_closed_to_others(m):
    listing = m.run("stat", "-c", "%n %a %U %G", "/etc/drover", "/etc/drover/credentials",
                    "/var/lib/drover", "/run/drover").stdout.split("\n")
    assert listing[:4] == ["/etc/drover 750 root drover", "/etc/drover/credentials 600 root root",
                           "/var/lib/drover 700 drover drover", "/run/drover 750 drover drover"], listing
    modes = m.run("find", "/var/lib/drover", "-type", "f", "-perm", "/077").stdout
    assert modes == "", f"open to others: {modes}"


def memory_and_tasks_are_limited(m):
    path = m.show("ControlGroup")
    places = {"memory": ("memory/{}/memory.limit_in_bytes", "{}/memory.max"),
              "pids": ("pids/{}/pids.max", "{}/pids.max")}
    wanted = {"memory": str(256 * 1024 * 1024), "pids": "32"}
    for name, patterns in places.items():
        values = []
        for pattern in patterns:
            file = f"{m.root}/sys/fs/cgroup/" + pattern.format(path.lstrip("/"))
            if os.path.exists(file):
                with open(file, encoding="ascii") as text:
                    values.append(text.read().strip())
        if not values:
            print(f"skipped: no {name} controller here", flush=True)
            continue
        assert values[0] == wanted[name], (name, values)


def a_killed_daemon_comes_back_and_buys_nothing_twice(m):
    pid = m.main_pid()
    m.run("systemctl", "kill", "-s", "KILL", "--kill-who=main", "droverd")
    m.wait(lambda: m.is_active_again(pid), PATIENCE, "droverd back after kill -9")
    m.wait(lambda: m.running() == {"phones": 4, "paid": 2}, PATIENCE, "six phones seen again")
    assert len(m.instances()) == 6, m.instances()


def the_watchdog_ends_a_stopped_daemon_and_it_comes_back(m):
    pid = m.main_pid()
    m.run("systemctl", "kill", "-s", "STOP", "--kill-who=main", "droverd")
    m.wait(lambda: m.is_active_again(pid), PATIENCE, "droverd back after the watchdog")
    told = m.run("journalctl", "-u", "droverd", "-o", "cat").stdout
    assert "Watchdog timeout" in told, told[-3000:]
    m.wait(lambda: m.running() == {"phones": 4, "paid": 2}, PATIENCE, "six phones seen again")
    assert len(m.instances()) == 6, m.instances()


def a_fed_watchdog_keeps_still(m):
    pid = m.main_pid()
    time.sleep(6)  # longer than WatchdogSec of the drop-in
    assert m.main_pid() == pid and m.show("ActiveState") == "active"


def stopping_is_clean(m):
    m.run("systemctl", "stop", "droverd")
    assert m.show("Result") == "success", m.show("Result")
    assert m.show("ExecMainStatus") == "0"
    assert m.journal("-u", "droverd", "DROVER_EVENT=daemon_stopped")


def a_bad_file_without_a_good_one_is_not_retried(m):
    m.run("rm", "-rf", "/var/lib/drover")
    m.write("/etc/drover/fleet.yaml", "version: 1\n")
    m.run("systemctl", "reset-failed", "droverd", check=False)
    done = m.run("systemctl", "start", "droverd", check=False)
    assert done.returncode != 0
    assert m.show("ExecMainStatus") == "78", m.show("ExecMainStatus")
    time.sleep(1)
    assert m.show("ActiveState") == "failed" and m.show("NRestarts") == "0"


CASES = (
    the_unit_starts_and_tells_ready,
    the_journal_holds_the_order_with_its_fields,
    the_catalogue_explains_the_event,
    no_secret_is_in_the_journal,
    a_paid_order_becomes_phones,
    a_reload_takes_the_new_file,
    a_reload_of_a_broken_file_fails_and_changes_nothing,
    the_process_is_confined,
    files_are_closed_to_others,
    memory_and_tasks_are_limited,
    a_killed_daemon_comes_back_and_buys_nothing_twice,
    the_watchdog_ends_a_stopped_daemon_and_it_comes_back,
    a_fed_watchdog_keeps_still,
    stopping_is_clean,
    a_bad_file_without_a_good_one_is_not_retried,
)


def run_cases(machine):
    """They build on one another: the first failure ends the run."""
    for case in CASES:
        try:
            case(machine)
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc(file=sys.stdout)
            print(machine.run("journalctl", "-n", "60", "-o", "short-precise", check=False).stdout)
            print(f"not ok {case.__name__}", flush=True)
            return 1
        print(f"ok {case.__name__}", flush=True)
    return 0


def main():
    reason = private_systemd.why_not()
    if reason:
        print(f"skipped: {reason}")
        return SKIP
    with Machine() as machine:
        machine.set_up()
        return run_cases(machine)


if __name__ == "__main__":
    sys.exit(main())
