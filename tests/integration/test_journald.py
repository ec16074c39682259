#!/usr/bin/env python3
"""The log against a real systemd-journald, alone in namespaces of its own.

Needs root and unshare(1); otherwise skipped (exit code 77). The journald of the
machine, if there is one, is not touched.
"""
import json
import os
import signal
import subprocess
import sys
import time

BUILD = os.environ.get("DROVER_BUILD_DIR", "build")
EMITTER = os.path.join(BUILD, "tests", "integration", "log_emitter")
JOURNALD = "/lib/systemd/systemd-journald"
SKIP = 77
PATIENCE = 60  # seconds until a case gives up; nothing is asserted about speed


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"not reached: {what}")


class Emitter:
    def __init__(self):
        self.process = subprocess.Popen(
            [EMITTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def tell(self, command):
        """Sends a command and reads its answer: that it comes is the test of not blocking."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().split()
        assert line and line[0] == command.split()[0], (command, line)
        return line[1:]

    def accepted(self):
        return [word for word in self.tell("accepted") if not word.startswith("dropped=")]

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0
        self.process.stdout.close()


class Journal:
    def __init__(self):
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [JOURNALD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the journal's socket", lambda: os.path.exists("/run/systemd/journal/socket"))

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        for name in ("socket", "stdout", "dev-log"):
            path = f"/run/systemd/journal/{name}"
            if os.path.exists(path):
                os.unlink(path)

    @staticmethod
    def find(*matches):
        run("journalctl", "--sync")
        done = subprocess.run(["journalctl", "-o", "json", "--all", *matches],
                              capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def text(value):
    """journalctl gives fields with control bytes as arrays of numbers."""
    return bytes(value).decode() if isinstance(value, list) else value


def fields_are_queryable(journal):
    emitter = Emitter()
    emitter.tell("order 20230001")
    until("acceptance", lambda: emitter.accepted() == ["20230001"])
    emitter.end()
    found = journal.find("DROVER_EVENT=order_needs_payment")
    assert len(found) == 1, found
    record = found[0]
    assert record["MESSAGE"].startswith("An order has to be paid by a person "), record
    assert "order_id=20230001 group=phones count=3" in record["MESSAGE"]
    assert record["PRIORITY"] == "4"
    assert record["SYSLOG_IDENTIFIER"] == "droverd"
    assert record["DROVER_ORDER_ID"] == "20230001"
    assert record["DROVER_GROUP"] == "phones"
    assert record["DROVER_COUNT"] == "3"
    assert record["CODE_FILE"].endswith("log_emitter.c")
    assert record["CODE_FUNC"] == "run_command"
    assert int(record["CODE_LINE"]) > 0
    assert len(record["MESSAGE_ID"]) == 32
    assert len(journal.find("MESSAGE_ID=" + record["MESSAGE_ID"])) == 1
    assert len(journal.find("-t", "droverd", "-p", "warning")) == 1


def foreign_bytes_cannot_forge_fields(journal):
    emitter = Emitter()
    emitter.tell("hostile")
    emitter.end()
    found = journal.find("DROVER_EVENT=call_rejected")
    assert len(found) == 1, found
    record = found[0]
    assert record["PRIORITY"] == "3", record
    assert "DROVER_FORGED" not in record
    assert text(record["DROVER_MESSAGE_OF_CLOUD"]) == "a\nPRIORITY=0\nDROVER_FORGED=yes\n\x1b[2J %n"
    assert "\n" not in text(record["MESSAGE"]) and "\x1b" not in text(record["MESSAGE"])


def a_stopped_journal_does_not_block_the_emitter(journal):
    emitter = Emitter()
    journal.freeze()
    for _ in range(5):
        emitter.tell("burst 5000")
    emitter.tell("order 20230002")
    assert emitter.accepted() == []
    emitter.tell("burst 5000")
    assert int(emitter.tell("burst 1")[-1].split("=")[1]) > 0  # some had to go
    journal.thaw()
    until("acceptance after the thaw", lambda: "20230002" in emitter.accepted())
    # the ring is told to be empty when a later record is taken too
    emitter.tell("order 20230003")
    until("the later record", lambda: "20230003" in emitter.accepted())
    emitter.end()
    assert len(journal.find("DROVER_ORDER_ID=20230002")) == 1
    told = journal.find("DROVER_EVENT=log_dropped")
    assert told and int(told[0]["DROVER_COUNT"]) > 0, told


def stopping_does_not_wait_for_a_stopped_journal(journal):
    emitter = Emitter()
    journal.freeze()
    emitter.tell("burst 4000")
    emitter.tell("order 20230004")
    emitter.tell("stop 50")
    assert emitter.accepted() == []
    emitter.end()  # the process ends although its writer hangs
    journal.thaw()


def an_absent_journal_accepts_nothing(journal):
    emitter = Emitter()
    journal.end()
    emitter.tell("order 20230005")
    emitter.tell("order 20230005")  # repeated by the caller, still one record
    time.sleep(0.3)
    assert emitter.accepted() == []
    journal.start()
    until("acceptance by the new journal", lambda: emitter.accepted() == ["20230005"])
    emitter.end()
    assert len(journal.find("DROVER_ORDER_ID=20230005")) == 1


CASES = [
    fields_are_queryable,
    foreign_bytes_cannot_forge_fields,
    a_stopped_journal_does_not_block_the_emitter,
    stopping_does_not_wait_for_a_stopped_journal,
    an_absent_journal_accepts_nothing,
]


def inside():
    for directory in ("/run", "/var/log"):
        run("mount", "-t", "tmpfs", "tmpfs", directory)
    os.makedirs("/run/systemd/journal")
    os.makedirs("/run/log/journal")
    with open("/run/machine-id", "w", encoding="ascii") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    run("mount", "--bind", "/run/machine-id", "/etc/machine-id")
    journal = Journal()
    journal.start()
    for case in CASES:
        case(journal)
        print(f"ok {case.__name__}", flush=True)
    journal.end()


def main():
    if "--inside" in sys.argv:
        inside()
        return 0
    if os.geteuid() != 0 or not os.path.exists(JOURNALD) or not os.path.exists("/etc/machine-id"):
        print("skipped: needs root, systemd-journald and /etc/machine-id")
        return SKIP
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL",
                  "--mount-proc", "--propagation", "private"]
    if subprocess.run([*namespaces, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        print("skipped: namespaces of its own are not allowed here")
        return SKIP
    return subprocess.run([*namespaces, sys.executable, os.path.abspath(__file__), "--inside"],
                          check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
