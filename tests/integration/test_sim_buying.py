#!/usr/bin/env python3
"""drover-sim's BssOpenApi over real HTTP: types and envelopes as documented, sites, life."""
import http.client
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import drover_test as dt  # noqa: E402

ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
INTL = "business.ap-southeast-1.aliyuncs.com"
MODULES = [{"ModuleCode": "NetworkType", "Config": "NetworkType:vpc"},
           {"ModuleCode": "PlanCode", "Config": "PlanCode:cloudbastion"}]


class BuyCase(unittest.TestCase):
    def setUp(self):
        self.sim = dt.Sim(seed=5, time_scale=0)
        self.addCleanup(self.sim.stop)

    def call(self, action, **params):
        return self.sim.call(action, version=dt.BSS, **params)

    def rows(self, **params):
        data = self.sim.bss("QueryAvailableInstances", **params)["Data"]
        self.assertEqual(data["TotalCount"], len(data["InstanceList"]))
        return data["InstanceList"]

    def check(self, row, types):
        for name, kind in types.items():
            self.assertIn(name, row)
            self.assertIs(type(row[name]), kind, name)


class Types(BuyCase):
    """What the official SDKs decode by."""

    def test_purchase_row_and_order(self):
        answer = self.sim.bss("CreateInstance", ProductCode="cas", ProductType="cas",
                              SubscriptionType="Subscription", Period=12, PricingCycle=2,
                              RenewalStatus="AutoRenewal", RenewPeriod=12,
                              Logistics=json.dumps({"cityName": "Hangzhou \u676d\u5dde"}))
        self.check(answer, {"Code": str, "Message": str, "RequestId": str, "Success": bool})
        self.check(answer["Data"], {"OrderId": str, "InstanceId": str})
        row = self.rows(InstanceIDs=answer["Data"]["InstanceId"])[0]
        self.check(row, {"InstanceID": str, "ProductCode": str, "ProductType": str,
                         "SubscriptionType": str, "Region": str, "Status": str,
                         "RenewStatus": str, "RenewalDuration": int, "RenewalDurationUnit": str,
                         "OwnerId": int, "Seller": str, "SellerId": int})
        for name in ("CreateTime", "EndTime", "ExpectedReleaseTime", "ReleaseTime", "StopTime"):
            self.assertRegex(row[name], ISO)
        order = self.sim.bss("GetOrderDetail", OrderId=answer["Data"]["OrderId"])
        order = order["Data"]["OrderList"]["Order"][0]
        self.assertEqual(json.loads(order["InstanceIDs"]), [row["InstanceID"]])
        self.assertEqual((order["PaymentStatus"], order["OrderType"]), ("Paid", "New"))
        self.assertEqual((order["ProductCode"], order["CommodityCode"]), ("cas", "cas"))

    def test_balance(self):
        answer = self.sim.bss("QueryAccountBalance")
        self.assertEqual(answer["Code"], "200")
        self.check(answer["Data"], dict.fromkeys(
            ("AvailableAmount", "AvailableCashAmount", "CreditAmount", "MybankCreditAmount",
             "QuotaLimit", "Currency"), str))
        self.assertEqual(answer["Data"]["AvailableAmount"], "1,000,000.00")

    def test_prices_are_numbers(self):
        data = self.sim.bss("GetSubscriptionPrice", ProductCode="bastionhost",
                            SubscriptionType="Subscription", OrderType="NewOrder",
                            ServicePeriodQuantity=1, ServicePeriodUnit="Month",
                            ModuleList=MODULES)["Data"]
        self.assertEqual(data["TradePrice"], 2010)
        lines = data["ModuleDetails"]["ModuleDetail"]
        self.assertEqual([line["CostAfterDiscount"] for line in lines], [10, 2000])
        self.assertEqual(data["PromotionDetails"]["PromotionDetail"], [])

    def test_modules_and_products(self):
        data = self.sim.bss("DescribePricingModule", ProductCode="kms",
                            SubscriptionType="PayAsYouGo")["Data"]
        module = data["ModuleList"]["Module"][0]
        self.assertEqual(module["ConfigList"]["ConfigList"], ["Spec"])
        values = data["AttributeList"]["Attribute"][0]["Values"]["AttributeValue"]
        self.check(values[0], {"Name": str, "Remark": str, "Type": str, "Value": str})
        price = self.sim.bss("GetPayAsYouGoPrice", ProductCode="kms",
                             SubscriptionType="PayAsYouGo",
                             ModuleList=[{"ModuleCode": module["ModuleCode"],
                                          "Config": "Spec:" + values[0]["Value"],
                                          "PriceType": module["PriceType"]}])["Data"]
        self.assertAlmostEqual(price["ModuleDetails"]["ModuleDetail"][0]["OriginalCost"], 2.3)
        products = self.sim.bss("QueryProductList", PageNum=1, QueryTotalCount=True)["Data"]
        self.assertEqual(products["TotalCount"], len(products["ProductList"]["Product"]))

    def test_refund_order_is_a_number(self):
        instance = self.sim.buy()["InstanceId"]
        self.sim.advance(90000)
        answer = self.sim.bss("RefundInstance", InstanceId=instance, ProductCode="bastionhost",
                              ProductType="", ClientToken="r")
        self.assertIs(type(answer["Data"]["OrderId"]), int)
        order = self.sim.bss("GetOrderDetail", OrderId=answer["Data"]["OrderId"])
        self.assertIsNone(order["Data"]["OrderList"]["Order"][0]["PaymentStatus"])

    def test_failures_of_both_kinds(self):
        self.sim.account(balance="0.01")
        reply = self.call("CreateInstance", ProductCode="bastionhost", Period=1,
                          SubscriptionType="Subscription")
        self.assertEqual((reply.status, reply.code), (200, "INSUFFICIENT.AVAILABLE.QUOTA"))
        self.assertEqual(set(reply.json), {"Code", "Message", "RequestId", "Success"})
        self.assertIs(reply["Success"], False)
        reply = self.call("CreateInstance", ProductCode="ecs", SubscriptionType="PayAsYouGo")
        self.assertEqual((reply.status, reply.code),
                         (400, "OperationDenied.ProductNotSupport"))
        self.assertNotIn("Success", reply.json)
        self.assertFalse(any(call["effect"] for call in self.sim.calls()))

    def test_get_is_served(self):
        self.assertEqual(self.rows(method="GET"), [])


class Sites(BuyCase):
    """Two endpoints, one port."""

    def test_a_chinese_account(self):
        for where in ({"path": "/intl"}, {"path": "/intl/"}, {"host": INTL}):
            reply = self.call("QueryAvailableInstances", **where)
            self.assertEqual((reply.status, reply.code), (400, "NotApplicable"), where)
        self.rows(host="business.aliyuncs.com")

    def test_an_international_account(self):
        self.sim.account(site="international")
        self.assertEqual(self.call("QueryAvailableInstances").code, "NotApplicable")
        self.sim.buy(ProductType="bastionhost_std_public_intl", host=INTL)
        self.assertEqual(len(self.rows(path="/intl", Region="ap-southeast-1",
                                       ProductCode="bastionhost")), 1)

    def test_the_wrong_site_takes_no_fault_and_no_token(self):
        self.sim.faults({"action": "CreateInstance", "fault": "drop_reply"})
        with self.assertRaises(AssertionError):
            self.sim.buy(path="/intl", ClientToken="t")
        self.assertEqual(self.sim.state()["groups"], [])
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.sim.buy(ClientToken="t")
        self.assertEqual(len(self.sim.state()["groups"]), 1)


class Life(BuyCase):
    """A purchase from its order to its end."""

    def test_from_creating_to_gone(self):
        instance = self.sim.buy(Period=1)["InstanceId"]
        group = self.sim.state()["groups"][0]
        self.assertEqual((group["kind"], group["id"], group["charge_type"]),
                         ("purchase", instance, "PrePaid"))
        self.assertEqual(self.sim.standing("Creating"), 1)
        self.sim.advance(90000)
        self.assertEqual(self.sim.standing("Normal"), 1)
        self.sim.bss("SetRenewal", InstanceIDs=instance, ProductCode="bastionhost",
                     RenewalStatus="NotRenewal")
        self.assertEqual(self.rows()[0]["RenewStatus"], "NotRenewal")
        self.sim.advance(30 * 86400000)
        self.assertEqual(self.rows()[0]["Status"], "Expired")
        self.sim.advance(15 * 86400000)
        self.assertEqual(self.rows(), [])

    def test_a_stray_order_is_found_and_cancelled(self):
        self.sim.account(balance="5", stray_orders=True)
        with self.assertRaises(AssertionError):
            self.sim.buy()
        found = self.sim.bss("QueryOrders", OrderType="New", PaymentStatus="Unpaid",
                             CreateTimeStart=dt.iso_time(-60), CreateTimeEnd=dt.iso_time(60),
                             ProductCode="bastionhost")["Data"]["OrderList"]["Order"]
        self.assertEqual([order["AfterTaxAmount"] for order in found], ["21708.00"])
        self.sim.bss("CancelOrder", OrderId=found[0]["OrderId"])
        self.assertEqual(self.sim.state()["orders"][0]["status"], "Cancelled")
        self.assertEqual(self.call("CancelOrder", OrderId=found[0]["OrderId"]).code,
                         "InvalidParameter")

    def test_changes_by_hand(self):
        instance = self.sim.buy()["InstanceId"]
        self.sim.change(instance, status="Expired", end_time="2026-01-01T00:00:00Z")
        row = self.rows(EndTimeEnd="2026-01-01T00:00:00Z")[0]
        self.assertEqual((row["Status"], row["EndTime"]), ("Expired", "2026-01-01T00:00:00Z"))
        self.sim.change(instance, delete=True)
        self.assertEqual(self.rows(), [])


class Faults(BuyCase):
    """Misbehaviour around the effect of a purchase."""

    def test_after_the_effect(self):
        for n, fault in enumerate(("http_500", "garbage", "truncate", "drop_reply"), 1):
            self.sim.faults({"action": "CreateInstance", "fault": fault})
            with self.assertRaises((AssertionError, http.client.HTTPException, OSError)):
                self.sim.buy(ClientToken=fault)
            self.assertEqual(len(self.sim.state()["groups"]), n)
            self.assertIn(self.sim.buy(ClientToken=fault)["InstanceId"],
                          [group["id"] for group in self.sim.state()["groups"]])
            self.assertEqual(len(self.sim.state()["groups"]), n)

    def test_before_the_effect(self):
        for fault in ("http_503", "throttle", "cut_before"):
            self.sim.faults({"action": "CreateInstance", "fault": fault})
            with self.assertRaises((AssertionError, http.client.HTTPException, OSError)):
                self.sim.buy(ClientToken=fault)
        self.sim.faults({"action": "CreateInstance", "fault": "refuse",
                         "code": "ORDER.ACCOUNT_STATUS_ILLEGAL"})
        reply = self.call("CreateInstance", ProductCode="bastionhost", Period=1,
                          SubscriptionType="Subscription")
        self.assertEqual((reply.status, reply.code), (400, "ORDER.ACCOUNT_STATUS_ILLEGAL"))
        self.assertEqual(self.sim.state()["orders"], [])

    def test_refused_though_it_was_done(self):
        self.sim.faults({"action": "CreateInstance", "fault": "refuse_after",
                         "code": "SYSTEM.CONCURRENT_OPERATE"})
        reply = self.call("CreateInstance", ProductCode="bastionhost", Period=1,
                          SubscriptionType="Subscription", ClientToken="t")
        self.assertEqual((reply.status, reply.code), (400, "SYSTEM.CONCURRENT_OPERATE"))
        call = self.sim.calls()[-1]
        self.assertEqual((call["http"], call["code"], call["effect"]),
                         (400, "SYSTEM.CONCURRENT_OPERATE", True))


if __name__ == "__main__":
    unittest.main()
