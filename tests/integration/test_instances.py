#!/usr/bin/env python3
"""drover status GROUP: the instances of one group, listed live with every field."""
import http.client
import json
import os
import signal
import socket
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from drover_test import IMAGE, REGION, SPEC, Case, fleet, phones  # noqa: E402

LIST = "DescribeAndroidInstances"
# InstanceModel[] as the page of DescribeAndroidInstances documents it (eds-aic 4.3).
PLAIN = """
AndroidInstanceGroupId AndroidInstanceGroupName AndroidInstanceId AndroidInstanceName
AndroidInstanceStatus NetworkInterfaceIp AuthorizedUserId BindUserId PersistentAppInstanceId
AppInstanceId KeyPairId GmtCreate GmtModified AppInstanceGroupId RegionId Rate ErrorCode
RenderingType InstanceType ChargeType GmtExpired PolicyGroupId OfficeSiteId VSwitchId Memory Cpu
Disks Tags ImageVersion PublicIpAddress SessionStatus NetworkInterfaceIpv6Address
PublicIpv6Address ImageId DisplayConfig QosRuleId AppManagePolicy ZoneId PhoneDataInfo StreamMode
NetworkType BandwidthPackageType BandwidthPackageId UpBandwidthLimit DownBandwidthLimit ServerType
BizTags ServerStatus SystemVersion InternetStatus BizImageType
""".split()
NESTED = {
    "DisplayConfig": {"ResolutionHeight", "ResolutionWidth", "Dpi", "Fps", "LockResolution"},
    "AppManagePolicy": {"AppManagePolicyId", "AppManagePolicyName"},
    "PhoneDataInfo": {"PhoneDataId", "PhoneDataVolume"},
}
NOT_OPEN = ("NetworkInterfaceIpv6Address", "PublicIpv6Address")  # "null" is none
FIXED = ["fleet", "generation", "groups", "orders"]


class UnixConnection(http.client.HTTPConnection):
    """One connection to the control socket."""

    def __init__(self, path):
        super().__init__("drover", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Instances(Case):
    def standing(self, *groups, sim=None):
        sim = sim or self.sim()
        daemon = self.daemon(sim, fleet(*groups))
        daemon.wait_condition("Converged")
        return sim, daemon

    def begin(self, daemon, group="phones"):
        """Asks for the instances; returns the connection, the answer not yet read."""
        connection = UnixConnection(os.path.join(daemon.state_dir, "drover.sock"))
        self.addCleanup(connection.close)
        connection.request("GET", f"/v1/instances?group={group}")
        daemon.ask("orders")  # one that came later is answered: ours has been read
        return connection

    def test_every_documented_field_is_shown_as_the_cloud_says_it(self):
        sim, daemon = self.standing(phones(3, tags="{team: qa}"))
        one = sim.instances()[0]["id"]
        sim.change(one, session="connect")
        status = daemon.ask("status", "phones")
        self.assertEqual(list(status)[:4], FIXED)
        self.assertEqual([g["name"] for g in status["groups"]], ["phones"])
        self.assertIs(status["instances_complete"], True)

        rows = {r["AndroidInstanceId"]: r for r in sim.pages(LIST, "InstanceModel")}
        told = {i["AndroidInstanceId"]: i for i in status["instances"]}
        self.assertEqual(list(told), sorted(rows), "each once, sorted by id")
        self.assertEqual(told[one]["SessionStatus"], "connect")
        for name, instance in told.items():
            self.assertLessEqual(set(PLAIN), set(instance))
            for field in set(rows[name]) & set(PLAIN) - set(NOT_OPEN):
                self.assertEqual(instance[field], rows[name][field], field)
            for field, members in NESTED.items():
                self.assertEqual(set(instance[field]), members)
            self.assertEqual([set(d) for d in instance["Disks"]], [{"DiskType", "DiskSize"}])
            self.assertIn({"Key": "team", "Value": "qa"}, instance["Tags"])
            self.assertEqual([instance[field] for field in NOT_OPEN], ["", ""])

    def test_without_a_group_nothing_is_listed(self):
        sim, daemon = self.standing(phones(2))
        self.assertNotIn("instances", daemon.ask("status"))
        out = daemon.cli("status").stdout
        self.assertNotIn(sim.instances()[0]["id"], out)

    def test_a_small_group_is_a_table_below_its_row(self):
        sim, daemon = self.standing(phones(3))
        done = daemon.cli("status", "phones")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        head = [n for n, line in enumerate(lines) if line.startswith("ID ")][0]
        self.assertTrue(lines[head - 2].startswith("phones "), done.stdout)
        self.assertEqual(lines[head].split(), ["ID", "STATUS", "SESSION", "IP", "KEY", "PAIR",
                                               "EXPIRES", "CREATED"])
        ids = sorted(i["id"] for i in sim.instances())
        self.assertEqual([line.split()[0] for line in lines[head + 1:]], ids)
        self.assertTrue(all(line.split()[1] == "RUNNING" for line in lines[head + 1:]))

    def test_a_large_group_is_counted_and_listed_over_all_its_pages(self):
        sim, daemon = self.standing(phones(250))
        done = daemon.cli("status", "phones")
        self.assertIn("250 instances: 250 RUNNING; --json shows each\n", done.stdout)
        before = sim.last_seq()
        status = daemon.ask("status", "phones")
        self.assertEqual(len({i["AndroidInstanceId"] for i in status["instances"]}), 250)
        self.assertIs(status["instances_complete"], True)
        self.assertEqual(sim.changes(before), [])

    def test_only_the_group_asked_about_is_listed(self):
        sim = self.sim()
        sim.add_groups(count=5, spec="acp.std.large", image=IMAGE, region=REGION)
        sim, daemon = self.standing(phones(3), phones(2, name="far", region="cn-hangzhou"), sim=sim)
        daemon.wait_condition("Converged", name="far")
        for name, region, count in (("phones", REGION, 3), ("far", "cn-hangzhou", 2)):
            instances = daemon.ask("status", name)["instances"]
            self.assertEqual([i["RegionId"] for i in instances], [region] * count)
            self.assertEqual({i["InstanceType"] for i in instances}, {SPEC})

    def test_a_lost_ledger_finds_the_instances_by_their_marks(self):
        sim = self.sim()
        text = fleet(phones(4))
        self.once(sim, text, 0)
        daemon = self.daemon(sim, text)  # a state directory of its own: no memory
        daemon.wait_condition("Converged", "Held")
        status = daemon.ask("status", "phones")
        self.assertEqual(len(status["instances"]), 4)

    def test_a_group_that_has_nothing_has_no_instances(self):
        sim = self.sim()
        sim.add_groups(count=3, spec=SPEC, image=IMAGE, region=REGION)
        daemon = self.daemon(sim, fleet(phones(3)))
        daemon.wait_condition("Held")  # look-alikes: nothing was created
        status = daemon.ask("status", "phones")
        self.assertEqual((status["instances"], status["instances_complete"]), ([], True))
        self.assertIn("No instances were listed.", daemon.cli("status", "phones").stdout)

    def test_an_unknown_group_is_refused(self):
        _, daemon = self.standing(phones(1))
        done = daemon.cli("status", "nobody", "--json")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        answer = self.begin(daemon, "nobody").getresponse()
        self.assertEqual((answer.status, json.load(answer)), (404, {"error": "no such group"}))

    def test_an_unreachable_cloud_leaves_the_status_and_a_note(self):
        sim, daemon = self.standing(phones(2))
        sim.stop()
        done = daemon.cli("status", "phones")
        self.assertEqual(done.returncode, 0)
        self.assertIn("phones", done.stdout)
        self.assertIn("drover: the list of instances is not complete: ", done.stderr)
        done = daemon.cli("status", "phones", "--json")
        self.assertEqual(done.returncode, 0)
        self.assertIn("not complete", done.stderr)
        status = json.loads(done.stdout)
        self.assertEqual([g["name"] for g in status["groups"]], ["phones"])
        self.assertEqual((status["instances"], status["instances_complete"]), ([], False))
        self.assertTrue(status["instances_reason"])

    def test_a_short_listing_is_shown_and_said_to_be_short(self):
        sim, daemon = self.standing(phones(2))
        sim.faults({"action": LIST, "fault": "wrong_total", "times": 100000})
        done = daemon.cli("status", "phones", "--json")
        status = json.loads(done.stdout)
        self.assertEqual((len(status["instances"]), status["instances_complete"]), (2, False))
        self.assertIn("fewer rows came than were announced", done.stderr)

    def test_only_a_few_listings_run_at_once_and_the_end_answers_them(self):
        sim, daemon = self.standing(phones(2))
        sim.faults({"action": LIST, "fault": "delay", "ms": 3600 * 1000 * 1000, "times": 100000})
        waiting = [self.begin(daemon) for _ in range(4)]
        answer = self.begin(daemon).getresponse()
        self.assertEqual(answer.status, 409)
        self.assertIn("run already", json.load(answer)["error"])
        self.assertEqual(daemon.group()["condition"], "Converged")  # others are served
        daemon.process.send_signal(signal.SIGTERM)
        for connection in waiting:
            answer = connection.getresponse()
            self.assertEqual(answer.status, 503)
            self.assertEqual(json.load(answer), {"error": "droverd is stopping"})
        self.assertEqual(daemon.wait(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
