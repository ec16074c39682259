#!/usr/bin/env python3
"""The drover command as a process: exit codes, tables, JSON, messages.

The daemon is played by a scripted HTTP server on a UNIX socket.
"""
import http.server
import json
import os
import pathlib
import pty
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading

BUILD = os.environ.get("DROVER_BUILD_DIR", "build")
DROVER = os.path.join(BUILD, "daemon", "drover")

STATUS = {
    "fleet": "qa-lab", "generation": 12,
    "groups": [
        {"name": "phones", "kind": "cloud-phone", "region": "cn-shanghai", "desired": 250,
         "running": 125, "pending": 25, "failed": 0, "awaiting_payment": 100, "surplus": 0,
         "condition": "AwaitingPayment", "reason": "order 2023 waits \x1b[2J", "observed_age_ms": 5000,
         "expires": "2027-01-15T08:00:00Z"},
        {"name": "bastions", "kind": "purchase", "region": "", "desired": 2, "running": 2,
         "pending": 0, "failed": 0, "awaiting_payment": 0, "surplus": 0,
         "condition": "Converged", "reason": "unseen", "observed_age_ms": None}],
    "orders": [{"id": "2023", "status": "unpaid", "group": "phones", "count": 100, "age_s": 61,
                "deadline": None}],
}
ORDERS = {"orders": [{"id": "20240123456789012345", "status": "unpaid", "group": "phones",
                      "count": 100, "age_s": 7260, "deadline": None, "amount": "12.50",
                      "currency": "CNY", "pay_at": "https://usercenter2.aliyun.com/order/list"}]}
INSTANCES = {"instances": [
    {"AndroidInstanceId": "acp-1", "AndroidInstanceStatus": "RUNNING", "SessionStatus": "connect",
     "NetworkInterfaceIp": "10.0.0.1", "KeyPairId": "kp-1", "GmtExpired": "2027-07-15T02:03:33Z",
     "GmtCreate": "2026-05-06 10:42:10", "Rate": 100}],
    "instances_complete": True, "instances_reason": None}
PLAN = {"actions": [
    {"hash": "abcdefghijklm", "group": "phones", "verb": "shrink",
     "operation": "DowngradeAndroidInstanceGroup", "count": 2, "victims": ["acp-1", "acp-2"],
     "reason": "2 more than asked for", "hold": "shrink-half", "price": None,
     "hold_text": "let it through with: drover approve abcdefghijklm"}]}
EXPLAIN = {"group": "phones", "desired": None, "status": STATUS["groups"][0], "in_flight": [
    {"id": 7, "group": "phones", "operation": "CreateAndroidInstanceGroup", "state": "unclear",
     "count": 3, "sends": 2, "code": "ServiceUnavailable", "request_id": "REQ-1"}],
    "orders": [], "actions": [], "last_error": {
        "operation": "CreateAndroidInstanceGroup", "code": "ServiceUnavailable",
        "request_id": "REQ-1", "at": "2027-01-15T08:00:00Z", "message": None},
    "next_look": "2027-01-15T08:00:02Z",
    "events": [{"time": "2027-01-15T08:00:00Z", "event": "call_unclear", "detail": "503"}]}

FLEET = """version: 1
fleet: qa
groups:
  - name: phones
    kind: cloud-phone
    count: 3
    region: cn-shanghai
    spec: acp.basic.small
    image: imgc-06zyt9m93zwax1f2s
"""


SCHEDULED = """version: 1
fleet: qa
groups:
  - name: browsers
    kind: app-streaming
    region: cn-shanghai
    image: img-8z4nztpaqvay4
    node_pool:
      instance_type: appstreaming.general.4c8g
      strategy: NODE_SCALING_BY_SCHEDULE
      strategy_enable_date: 2021-01-01
      strategy_disable_date: 2021-03-01
      warm_up: false
      recurrence_schedules: [{recurrence_type: Weekly, recurrence_values: [1]}]
"""


class Daemon(socketserver.ThreadingUnixStreamServer):
    """Answers by path; remembers what was asked."""
    daemon_threads = True

    def __init__(self, path, answers):
        self.answers = answers
        self.asked = []
        super().__init__(path, Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body.decode()))
        status, reply = self.server.answers.get(self.path.split("?")[0], (200, {"ok": True}))
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass


class Case:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="drover-cli-"))
        self.socket = self.directory / "drover.sock"
        self.daemon = None

    def serve(self, **answers):
        paths = {"/v1/" + name.replace("__", "/"): reply for name, reply in answers.items()}
        self.daemon = Daemon(str(self.socket), paths)
        return self.daemon

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def drover(self, *arguments, environment=None, where=None):
        where = ["--socket", str(self.socket)] if where is None else where
        variables = {"PATH": os.environ["PATH"], "TERM": "xterm", **(environment or {})}
        done = subprocess.run([DROVER, *arguments, *where], capture_output=True, text=True,
                              env=variables, timeout=60, check=False)
        assert "Sanitizer" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def end(self):
        if self.daemon:
            self.daemon.shutdown()
            self.daemon.server_close()
        shutil.rmtree(self.directory)


def status_is_a_table_for_people(case):
    case.serve(status=(200, STATUS))
    code, out, err = case.drover("status")
    assert (code, err) == (0, ""), (code, err)
    lines = out.splitlines()
    assert lines[0] == "fleet qa-lab, generation 12"
    assert lines[2].split() == ["GROUP", "KIND", "REGION", "DESIRED", "RUNNING", "PENDING", "UNPAID",
                                "FAILED", "SURPLUS", "EXPIRES", "SEEN", "CONDITION"], lines
    assert lines[3].split() == ["phones", "cloud-phone", "cn-shanghai", "250", "125", "25", "100",
                                "0", "0", "2027-01-15", "5", "s", "AwaitingPayment"], lines
    assert lines[3].index("AwaitingPayment") == lines[4].index("Converged")
    assert "never" in lines[4]
    assert "  phones: order 2023 waits ?[2J" in lines, lines
    assert "unseen" not in out and "\x1b" not in out
    assert "1 order has to be paid: drover orders" in out


def json_is_passed_through_unchanged(case):
    daemon = case.serve(status=(200, STATUS), plan=(200, PLAN), orders=(200, ORDERS))
    for command, value in (("status", STATUS), ("plan", PLAN), ("orders", ORDERS)):
        code, out, _ = case.drover(command, "--json")
        assert code == 0 and json.loads(out) == value
    case.drover("status", "a b&c", "--json")
    assert [path for _, path, _ in daemon.asked[-2:]] == [
        "/v1/status?group=a%20b%26c", "/v1/instances?group=a%20b%26c"]


def one_group_is_shown_with_its_instances(case):
    case.serve(status=(200, STATUS), instances=(200, INSTANCES))
    code, out, err = case.drover("status", "phones")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[-2].split() == ["ID", "STATUS", "SESSION", "IP", "KEY", "PAIR", "EXPIRES", "CREATED"]
    assert lines[-1].split() == ["acp-1", "RUNNING", "connect", "10.0.0.1", "kp-1", "2027-07-15",
                                 "2026-05-06", "10:42:10"]
    code, out, _ = case.drover("status", "phones", "--json")
    joined = json.loads(out)
    assert code == 0 and joined == {**STATUS, **INSTANCES}
    assert list(joined) == [*STATUS, *INSTANCES], "the status first, unchanged"
    case.drover("status")
    assert case.daemon.asked[-1][1] == "/v1/status", "without a group nothing is listed"


def instances_that_do_not_come_leave_the_status(case):
    partial = {**INSTANCES, "instances_complete": False, "instances_reason": "Throttling \x1b[2J"}
    for answer, note, rows in (
            ((200, partial), "Throttling ?[2J", 1),
            ((409, {"error": "several run"}), "several run", 0),
            ((404, {"error": "no such path"}), "no such path", 0),
            ((200, b"oops"), "is not droverd", 0),
            ((200, {}), "of another version", 0),
            ((503, {"error": "droverd is stopping"}), "droverd is stopping", 0)):
        if case.daemon:
            case.daemon.answers["/v1/instances"] = answer
        else:
            case.serve(status=(200, STATUS), instances=answer)
        code, out, err = case.drover("status", "phones", "--json")
        joined = json.loads(out)
        assert code == 0 and err.startswith("drover: the list of instances is not complete: "), err
        assert note in err and "\x1b" not in err, err
        assert {key: joined[key] for key in STATUS} == STATUS
        assert (len(joined["instances"]), joined["instances_complete"]) == (rows, False)
        code, out, err = case.drover("status", "phones")
        assert code == 0 and "AwaitingPayment" in out and note in err
    case.daemon.answers["/v1/status"] = (404, {"error": "no such group"})
    code, out, err = case.drover("status", "phones", "--json")
    assert (code, out, err) == (1, "", "drover: no such group\n")


def plan_has_terraforms_exit_codes(case):
    case.serve(plan=(200, PLAN))
    assert case.drover("plan")[0] == 0
    code, out, _ = case.drover("plan", "--detailed-exitcode")
    assert code == 2
    assert "shrink 2 in phones  [abcdefghijklm]" in out
    assert "named: acp-1 acp-2" in out
    assert "held (shrink-half): let it through with: drover approve abcdefghijklm" in out
    case.daemon.answers["/v1/plan"] = (200, {"actions": []})
    code, out, _ = case.drover("plan", "--detailed-exitcode")
    assert (code, out) == (0, "Nothing to do.\n")
    case.daemon.answers["/v1/plan"] = (503, {"error": "no observation yet"})
    code, _, err = case.drover("plan", "--detailed-exitcode")
    assert (code, err) == (1, "drover: no observation yet\n")


def plan_of_a_file_asks_the_daemon(case):
    daemon = case.serve(plan=(200, PLAN))
    path = case.file("f.yaml", FLEET)
    code, out, _ = case.drover("plan", path)
    assert code == 0 and "shrink" in out
    assert daemon.asked == [("POST", "/v1/plan", FLEET)]


def plan_of_a_file_works_without_a_daemon(case):
    path = case.file("f.yaml", FLEET)
    code, out, err = case.drover("plan", path, "--detailed-exitcode")
    assert code == 2 and "create 3 in phones" in out
    assert "nothing was observed" in err
    code, out, _ = case.drover("plan", path, "--json")
    assert json.loads(out)["actions"][0]["count"] == 3
    code, out, err = case.drover("plan", case.file("g.yaml", FLEET.replace("count: 3", "count: x")))
    assert code == 1 and out == "" and "g.yaml:6:" in err, err


def check_says_where_and_why(case):
    good = case.file("f.yaml", FLEET)
    assert case.drover("check", good) == (0, f"{good}: valid\n", "")
    bad = case.file("g.yaml", FLEET.replace("count:", "cuont:").replace("image: imgc", "image: [a] #"))
    code, out, err = case.drover("check", bad)
    assert (code, out) == (1, "")
    assert len([line for line in err.splitlines() if line.startswith(bad + ":")]) >= 2, err
    settings = case.file("d.yaml", "version: 1\nnonsense: 1\n")
    code, _, err = case.drover("check", good, "--config", settings)
    assert code == 1 and "nonsense" in err
    assert case.drover("check", str(case.directory / "missing"))[0] == 1


def check_knows_every_kind_and_warns_of_what_is_past(case):
    kinds = str(pathlib.Path(__file__).resolve().parents[2] / "conf/examples/three-kinds.yaml")
    assert case.drover("check", kinds) == (0, f"{kinds}: valid\n", "")
    past = case.file("p.yaml", SCHEDULED)
    code, out, err = case.drover("check", past)
    assert (code, out) == (0, f"{past}: valid\n"), err
    assert err == (f"{past}:11:29: warning: groups[0].node_pool.strategy_enable_date: 2021-01-01 "
                   "is past: a group cannot be created with it any more\n"
                   f"{past}:12:30: warning: groups[0].node_pool.strategy_disable_date: 2021-03-01 "
                   "is past: the schedule has ended\n"), err


def changes_are_posted(case):
    daemon = case.serve()
    for command, path in (
            ("approve abc", "/v1/approve?hash=abc"), ("pause", "/v1/pause"),
            ("pause phones", "/v1/pause?group=phones"), ("resume phones", "/v1/resume?group=phones"),
            ("release phones", "/v1/release?group=phones"), ("reload", "/v1/reload"),
            ("reload --wait", "/v1/reload?wait=1"),
            ("intents adopt 7 ag-1", "/v1/intents/adopt?id=7&resource=ag-1"),
            ("intents abandon 7", "/v1/intents/abandon?id=7")):
        code, out, err = case.drover(*command.split())
        assert code == 0 and out and err == "", (command, code, err)
        assert daemon.asked[-1][:2] == ("POST", path), daemon.asked[-1]


def refusals_are_told(case):
    case.serve(approve=(404, {"error": "no held action\n\x1b[2J with that hash"}), pause=(500, b"oops"),
               status=(200, b"[]"))
    code, out, err = case.drover("approve", "abc")
    assert (code, out) == (1, "")
    assert err.startswith("drover: no held action") and "\x1b" not in err
    assert case.drover("pause")[0] == 1
    code, _, err = case.drover("status")
    assert code == 1 and "is not droverd" in err


def orders_and_explain_tell_the_story(case):
    case.serve(orders=(200, ORDERS), explain=(200, EXPLAIN), intents=(200, {"intents": EXPLAIN["in_flight"]}))
    _, out, _ = case.drover("orders")
    for word in ("20240123456789012345", "12.50 CNY", "2 h 1 min", "order/list"):
        assert word in out, out
    _, out, _ = case.drover("explain", "phones")
    for word in ("not in the fleet file", "unclear", "REQ-1", "next look", "call_unclear"):
        assert word in out, out
    _, out, _ = case.drover("intents")
    assert "7  CreateAndroidInstanceGroup of 3 for phones: unclear" in out, out


def a_missing_daemon_is_named(case):
    code, _, err = case.drover("status")
    assert code == 1 and "droverd is not running" in err and str(case.socket) in err
    code, _, err = case.drover("status", where=["--state-dir", str(case.directory)])
    assert code == 1 and str(case.directory / "drover.sock") in err


def the_socket_is_found(case):
    case.serve(status=(200, STATUS))
    directory = str(case.directory)
    assert case.drover("status", where=["--state-dir", directory])[0] == 0
    assert case.drover("status", where=[], environment={"RUNTIME_DIRECTORY": directory})[0] == 0
    assert case.drover("status", where=["--state-dir", "/nonexistent"],
                       environment={"RUNTIME_DIRECTORY": directory + ":/other"})[0] == 0


def missing_permission_is_named(case):
    if os.geteuid() != 0:
        return
    case.serve(status=(200, STATUS))
    os.chmod(case.socket, 0o600)
    os.chmod(case.directory, 0o755)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", DROVER, "status", "--socket",
         str(case.socket)], capture_output=True, text=True, check=False)
    if "setpriv" in done.stderr or done.returncode == 127 or "cannot execute" in done.stderr:
        return  # the build directory is not readable for others
    assert done.returncode == 1 and "no permission" in done.stderr, done.stderr


def wrong_usage_is_64(case):
    for words in ([], ["stauts"], ["explain"], ["status", "--frob"], ["orders", "x"]):
        code, out, err = case.drover(*words)
        assert code == 64 and out == "" and err.startswith("drover: "), (words, code, err)
    assert 'did you mean "status"' in case.drover("stauts")[2]
    assert case.drover("--help")[0] == 0
    assert "usage: drover explain" in case.drover("help", "explain")[1]
    assert case.drover("--version")[1].startswith("drover ")


def on_a_terminal(case, environment):
    """The output of `drover status` on a pseudo terminal."""
    main, other = pty.openpty()
    process = subprocess.Popen([DROVER, "status", "--socket", str(case.socket)], stdout=other,
                               env={"TERM": "xterm", **environment})
    os.close(other)
    output = b""
    while True:
        try:
            chunk = os.read(main, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    os.close(main)
    assert process.wait(60) == 0
    return output.decode()


def colour_is_for_terminals_that_want_it(case):
    case.serve(status=(200, STATUS))
    assert "\x1b[33mAwaitingPayment\x1b[0m" in on_a_terminal(case, {})
    assert "\x1b" not in on_a_terminal(case, {"NO_COLOR": "1"})
    assert "\x1b" not in on_a_terminal(case, {"TERM": "dumb"})


def watch_draws_bars_again_and_again(case):
    daemon = case.serve(status=(200, STATUS))
    process = subprocess.Popen([DROVER, "status", "--watch", "--socket", str(case.socket)],
                               stdout=subprocess.PIPE, text=True, env={"TERM": "xterm"})
    bars = 0
    for line in process.stdout:
        bars += "[##########----------]" in line
        if bars == 2:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(daemon.asked) >= 2


CASES = [
    status_is_a_table_for_people,
    json_is_passed_through_unchanged,
    one_group_is_shown_with_its_instances,
    instances_that_do_not_come_leave_the_status,
    plan_has_terraforms_exit_codes,
    plan_of_a_file_asks_the_daemon,
    plan_of_a_file_works_without_a_daemon,
    check_says_where_and_why,
    check_knows_every_kind_and_warns_of_what_is_past,
    changes_are_posted,
    refusals_are_told,
    orders_and_explain_tell_the_story,
    a_missing_daemon_is_named,
    the_socket_is_found,
    missing_permission_is_named,
    wrong_usage_is_64,
    colour_is_for_terminals_that_want_it,
    watch_draws_bars_again_and_again,
]


def main():
    for function in CASES:
        case = Case()
        try:
            function(case)
        finally:
            case.end()
        print(f"ok {function.__name__}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
