#!/usr/bin/env python3
"""drover-sim over real HTTP: signatures made here, types, bodies, faults, life."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import drover_test as dt  # noqa: E402

ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
PLAIN = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")


class SimCase(unittest.TestCase):
    time_scale = 0

    @classmethod
    def setUpClass(cls):
        cls.sim = dt.Sim(seed=3, time_scale=cls.time_scale)

    @classmethod
    def tearDownClass(cls):
        assert cls.sim.stop() == 0, "a clean end at SIGTERM"

    def setUp(self):
        self.sim.faults()


class Types(SimCase):
    """The types the documentation gives; the official SDKs fail on others."""

    def check(self, row, types):
        for name, kind in types.items():
            self.assertIn(name, row)
            self.assertIs(type(row[name]), kind, name)

    def test_create(self):
        answer = self.sim.create(2, Tag=[{"Key": "a", "Value": "b"}])
        self.check(answer, {"RequestId": str, "OrderId": str, "InstanceGroupIds": list,
                            "InstanceGroupInfos": list, "NetworkPackageOrderModel": dict})
        self.assertTrue(answer["OrderId"].isdigit())
        info = answer["InstanceGroupInfos"][0]
        self.assertRegex(info["InstanceGroupId"], r"^ag-[0-9a-z]{17}$")
        self.assertRegex(info["InstanceIds"][1], r"^acp-[0-9a-z]{17}$")

    def test_group_row(self):
        self.sim.create(1, ChargeType="PrePaid", AutoPay=True)
        row = self.sim.good("DescribeAndroidInstanceGroups",
                            ChargeType="PrePaid")["InstanceGroupModel"][0]
        self.check(row, {"NumberOfInstances": str, "AvailableInstanceAmount": int, "Cpu": str,
                         "Memory": int, "Disks": list, "Tags": list, "ErrorCode": str,
                         "ResolutionWidth": int, "BindQosRules": dict, "EnableIpv6": bool})
        self.assertIn("totalCount", row["BindQosRules"])
        for name in ("GmtCreate", "GmtModified", "GmtExpired"):
            self.assertRegex(row[name], PLAIN)

    def test_instance_row(self):
        self.sim.create(1, ChargeType="PrePaid", AutoPay=True)
        row = self.sim.good("DescribeAndroidInstances", ChargeType="PrePaid")["InstanceModel"][0]
        self.check(row, {"Cpu": str, "Memory": int, "Rate": int, "DisplayConfig": dict,
                         "BizTags": list, "Tags": list, "AppManagePolicy": dict,
                         "StreamMode": int, "UpBandwidthLimit": int, "PhoneDataInfo": dict})
        self.assertEqual(row["Memory"], 4096)
        self.assertRegex(row["GmtCreate"], PLAIN)
        self.assertRegex(row["GmtExpired"], ISO)
        self.assertEqual(row["NetworkInterfaceIpv6Address"], "null")

    def test_every_documented_field_of_an_instance(self):
        self.sim.create(1)
        row = self.sim.good("DescribeAndroidInstances")["InstanceModel"][0]
        fields = """AndroidInstanceGroupId AndroidInstanceGroupName AndroidInstanceId
            AndroidInstanceName AndroidInstanceStatus NetworkInterfaceIp AuthorizedUserId BindUserId
            PersistentAppInstanceId AppInstanceId KeyPairId GmtCreate GmtModified AppInstanceGroupId
            RegionId Rate ErrorCode RenderingType InstanceType ChargeType GmtExpired PolicyGroupId
            OfficeSiteId VSwitchId Memory Cpu Disks Tags ImageVersion PublicIpAddress SessionStatus
            NetworkInterfaceIpv6Address PublicIpv6Address ImageId DisplayConfig QosRuleId
            AppManagePolicy ZoneId PhoneDataInfo StreamMode NetworkType BandwidthPackageType
            BandwidthPackageId UpBandwidthLimit DownBandwidthLimit ServerType BizTags ServerStatus
            SystemVersion InternetStatus BizImageType"""
        self.assertEqual(set(fields.split()) - set(row), set())

    def test_new_ids_are_a_string_that_holds_json(self):
        group = self.sim.create(1)["InstanceGroupIds"][0]
        answer = self.sim.good("UpgradeAndroidInstanceGroup", InstanceGroupId=group,
                               IncreaseNumberOfInstance=2, AutoPay=True)
        self.assertIs(type(answer["InstanceIds"]), str)
        self.assertEqual(len(json.loads(answer["InstanceIds"])), 2)

    def test_billing_envelope(self):
        order = self.sim.create(1)["OrderId"]
        answer = self.sim.good("GetOrderDetail", version=dt.BSS, OrderId=order)
        self.check(answer, {"Success": bool, "Code": str, "Message": str, "Data": dict})
        row = answer["Data"]["OrderList"]["Order"][0]
        self.check(row, {"OrderId": str, "Quantity": str, "AfterTaxAmount": str, "InstanceIDs": str})
        self.assertRegex(row["CreateTime"], ISO)
        self.assertEqual(len(json.loads(row["InstanceIDs"])), 1)


class Wire(SimCase):
    """Headers, bodies and what is refused."""

    def test_headers_of_an_answer(self):
        reply = self.sim.call("DescribeRegions")
        self.assertEqual(reply.headers["content-type"], "application/json;charset=utf-8")
        self.assertEqual(reply.headers["x-acs-request-id"], reply["RequestId"])
        self.assertRegex(reply.headers["date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")

    def test_form_bodies_plain_and_chunked(self):
        for chunked in (False, True):
            answer = self.sim.good("DescribeImageList", chunked=chunked,
                                   form={"ImageType": "System", "Status": "AVAILABLE"})
            self.assertEqual(answer["TotalCount"], 3)

    def test_form_with_plus_and_raw_characters(self):
        body = b"ImageType=User&ImageName=qa+golden"
        headers = {"content-type": "application/x-www-form-urlencoded",
                   "x-acs-action": "DescribeImageList", "x-acs-version": dt.EDS,
                   "x-acs-date": dt.iso_time(), "x-acs-signature-nonce": "plus"}
        dt.sign("POST", self.sim.host, {}, body, headers)
        reply = self.sim.send("POST", "/", headers, body)
        self.assertEqual(reply["TotalCount"], 1)

    def test_awkward_characters_survive(self):
        value = "a b+c*d~e/f%g!'()\u4e91\u624b\u673a"
        group = self.sim.create(1, Tag=[{"Key": "k.1", "Value": value}])["InstanceGroupIds"][0]
        rows = self.sim.pages("DescribeAndroidInstances", "InstanceModel", InstanceGroupId=group)
        self.assertEqual(rows[0]["Tags"], [{"Key": "k.1", "Value": value}])
        self.sim.create(1, InstanceGroupName="\u4e91\u624b\u673aA")

    def test_a_tampered_request_is_refused(self):
        def other_nonce(headers):
            headers["x-acs-signature-nonce"] += "0"

        def other_body_hash(headers):
            headers["x-acs-content-sha256"] = "0" * 64

        for tamper in (other_nonce, other_body_hash):
            reply = self.sim.call("DescribeRegions", tamper=tamper)
            self.assertEqual((reply.status, reply.code), (400, "SignatureDoesNotMatch"))

    def test_an_unsigned_content_type_is_refused(self):
        reply = self.sim.call("DescribeRegions", tamper=lambda headers: headers.update(
            {"content-type": "application/x-www-form-urlencoded"}))
        self.assertEqual(reply.code, "IncompleteSignature")

    def test_clock_skew(self):
        reply = self.sim.call("DescribeRegions", date=dt.iso_time(-1000))
        self.assertEqual((reply.status, reply.code), (400, "InvalidTimeStamp.Expired"))

    def test_error_body(self):
        reply = self.sim.call("DescribeAndroidInstances", MaxResults=1000)
        self.assertEqual(reply.status, 400)
        self.assertEqual(set(reply.json), {"RequestId", "HostId", "Code", "Message", "Recommend"})
        self.assertEqual(reply["HostId"], self.sim.host)

    def test_keep_alive(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.sim.port, timeout=10)
        for _ in range(3):
            connection.request("GET", "/_sim/state", headers={"host": self.sim.host})
            answer = connection.getresponse()
            answer.read()
            self.assertFalse(answer.will_close)
        connection.close()

    def test_long_queries(self):
        ids = [f"acp-{n:017d}" for n in range(100)]
        answer = self.sim.good("DescribeAndroidInstances", AndroidInstanceIds=ids)
        self.assertEqual(answer["TotalCount"], 0)

    def test_garbage_on_the_wire_does_not_end_it(self):
        for junk in (b"\x00\xff\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n",
                     b"GET /" + b"a" * 300000 + b" HTTP/1.1\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.sim.port), timeout=60) as peer:
                try:
                    peer.sendall(junk)
                except ConnectionError:
                    pass
        self.sim.good("DescribeRegions")


class Faults(SimCase):
    """Those that only a socket can show."""

    def test_cut_connections(self):
        for fault, effect in (("drop_reply", True), ("cut_before", False)):
            before = len(self.sim.state()["groups"])
            self.sim.faults({"action": "CreateAndroidInstanceGroup", "fault": fault})
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                self.sim.create(1)
            self.assertEqual(len(self.sim.state()["groups"]) - before, int(effect))
            call = self.sim.calls()[-1]
            self.assertEqual((call["http"], call["effect"]), (0, effect))

    def test_truncated(self):
        self.sim.faults({"action": "*", "fault": "truncate"})
        with self.assertRaises(http.client.IncompleteRead):
            self.sim.call("DescribeRegions")

    def test_garbage(self):
        self.sim.faults({"action": "*", "fault": "garbage"})
        reply = self.sim.call("DescribeRegions")
        self.assertEqual((reply.status, reply.json), (200, None))

    def test_a_delay_waits_for_cloud_time(self):
        self.sim.faults({"action": "DescribeRegions", "fault": "delay", "ms": 1000})
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.sim.call("DescribeRegions")))
        thread.start()
        dt.wait_until(lambda: self.sim.calls() and
                      self.sim.calls()[-1]["action"] == "DescribeRegions", what="the delayed call")
        self.sim.good("DescribeSpec")  # others are served meanwhile
        self.assertEqual(answers, [])
        self.sim.advance(1000)
        thread.join(20)
        self.assertEqual(answers[0].status, 200)


class Scaled(unittest.TestCase):
    """Cloud time that runs by itself."""

    def test_ageing_by_the_clock(self):
        with dt.Sim(time_scale=600) as sim:
            sim.create(3)
            dt.wait_until(lambda: all(i["status"] == "RUNNING" for i in sim.instances()), 30)

    def test_delay_by_the_clock(self):
        with dt.Sim(time_scale=10) as sim:
            sim.faults({"action": "*", "fault": "delay", "ms": 2000})
            self.assertEqual(sim.call("DescribeRegions").status, 200)

    def test_throttling_options(self):
        with dt.Sim(time_scale=0, args=["--throttle-writes", "1"]) as sim:
            sim.create(1)
            reply = sim.call("CreateAndroidInstanceGroup", BizRegionId=dt.REGION,
                             InstanceGroupSpec=dt.SPEC, ImageId=dt.IMAGE)
            self.assertEqual((reply.status, reply.code), (400, "Throttling.User"))
            self.assertGreater(int(reply.headers["x-acs-retry-after"]), 0)


class Life(unittest.TestCase):
    """Start, options, end."""

    def run_sim(self, *args):
        return subprocess.run([dt.executable("drover-sim"), *args], capture_output=True, text=True,
                              timeout=30, check=False)

    def test_only_loopback(self):
        for address in ("0.0.0.0:0", "192.168.1.1:0", "[::]:0", "localhost:0", "127.0.0.1",
                        "127.0.0.1:70000", ":0", "127.0.0.1:0x"):
            done = self.run_sim("--listen", address)
            self.assertEqual(done.returncode, 64, address)

    def test_bad_options(self):
        for args in (["--seed", "x"], ["--time-scale", "-1"], ["--nonsense"], ["stray"],
                     ["--token-window", "soon"]):
            self.assertEqual(self.run_sim(*args).returncode, 64, args)
        self.assertEqual(self.run_sim("--help").returncode, 0)
        self.assertEqual(self.run_sim("--version").returncode, 0)

    def test_bad_scenario(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"groups": [{"region": "mars"}]}')
            file.flush()
            done = self.run_sim("--scenario", file.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn("catalogue", done.stderr)
        self.assertEqual(self.run_sim("--scenario", "/nonexistent").returncode, 1)

    def test_scenario_and_keys(self):
        scenario = {"groups": [{"name": "old", "count": 250, "tags": {"team": "x"}}],
                    "faults": [{"action": "DescribeRegions", "fault": "http_503"}]}
        with dt.Sim(scenario=scenario, args=["--access-key-id", "k", "--access-key-secret",
                                             "s"]) as sim:
            self.assertEqual(len(sim.instances()), 250)
            self.assertEqual(sim.call("DescribeRegions").status, 404)
            self.assertEqual(sim.call("DescribeRegions", key_id="k", secret="s").status, 503)
            self.assertEqual(sim.call("DescribeRegions", key_id="k", secret="s").status, 200)

    def test_ipv6_loopback(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 loopback here")
        with tempfile.TemporaryDirectory() as folder:
            port = os.path.join(folder, "port")
            process = subprocess.Popen([dt.executable("drover-sim"), "--listen", "[::1]:0",
                                        "--port-file", port])
            dt.wait_until(lambda: os.path.exists(port))
            self.assertEqual(os.listdir(folder), ["port"])  # renamed into place
            with open(port, encoding="utf-8") as file:
                connection = http.client.HTTPConnection("::1", int(file.read()), timeout=10)
            connection.request("GET", "/_sim/state")
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            self.assertEqual(dt.end_process(process), 0)

    def test_ends_while_an_answer_is_held_back(self):
        sim = dt.Sim(time_scale=0)
        sim.faults({"action": "*", "fault": "delay", "ms": 1000})

        def call():
            try:
                sim.call("DescribeRegions")
            except (http.client.HTTPException, OSError):
                pass

        thread = threading.Thread(target=call)
        thread.start()
        dt.wait_until(sim.calls, what="the delayed call")
        sim.process.send_signal(signal.SIGTERM)
        self.assertEqual(sim.process.wait(20), 0)
        thread.join(20)
        sim.stop()

    def test_a_client_that_goes_away_while_it_is_held_back(self):
        with dt.Sim(time_scale=0) as sim:
            sim.faults({"action": "*", "fault": "delay", "ms": 1000})
            with self.assertRaises(TimeoutError):
                sim.call("DescribeRegions", timeout=0.3)
            sim.advance(1000)
            time.sleep(0.05)
            sim.good("DescribeRegions")


if __name__ == "__main__":
    unittest.main(verbosity=1)
