#!/usr/bin/env python3
"""App Streaming of drover-sim over real HTTP: places, types, envelopes, life."""
import http.client
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import drover_test as dt  # noqa: E402

OFFSET = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+00:00$")
MONTH = {"Period": 1, "PeriodUnit": "Month"}


class StreamCase(unittest.TestCase):
    def setUp(self):
        self.sim = dt.Sim(seed=5, time_scale=0)
        self.addCleanup(self.sim.stop)

    def group(self, group_id):
        return self.sim.app("GetAppInstanceGroup", AppInstanceGroupId=group_id,
                            ProductType="CloudApp")["AppInstanceGroupModels"]

    def groups(self, form=None, **query):
        return self.sim.app("ListAppInstanceGroup", form=form, ProductType="CloudApp", **query)

    def nodes(self, group_id):
        return self.sim.app("ListNodes", {"AppInstanceGroupId": group_id, "PageNumber": 1,
                                          "ProductType": "CloudApp", "PageSize": 100})

    def standing(self, **params):
        made = self.sim.create_app_group(**params)
        self.sim.advance(90000)
        return made


class Types(StreamCase):
    """The types that the documentation gives; the official SDKs fail on others."""

    FIELDS = """AppInstanceGroupId AppInstanceGroupName AppCenterImageId AppInstanceType
        AppPolicyId Apps AuthMode ChargeResourceMode ChargeType ExpiredTime GmtCreate Amount
        MaxAmount MinAmount ReserveAmountRatio ReserveMaxAmount ReserveMinAmount
        ScalingDownAfterIdleMinutes ScalingStep ScalingUsageThreshold NodePool OfficeSiteId OsType
        OtaInfo ProductType RegionId ResourceStatus SessionTimeout SkipUserAuthCheck SpecId Status
        SupportUserGroupMixedAuth UserGroupAuthMode Tags"""
    TYPES = {"Apps": list, "Amount": int, "ReserveAmountRatio": str, "ScalingStep": int,
             "ScalingUsageThreshold": str, "NodePool": list, "OtaInfo": dict,
             "SessionTimeout": str, "SkipUserAuthCheck": bool, "Tags": list,
             "SupportUserGroupMixedAuth": bool}
    POOL_TYPES = {"NodePoolId": str, "NodeInstanceType": str, "NodeTypeName": str,
                  "NodeCapacity": int, "Amount": int, "NodeAmount": int, "NodeUsed": int,
                  "ScalingNodeAmount": int, "ScalingNodeUsed": int, "StrategyType": str}

    def check(self, row, types):
        for name, kind in types.items():
            self.assertIn(name, row)
            self.assertIs(type(row[name]), kind, name)

    def test_every_documented_field_of_a_group(self):
        made = self.sim.create_app_group(2, ChargeType="PrePaid", AutoPay=True)
        self.assertRegex(made["AppInstanceGroupId"], r"^aig-[0-9a-z]+$")
        self.assertRegex(made["NodePoolId"], r"^rg-[0-9a-z]+$")
        self.assertTrue(made["OrderId"].isdigit())
        one = self.group(made["AppInstanceGroupId"])
        row = self.groups()["AppInstanceGroupModels"][0]
        self.assertEqual(set(self.FIELDS.split()) |
                         {"AppCenterImageName", "AppInstanceTypeName", "SessionType"}, set(one))
        self.assertEqual(set(self.FIELDS.split()) |
                         {"AppPolicyImageCheck", "AppPolicyVersion", "ResourceTags"}, set(row))
        for group in (one, row):
            self.check(group, self.TYPES)
            self.check(group["NodePool"][0], self.POOL_TYPES)
            self.assertRegex(group["ExpiredTime"], OFFSET)
            self.assertRegex(group["GmtCreate"], OFFSET)

    def test_envelopes(self):
        made = self.standing()
        pool, group = made["NodePoolId"], made["AppInstanceGroupId"]
        changed = self.sim.app("ModifyNodePoolAttribute",
                               {"PoolId": pool, "ProductType": "CloudApp",
                                "NodePoolStrategy": {"NodeAmount": 2}})
        self.assertEqual(set(changed), {"RequestId"})  # Code absent on success
        price = self.sim.app("GetResourcePrice", ProductType="CloudApp", BizRegionId=dt.REGION,
                             ChargeType="PrePaid", Amount=1, NodeInstanceType=dt.NODE_TYPE, **MONTH)
        self.assertEqual(set(price), {"RequestId", "PriceModel"})
        self.assertRegex(price["PriceModel"]["Price"]["TradePrice"], r"^\d+\.\d\d$")
        images = self.sim.app("ListImage", {"ProductType": "CloudApp"})
        self.assertEqual((images["Code"], images["Success"], images["Count"]), ("200", True, 2))
        regions = self.sim.app("ListRegions", ProductType="CloudApp")["RegionModels"]
        self.assertIn({"regionId": "cn-shanghai"}, regions)
        self.sim.advance(90000)
        self.assertEqual(set(self.sim.app("DeleteAppInstanceGroup",
                                          {"AppInstanceGroupId": group,
                                           "ProductType": "CloudApp"})), {"RequestId"})

    def test_nodes(self):
        made = self.standing(nodes=3)
        answer = self.nodes(made["AppInstanceGroupId"])
        self.assertEqual(set(answer), {"RequestId", "Count", "PerPageSize", "ToPage",
                                       "NodeModels"})
        self.assertEqual(answer["Count"], 3)
        self.assertEqual(set(answer["NodeModels"][0]), {"NodeId", "ChargeType"})


class Wire(StreamCase):
    """Places, names, and what a repeat does."""

    def test_query_and_form_are_told_apart(self):
        reply = self.sim.call("ListAppInstanceGroup", version=dt.APPSTREAM,
                              ProductType="CloudApp", Status=["PUBLISHED"])
        self.assertEqual((reply.status, reply.code), (400, "UnsupportedParameter"))
        self.standing(AppInstanceGroupName="one")
        self.sim.create_app_group(AppInstanceGroupName="two")
        found = self.groups(form={"Status": ["PUBLISHED", "FAILED"]})
        self.assertEqual([g["AppInstanceGroupName"] for g in found["AppInstanceGroupModels"]],
                         ["one"])

    def test_json_survives_the_way(self):
        made = self.standing(Network={"OfficeSiteId": "cn-hongkong+dir-842567",
                                      "DomainRules": [{"Domain": "a b&c=d", "Policy": "block"}]},
                             AppInstanceGroupName="云+ %&=")
        group = self.group(made["AppInstanceGroupId"])
        self.assertEqual(group["OfficeSiteId"], "cn-hongkong+dir-842567")
        self.assertEqual(group["AppInstanceGroupName"], "云+ %&=")

    def test_an_error_names_its_parameter(self):
        reply = self.sim.call("ListAppInstanceGroup", version=dt.APPSTREAM,
                              ProductType="CloudBrowser")
        self.assertEqual((reply.status, reply.code), (400, "InvalidParameter.ProductType"))
        self.assertEqual(set(reply.json), {"RequestId", "HostId", "Code", "Message", "Recommend"})

    def test_a_repeat_after_a_lost_reply_buys_again(self):
        self.sim.faults({"action": "CreateAppInstanceGroup", "fault": "drop_reply"})
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.sim.create_app_group(AppInstanceGroupName="browsers.abc123")
        self.sim.create_app_group(AppInstanceGroupName="browsers.abc123")
        self.assertEqual(self.groups(AppInstanceGroupName="abc123")["TotalCount"], 2)
        self.assertEqual([c["effect"] for c in self.sim.changes()], [True, True])


class Life(StreamCase):
    """Orders and state behind the scenes."""

    def test_a_subscription_waits_for_its_payment(self):
        made = self.sim.create_app_group(2, ChargeType="PrePaid")
        self.assertEqual(self.groups()["TotalCount"], 0)
        order = self.sim.state()["orders"][0]
        self.assertEqual((order["id"], order["status"], order["count"]),
                         (made["OrderId"], "Unpaid", 2))
        self.sim.pay(made["OrderId"])
        self.sim.advance(90000)
        group = self.sim.state()["groups"][0]
        self.assertEqual((group["kind"], group["id"], group["status"]),
                         ("app-streaming", made["AppInstanceGroupId"], "PUBLISHED"))
        self.assertEqual(self.sim.standing(), 2)
        kinds = {n["ChargeType"] for n in self.nodes(group["id"])["NodeModels"]}
        self.assertEqual(kinds, {"Prepaid"})

    def test_tags_are_seen_everywhere(self):
        made = self.standing()
        self.sim.app("TagCloudResources",
                     {"ResourceType": "AppInstanceGroupId",
                      "ResourceIds": [made["AppInstanceGroupId"]],
                      "Tags": [{"Key": "drover:fleet", "Value": "qa"}]})
        expected = [{"Key": "drover:fleet", "Scope": "Custom", "Value": "qa"}]
        self.assertEqual(self.group(made["AppInstanceGroupId"])["Tags"], expected)
        self.assertEqual(self.sim.state()["groups"][0]["tags"], {"drover:fleet": "qa"})
        found = self.groups(Tag=[{"Key": "drover:fleet", "Value": "qa"}])
        self.assertEqual(found["TotalCount"], 1)

    def test_both_products_share_one_state(self):
        self.sim.create(2)
        self.standing(nodes=1)
        kinds = [(g["kind"], len(g["instances"])) for g in self.sim.state()["groups"]]
        self.assertEqual(kinds, [("cloud-phone", 2), ("app-streaming", 1)])


if __name__ == "__main__":
    unittest.main(verbosity=1)
