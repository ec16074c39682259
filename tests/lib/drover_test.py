"""What the integration tests share: the simulator, the daemon, signed calls, waiting.

Standard library only. Every process is ended by its own pid and every wait is bounded.
The signer is written from the documentation of the protocol, like the simulator's check
and unlike the daemon's, so that three implementations have to agree.
"""
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import uuid

import canary
from canary import KEY_ID, KEY_SECRET

BUILD_DIR = os.environ.get("DROVER_BUILD_DIR", os.path.join(os.getcwd(), "build"))
CANARY = canary.TOKEN  # a secret of the test's own choice
EDS = "2023-09-30"
APPSTREAM = "2021-09-01"
BSS = "2017-12-14"
REGION = "cn-shanghai"
SPEC = "acp.basic.small"
IMAGE = "imgc-06zyt9m93zwax1f2s"
NODE_TYPE = "appstreaming.general.4c8g"
APP_IMAGE = "img-8z4nztpaqvay4"


def executable(name):
    """Path of a program in the build tree: droverd, drover, drover-sim or a test's own."""
    for folder in ("daemon", "daemon/cli", "tests/cloud", "tests/integration", "bin", "."):
        path = os.path.join(BUILD_DIR, folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(f"{name} is not built in {BUILD_DIR}")


def wait_until(predicate, timeout=30.0, every=0.05, what="the condition"):
    """Returns the first true value of predicate(); AssertionError after timeout seconds."""
    end = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {timeout} s")
        time.sleep(every)


def flatten(params):
    """Request parameters as the API flattens them: {"Tag": [{"Key": "k"}]} -> Tag.1.Key."""
    flat = {}

    def put(name, value):
        if value is None:
            return
        if isinstance(value, dict):
            for key, member in value.items():
                put(f"{name}.{key}", member)
        elif isinstance(value, (list, tuple)):
            for index, element in enumerate(value, 1):
                put(f"{name}.{index}", element)
        elif isinstance(value, bool):
            flat[name] = "true" if value else "false"
        else:
            flat[name] = str(value)

    for name, value in params.items():
        put(name, value)
    return flat


def encode(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical_query(params):
    return "&".join(f"{encode(k)}={encode(v)}" for k, v in sorted(params.items()))


def iso_time(offset_s=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def sign(method, host, query, body, headers, key_id=KEY_ID, secret=KEY_SECRET, path="/"):
    """Adds host, x-acs-content-sha256 and Authorization to headers (lower-case names)."""
    digest = hashlib.sha256(body).hexdigest()
    headers.setdefault("host", host)
    headers.setdefault("x-acs-content-sha256", digest)
    signed = sorted(n for n in headers if n in ("host", "content-type") or n.startswith("x-acs-"))
    canonical = "\n".join([method, path, canonical_query(query),
                           "".join(f"{n}:{headers[n].strip()}\n" for n in signed),
                           ";".join(signed), digest])
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"ACS3-HMAC-SHA256 Credential={key_id},"
                                f"SignedHeaders={';'.join(signed)},Signature={signature}")
    return headers


class Reply:
    """One HTTP answer; .json is None when the body is not JSON."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None

    @property
    def code(self):
        return (self.json or {}).get("Code", "")

    def __getitem__(self, name):
        return self.json[name]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Sim:
    """A drover-sim of its own. Use as a context manager, or call stop()."""

    def __init__(self, seed=1, time_scale=1, scenario=None, args=()):
        self.dir = tempfile.mkdtemp(prefix="drover-sim-")
        self.port_file = os.path.join(self.dir, "port")
        command = [executable("drover-sim"), "--listen", "127.0.0.1:0", "--port-file",
                   self.port_file, "--seed", str(seed), "--time-scale", str(time_scale),
                   "--access-key-id", KEY_ID, "--access-key-secret", KEY_SECRET, *args]
        if scenario is not None:
            path = os.path.join(self.dir, "scenario.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(scenario, file)
            command += ["--scenario", path]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            wait_until(self._is_up, 30, what="drover-sim listening")
        except BaseException:
            self.stop()
            raise
        with open(self.port_file, encoding="utf-8") as file:
            self.port = int(file.read())
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.sts(mark=canary.TOKEN)

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"drover-sim ended with {self.process.returncode}")
        return os.path.exists(self.port_file)

    def stop(self):
        """Ends it; returns its exit status."""
        status = end_process(self.process)
        shutil.rmtree(self.dir, ignore_errors=True)
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- the API

    def send(self, method, target, headers, body=b"", chunked=False, timeout=30):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if chunked:
                connection.putheader("transfer-encoding", "chunked")
                connection.endheaders()
                for at in range(0, len(body), 7):
                    part = body[at:at + 7]
                    connection.send(b"%x\r\n%s\r\n" % (len(part), part))
                connection.send(b"0\r\n\r\n")
            else:
                connection.putheader("content-length", str(len(body)))
                connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()},
                         answer.read())
        finally:
            connection.close()

    def call(self, action, version=EDS, form=None, method="POST", date=None, nonce=None,
             key_id=KEY_ID, secret=KEY_SECRET, extra=None, chunked=False, tamper=None,
             timeout=30, path="/", host=None, **params):
        """One signed call. params travel in the query, form in the body; both are
        flattened. extra: more headers, signed if they must be. tamper(headers) runs after
        signing."""
        query = flatten(params)
        body, headers = b"", {}
        if form is not None:
            body = "&".join(f"{encode(k)}={encode(v)}" for k, v in flatten(form).items()).encode()
            headers["content-type"] = "application/x-www-form-urlencoded"
        headers.update({"accept": "application/json", "x-acs-action": action,
                        "x-acs-version": version, "x-acs-date": date or iso_time(),
                        "x-acs-signature-nonce": nonce or uuid.uuid4().hex})
        headers.update(extra or {})
        sign(method, host or self.host, query, body, headers, key_id, secret, path)
        if tamper:
            tamper(headers)
        target = f"{path}?{canonical_query(query)}" if query else path
        return self.send(method, target, headers, body, chunked, timeout)

    def good(self, action, **kwargs):
        """The JSON of a call that has to succeed."""
        reply = self.call(action, **kwargs)
        assert reply.status == 200 and reply.json is not None, f"{action}: {reply}"
        return reply.json

    def create(self, count=1, **params):
        """CreateAndroidInstanceGroup with the usual parameters; the JSON of the answer."""
        full = {"BizRegionId": REGION, "InstanceGroupSpec": SPEC, "ImageId": IMAGE,
                "NumberOfInstances": count, "ChargeType": "PostPaid"}
        full.update(params)
        return self.good("CreateAndroidInstanceGroup", **full)

    def app(self, action, form=None, **query):
        """A call of App Streaming that has to succeed; objects travel as one JSON text."""
        def text(params):
            return {k: json.dumps(v, separators=(",", ":")) if isinstance(v, dict) else v
                    for k, v in params.items()}
        return self.good(action, version=APPSTREAM, form=None if form is None else text(form),
                         **text(query))

    def create_app_group(self, nodes=1, **params):
        """CreateAppInstanceGroup with the usual parameters; its AppInstanceGroupModel."""
        full = {"ProductType": "CloudApp", "AppCenterImageId": APP_IMAGE, "BizRegionId": REGION,
                "ChargeType": "PostPaid", "ChargeResourceMode": "Node", "Period": 1,
                "PeriodUnit": "Month", "SessionTimeout": 15,
                "NodePool": {"NodeInstanceType": NODE_TYPE, "NodeAmount": nodes,
                             "NodeCapacity": 2, "StrategyType": "NODE_FIXED"}}
        full.update(params)
        return self.app("CreateAppInstanceGroup", full)["AppInstanceGroupModel"]

    def bss(self, action, **params):
        """The JSON of a call to BssOpenApi that has to succeed (bssopenapi 1.2)."""
        answer = self.good(action, version=BSS, **params)
        assert answer["Success"] is True, f"{action}: {answer}"
        return answer

    def buy(self, **params):
        """CreateInstance of a bastion host; its Data."""
        full = {"ProductCode": "bastionhost", "ProductType": "bastionhost",
                "SubscriptionType": "Subscription", "Period": 12,
                "Parameter": [{"Code": "NetworkType", "Value": "vpc"},
                              {"Code": "PlanCode", "Value": "cloudbastion"}]}
        full.update(params)
        return self.bss("CreateInstance", **full)["Data"]

    def pages(self, action, rows, **params):
        """All rows of a listing, following NextToken."""
        found, token = [], None
        while True:
            answer = self.good(action, NextToken=token, **params)
            found += answer[rows]
            token = answer["NextToken"]
            if not token:
                return found

    # --- behind the scenes

    def admin(self, method, path, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        reply = self.send(method, "/_sim/" + path, {"host": self.host}, data)
        assert reply.status == 200, f"/_sim/{path}: {reply}"
        return reply.json

    def state(self):
        return self.admin("GET", "state")

    def calls(self, since=0, changing=None):
        found = self.admin("GET", f"calls?since={since}")
        return [c for c in found if changing is None or c["changing"] == changing]

    def faults(self, *faults):
        """Replaces the faults: faults({"action": "*", "fault": "delay", "ms": 100})."""
        return self.admin("POST", "faults", list(faults))

    def account(self, **account):
        """account(balance="12.50", site="international", stray_orders=True)"""
        return self.admin("POST", "account", account)

    def advance(self, ms):
        return self.admin("POST", "time/advance", {"ms": ms})

    def sts(self, **settings):
        """How the simulator issues temporary keys: sts(ttl_ms=8000000)."""
        return self.admin("POST", "sts", settings)

    def pay(self, order_id):
        return self.admin("POST", f"orders/{order_id}/pay")

    def cancel(self, order_id):
        return self.admin("POST", f"orders/{order_id}/cancel")

    def change(self, resource_id, **change):
        return self.admin("POST", f"resources/{resource_id}", change)

    def add_groups(self, **group):
        """Groups made by hand; their ids."""
        return self.admin("POST", "groups", group)["groups"]

    def instances(self):
        return [i for g in self.state()["groups"] for i in g["instances"]]

    def standing(self, status="RUNNING"):
        """How many instances are in a state."""
        return sum(i["status"] == status for i in self.instances())

    def changes(self, since=0, action=None):
        """Changing calls, in order."""
        return [c for c in self.calls(since, changing=True) if action in (None, c["action"])]

    def last_seq(self):
        calls = self.calls()
        return calls[-1]["seq"] if calls else 0


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path):
        super().__init__("drover", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def read_paths(group):
    """Whatever may be asked of the daemon's socket."""
    return ("/v1/status", "/v1/plan", "/v1/orders", "/v1/intents", f"/v1/explain?group={group}",
            f"/v1/instances?group={group}", "/v1/whoami", "/metrics")


def all_bytes(directory):
    """Everything that the files below a directory hold."""
    found = b""
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found += file.read()
    return found


def end_process(process, grace=20):
    """SIGTERM, then SIGKILL; returns the exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(grace)
    return process.returncode


class Daemon:
    """A droverd of its own against a simulator. fleet and config are YAML text; the
    endpoints and keys of the simulator are put into the environment and, unless config
    is given, into drover.yaml."""

    def __init__(self, sim, fleet, config=None, args=(), state_dir=None, once=False, env=None,
                 program=("droverd",), hold=False, popen=None,
                 keys_in_environment=False):
        self.sim = sim
        self.program = [executable(program[0]), *program[1:]]
        self.own_dir = tempfile.mkdtemp(prefix="droverd-")
        self.state_dir = state_dir or os.path.join(self.own_dir, "state")
        os.makedirs(self.state_dir, mode=0o700, exist_ok=True)
        self.fleet_path = os.path.join(self.own_dir, "fleet.yaml")
        self.config_path = os.path.join(self.own_dir, "drover.yaml")
        self.log_path = os.path.join(self.own_dir, "log")
        self.keys_path = write_keys(os.path.join(self.own_dir, "credentials"))
        self.env = test_environment(env)
        self.write_fleet(fleet)
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(config if config is not None else default_config(sim))
            if "log:" not in (config or ""):
                file.write("log: {level: debug}\n")  # the most that it ever says
        self.args = ["--fleet", self.fleet_path, "--config", self.config_path, "--state-dir",
                     self.state_dir, "--log", "json", *(["--once"] if once else []), *args]
        self.popen = popen or {}  # further arguments of Popen
        self.keys_in_environment = keys_in_environment
        self.process = None
        if not hold:  # else the test calls start()
            self.start()

    def start(self):
        canary.counts["daemons"] += 1
        env = self.without_keys()
        self.given = {f"{name}={value}".encode() for name, value in env.items()}
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([*self.program, *self.args],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=env, **self.popen)

    def without_keys(self):
        """The environment with a file in place of the usual keys: what is in the environment may
        be read there. Keys that a test has chosen itself stay where it put them."""
        names = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
        usual = tuple(self.env.get(name) for name in names) == (KEY_ID, KEY_SECRET)
        if not usual or self.keys_in_environment:
            return self.env
        return {**{name: value for name, value in self.env.items() if name not in names},
                "ALIBABA_CLOUD_CREDENTIALS_FILE": self.keys_path}

    def look_at_process(self):
        if self.process and self.process.poll() is None:
            canary.scan_process(self.process.pid, self.given)

    def look_at_remains(self):
        canary.scan_files(self.state_dir)
        with open(self.log_path, "rb") as file:
            canary.scan(file.read(), "the log")

    def write_fleet(self, text):
        """Replaces fleet.yaml the way a careful editor does."""
        temporary = self.fleet_path + ".new"
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(temporary, self.fleet_path)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def wait(self, timeout=60):
        """Waits for the end (--once); returns the exit status."""
        end = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < end:
            self.look_at_process()
            time.sleep(0.05)
        status = self.process.wait(1)
        self.look_at_remains()
        return status

    def again(self, fleet=None):
        """The same command once more (--once), with another fleet file if given."""
        if fleet is not None:
            self.write_fleet(fleet)
        self.start()
        return self.wait()

    def kill(self):
        """kill -9: the crash of a test."""
        self.look_at_process()
        self.process.kill()
        self.process.wait(20)
        self.look_at_remains()

    def stop(self):
        """Ends it and looks at what it leaves; None when it never ran."""
        if not self.process:
            return None
        self.look_at_process()
        status = end_process(self.process)
        if os.path.exists(self.own_dir):  # else it was looked at before
            self.look_at_remains()
        return status

    def log(self):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def events(self):
        """The log as a list of objects; lines that are not JSON are left out."""
        found = []
        for line in self.log().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def cli(self, *args, timeout=60):
        """Runs the drover command against this daemon; returns the CompletedProcess."""
        self.look_at_process()
        done = run_cli(*args, "--state-dir", self.state_dir, env=self.env, timeout=timeout)
        canary.scan(done.stdout + done.stderr, f"what drover {' '.join(args)} prints")
        return done

    def get(self, target):
        """What its socket answers to a GET: (status, body)."""
        connection = UnixConnection(os.path.join(self.state_dir, "drover.sock"))
        try:
            connection.request("GET", target)
            reply = connection.getresponse()
            status, body = reply.status, reply.read()
        finally:
            connection.close()
        canary.scan(body, f"the answer to {target}")
        return status, body

    def ask(self, *args):
        """What the drover command answers with --json; None when it has no answer."""
        done = self.cli(*args, "--json")
        return json.loads(done.stdout) if done.returncode in (0, 2) and done.stdout else None

    def status(self):
        return self.ask("status")

    def group(self, name="phones"):
        """The group's entry of status; None while there is none."""
        found = [g for g in (self.status() or {"groups": []})["groups"] if g["name"] == name]
        return found[0] if found else None

    def wait_condition(self, *conditions, name="phones", timeout=30, desired=None):
        """Waits until the group is in one of the conditions; returns its entry."""
        def reached():
            group = self.group(name)
            fits = group and group["condition"] in conditions
            return group if fits and desired in (None, group["desired"]) else None
        return wait_until(reached, timeout, what=f"{name}: {' or '.join(conditions)}")

    def told(self, event):
        """The log's records of one event of the catalogue."""
        return [e for e in self.events() if e.get("event") == event]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if kind is not None:
            print(f"--- log of droverd\n{self.log()[-8000:]}\n---", flush=True)
        shutil.rmtree(self.own_dir, ignore_errors=True)


def write_keys(path, key_id=KEY_ID, secret=KEY_SECRET):
    """A file of credentials; returns its path."""
    with open(path, "w", encoding="utf-8") as file:
        os.chmod(path, 0o600)
        file.write(f"[default]\ntype = access_key\naccess_key_id = {key_id}\n"
                   f"access_key_secret = {secret}\n")
    return path


def test_environment(extra=None):
    """The environment of a daemon under test: the simulator's keys and nobody else's."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("ALIBABA", "ALICLOUD", "DROVER_", "NOTIFY_", "WATCHDOG_"))}
    env.pop("RUNTIME_DIRECTORY", None)
    env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = KEY_ID
    env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = KEY_SECRET
    env.update(extra or {})
    return env


def default_config(sim):
    """drover.yaml that points every endpoint at the simulator."""
    names = ("eds-aic", "appstream-center", "bssopenapi", "sts", "metadata")
    lines = "".join(f"  {name}: {sim.url}\n" for name in names)
    return f"version: 1\nendpoints:\n{lines}"


# What goes with a simulator that runs a thousand times as fast as the clock.
FAST_POLL = {"fast": "50ms", "slow": "200ms", "sweep": "300ms", "orders": "100ms",
             "twice_apart": "50ms", "settle": "50ms"}
FAST_RATES = {"reads_per_s": 1000, "writes_per_s": 1000, "max_per_s": 1000,
              "backoff_base": "10ms", "backoff_cap": "200ms"}


def flow(table):
    return "{" + ", ".join(f"{key}: {value}" for key, value in table.items()) + "}"


def fast_config(sim, poll=None, rates=None, limits=None, extra=""):
    """drover.yaml for a simulated day of minutes; the arguments win."""
    tables = {"poll": {**FAST_POLL, **(poll or {})}, "rates": {**FAST_RATES, **(rates or {})},
              "limits": limits or {}}
    return default_config(sim) + "".join(
        f"{name}: {flow(table)}\n" for name, table in tables.items() if table) + extra


CHARGES = {"PostPaid": "{type: PostPaid}",
           "PrePaid": "{type: PrePaid, period: 1, period_unit: Month, auto_pay: false}"}


def group(name, keys):
    lines = "".join(f"    {key}: {value}\n" for key, value in keys.items() if value is not None)
    return f"  - name: {name}\n{lines}"


def phones(count, name="phones", charge="PostPaid", region=REGION, **more):
    """One cloud-phone group of fleet.yaml; more: further keys, as YAML text."""
    return group(name, {"kind": "cloud-phone", "count": count, "region": region, "spec": SPEC,
                        "image": IMAGE, "charge": CHARGES[charge], **more})


def streaming(count, name="streams", charge="PostPaid", region=REGION, **more):
    """One app-streaming group."""
    pool = "{instance_type: appstreaming.general.4c8g, capacity: 2, strategy: NODE_FIXED}"
    return group(name, {"kind": "app-streaming", "count": count, "region": region,
                        "image": "img-8z4nztpaqvay4", "session_timeout": 15,
                        "charge": CHARGES[charge], "node_pool": pool, **more})


def bought(count, name="bastions", **more):
    """One purchase group."""
    return group(name, {"kind": "purchase", "count": count, "product_code": "bastionhost",
                        "product_type": "bastionhost", "subscription": "Subscription",
                        "period": 12, "confirm_auto_pay": "true",
                        "parameters": "{NetworkType: vpc, PlanCode: cloudbastion}", **more})


def fleet(*groups, name="qa", end="...\n"):
    """fleet.yaml of such groups."""
    return f"version: 1\nfleet: {name}\ngroups:\n{''.join(groups)}{end}"


class Case(unittest.TestCase):
    """A test against a simulator that lives a thousand times as fast as the clock. What
    it starts ends with it; the daemon's log is printed when it failed."""

    longMessage = True

    def sim(self, time_scale=1000, **options):
        sim = Sim(time_scale=time_scale, **options)
        self.addCleanup(sim.stop)
        return sim

    def daemon(self, sim, fleet_text, **options):
        options.setdefault("config", fast_config(sim))
        daemon = Daemon(sim, fleet_text, **options)
        self.addCleanup(self._end, daemon)
        return daemon

    def wait(self, predicate, what, timeout=30):
        """Its first true value."""
        return wait_until(predicate, timeout, what=what)

    def _has_failed(self):
        """So far, subtests included."""
        outcome = self._outcome
        seen = [test for test, _ in outcome.result.failures + outcome.result.errors]
        seen += [test for test, error in getattr(outcome, "errors", []) if error]  # before 3.11
        return any(getattr(test, "test_case", test) is self for test in seen)

    def _end(self, daemon):
        daemon.stop()
        log = daemon.log()
        sanitized = "Sanitizer" in log or "runtime error" in log
        if sanitized or self._has_failed():
            print(f"--- log of droverd ({self.id()})\n{log[-6000:]}\n---", flush=True)
        shutil.rmtree(daemon.own_dir, ignore_errors=True)
        self.assertFalse(sanitized, "a sanitizer complained")

    def once(self, sim, fleet_text, expected, args=("--timeout", "40s"), **options):
        """droverd --once that ends with the expected status."""
        daemon = self.daemon(sim, fleet_text, once=True, args=args, **options)
        self.assertEqual(daemon.wait(), expected)
        return daemon


def run_cli(*args, env=None, timeout=60):
    return subprocess.run([executable("drover"), *args], capture_output=True, text=True,
                          env=env, timeout=timeout, check=False)
