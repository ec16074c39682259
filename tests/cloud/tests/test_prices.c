/*
 * BssOpenApi: what things cost, and how a client can know beforehand.
 */
#include "buyer.h"

#define PRICE_CENTS 2170800 /* (10.00 + 2000.00) * 12 less a tenth */

/* --- prices */

#define PRICE "GetSubscriptionPrice", BASTION, "OrderType=NewOrder"
#define NETWORK "ModuleList.1.ModuleCode=NetworkType", "ModuleList.1.Config=NetworkType:vpc"
#define EDITION "ModuleList.2.ModuleCode=PlanCode", "ModuleList.2.Config=PlanCode:cloudbastion"

static void the_price_asked_for_is_the_price_paid(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, PRICE, NETWORK, EDITION, "ServicePeriodQuantity=12",
		   "ServicePeriodUnit=Month", "Quantity=1");
	assert_true(buyer_succeeded(&c));
	assert_int_equal(client_int(&c, "Data.TradePrice") * 100, PRICE_CENTS);
	assert_int_equal(client_int(&c, "Data.OriginalPrice"), 24120);
	assert_int_equal(client_int(&c, "Data.DiscountPrice"), 2412);
	assert_string_equal(client_text(&c, "Data.Currency"), "CNY");
	assert_int_equal(client_size(&c, "Data.ModuleDetails.ModuleDetail"), 2);
	assert_int_equal(client_int(&c, "Data.ModuleDetails.ModuleDetail.0.CostAfterDiscount"),
			 108);
	(void)CALL(&c, PRICE, NETWORK, EDITION, "ServicePeriodQuantity=1", "ServicePeriodUnit=Year",
		   "Quantity=3");
	assert_int_equal(client_int(&c, "Data.TradePrice"), 3 * 21708);
	(void)CALL(&c, PRICE, NETWORK, EDITION, "ServicePeriodQuantity=1",
		   "ServicePeriodUnit=Month");
	assert_int_equal(client_int(&c, "Data.TradePrice"), 2010);
	assert_int_equal(buyer_count(&c), 0);
	client_close(&c);
}

static void prices_of_what_does_not_exist_are_refused(void **state)
{
	(void)state;
	OPEN(c);
	static const char *const term[] = {"ServicePeriodQuantity=1", "ServicePeriodUnit=Month"};
	static const char *const configs[] = {"NetworkType",
					      "NetworkType:",
					      "NetworkType:string",
					      "Colour:red",
					      "NetworkType:vpc,PlanCode:cloudbastion",
					      ":vpc"};
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		(void)CALL(&c, PRICE, "ModuleList.1.ModuleCode=NetworkType",
			   client_param("ModuleList.1.Config", configs[i]), term[0], term[1]);
		buyer_refused(&c, 200, "InvalidConfigCod");
	}
	(void)CALL(&c, PRICE, "ModuleList.1.ModuleCode=Colour", "ModuleList.1.Config=Colour:red",
		   term[0], term[1]);
	buyer_refused(&c, 200, "InvalidModuleCode");
	(void)CALL(&c, PRICE, term[0], term[1]);
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, PRICE, "ModuleList.1.ModuleCode=NetworkType", term[0], term[1]);
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, PRICE, NETWORK, term[0]);
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, PRICE, NETWORK, term[0], "ServicePeriodUnit=Week");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "GetSubscriptionPrice", BASTION, "OrderType=New", NETWORK, term[0], term[1]);
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "GetSubscriptionPrice", KMS_HOURLY, "OrderType=NewOrder", NETWORK);
	buyer_refused(&c, 400, "InvalidParameter");
	client_close(&c);
}

static void an_upgrade_is_priced_for_an_instance(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	(void)CALL(&c, "GetSubscriptionPrice", BASTION, "OrderType=Upgrade", NETWORK,
		   "ModuleList.1.ModuleStatus=2", client_param("InstanceId", buyer_instance));
	assert_int_equal(client_int(&c, "Data.TradePrice"), 10);
	(void)CALL(&c, "GetSubscriptionPrice", BASTION, "OrderType=Upgrade", NETWORK,
		   "InstanceId=nobody");
	buyer_refused(&c, 400, "ResourceNotExists");
	(void)CALL(&c, "GetSubscriptionPrice", BASTION, "OrderType=Upgrade", NETWORK);
	buyer_refused(&c, 400, "MissingParameter");
	client_close(&c);
}

static void what_is_paid_as_it_goes_has_a_price_by_the_hour(void **state)
{
	(void)state;
	OPEN(c);
#define SPEC_1000 "ModuleList.1.ModuleCode=Instance", "ModuleList.1.Config=Spec:1000"
	(void)CALL(&c, "GetPayAsYouGoPrice", KMS_HOURLY, SPEC_1000, "ModuleList.1.PriceType=Hour");
	assert_true(buyer_succeeded(&c));
	const cJSON *cost = client_at(&c, "Data.ModuleDetails.ModuleDetail.0.CostAfterDiscount");
	assert_float_equal(cost->valuedouble, 2.3, 1e-9);
	(void)CALL(&c, "GetPayAsYouGoPrice", KMS_HOURLY, SPEC_1000, "ModuleList.1.PriceType=Month");
	buyer_refused(&c, 200, "InvalidConfigCod");
	(void)CALL(&c, "GetPayAsYouGoPrice", KMS_HOURLY, SPEC_1000);
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, "CreateInstance", KMS_HOURLY, "Parameter.1.Code=Spec",
		   "Parameter.1.Value=1000");
	buyer_keep(&c);
	assert_string_equal(buyer_balance(&c), "1,000,000.00");
	assert_string_equal(buyer_row(&c, "SubStatus"), "Normal");
	assert_null(cJSON_GetObjectItem(client_at(&c, "Data.InstanceList.0"), "EndTime"));
	client_close(&c);
}

static void modules_tell_what_can_be_priced(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "DescribePricingModule", BASTION);
	assert_true(buyer_succeeded(&c));
	assert_string_equal(client_text(&c, "Data.ModuleList.Module.1.ModuleCode"), "PlanCode");
	assert_string_equal(client_text(&c, "Data.ModuleList.Module.1.PriceType"), "Month");
	assert_string_equal(client_text(&c, "Data.ModuleList.Module.1.ConfigList.ConfigList.0"),
			    "PlanCode");
	assert_string_equal(client_text(&c, "Data.AttributeList.Attribute.0.Code"), "NetworkType");
	assert_string_equal(
		client_text(&c, "Data.AttributeList.Attribute.0.Values.AttributeValue.0.Value"),
		"vpc");
	(void)CALL(&c, "DescribePricingModule", "ProductCode=kms", "SubscriptionType=Subscription");
	assert_int_equal(client_size(&c, "Data.ModuleList.Module.0.ConfigList.ConfigList"), 2);
	assert_string_equal(
		client_text(&c, "Data.AttributeList.Attribute.1.Values.AttributeValue.0.Type"),
		"range_float");
	(void)CALL(&c, "DescribePricingModule", CAS);
	assert_string_equal(client_text(&c, "Data.ModuleList.Module.0.ConfigList.ConfigList.0"),
			    "Brand"); /* no parameter of a purchase has that code */
	(void)CALL(&c, "CreateInstance", CAS, "Period=12", "PricingCycle=2",
		   "Parameter.1.Code=Brand", "Parameter.1.Value=DigiCert");
	buyer_refused(&c, 400, "COMMODITY.INVALID_COMPONENT");
	client_close(&c);
}

static void numbers_are_priced_by_step(void **state)
{
	(void)state;
	OPEN(c);
#define KMS "ProductCode=kms", "SubscriptionType=Subscription", "Period=1"
#define KEYS "Parameter.1.Code=KeyNum"
	(void)CALL(&c, "CreateInstance", KMS, KEYS, "Parameter.1.Value=300");
	buyer_keep(&c);
	assert_string_equal(buyer_balance(&c), "998,385.00");
	static const char *const bad[] = {"0", "150", "10100", "many", "100x"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		(void)CALL(&c, "CreateInstance", KMS, KEYS,
			   client_param("Parameter.1.Value", bad[i]));
		buyer_refused(&c, 400, "COMMODITY.INVALID_COMPONENT");
	}
	client_close(&c);
}

static void products_are_those_of_the_site(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "QueryProductList", "PageNum=1", "QueryTotalCount=true");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 6);
	assert_string_equal(client_text(&c, "Data.ProductList.Product.0.ProductCode"),
			    "bastionhost");
	(void)CALL(&c, "QueryProductList", "PageNum=2", "PageSize=4");
	assert_int_equal(client_size(&c, "Data.ProductList.Product"), 2);
	assert_null(cJSON_GetObjectItem(client_at(&c, "Data"), "TotalCount"));
	(void)CALL(&c, "QueryProductList");
	buyer_refused(&c, 400, "MissingParameter");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_price_asked_for_is_the_price_paid),
		cmocka_unit_test(prices_of_what_does_not_exist_are_refused),
		cmocka_unit_test(an_upgrade_is_priced_for_an_instance),
		cmocka_unit_test(what_is_paid_as_it_goes_has_a_price_by_the_hour),
		cmocka_unit_test(modules_tell_what_can_be_priced),
		cmocka_unit_test(numbers_are_priced_by_step),
		cmocka_unit_test(products_are_those_of_the_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
