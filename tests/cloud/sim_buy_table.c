/*
 * BssOpenApi as a table (bssopenapi 3). All parameters travel in the query.
 */
#include "sim_operations.h"
#include "sim_table.h"

#define PAGE_NUM INT("PageNum", 1, 1000000)

static const char *const subscription_types[] = {"Subscription", "PayAsYouGo", NULL};
static const char *const subscription[] = {"Subscription", NULL};
static const char *const pay_as_you_go[] = {"PayAsYouGo", NULL};
static const char *const renewals_at_create[] = {"AutoRenewal", "ManualRenewal", NULL};
static const char *const renewals[] = {"AutoRenewal", "ManualRenewal", "NotRenewal", NULL};
static const char *const renewal_units[] = {"M", "Y", NULL};
static const char *const price_orders[] = {"NewOrder", "Renewal", "Upgrade", NULL};
static const char *const price_units[] = {"Year", "Month", NULL};
static const char *const price_types[] = {"Hour", "Usage", "Month", "Year", NULL};

static const struct sim_param get_order_detail[] = {NEED("OrderId"), END};
static const struct sim_param query_orders[] = {TEXT("CreateTimeStart"),  TEXT("CreateTimeEnd"),
						TEXT("OrderType"),        TEXT("PaymentStatus"),
						TEXT("ProductCode"),      TEXT("ProductType"),
						TEXT("SubscriptionType"), PAGE_NUM,
						INT("PageSize", 1, 300),  END};

/* inside one JSON text */
static const struct sim_param logistics[] = {TEXT("cityCode"),     TEXT("cityName"),
					     TEXT("contactName"),  TEXT("countryCode"),
					     TEXT("districtName"), TEXT("email"),
					     TEXT("mobilePhone"),  TEXT("phone"),
					     TEXT("provCode"),     TEXT("provName"),
					     TEXT("streetCode"),   TEXT("streetName"),
					     TEXT("zipCode"),      END};
static const struct sim_param component[] = {NEED("Code"), NEED("Value"), END};
static const struct sim_param create_instance[] = {
	NEED("ProductCode"),
	TEXT("ProductType"),
	NEED_WORDS("SubscriptionType", subscription_types),
	INT("Period", 1, 1200),
	WORDS("RenewalStatus", renewals_at_create),
	INT("RenewPeriod", 1, 1200),
	TEXT_MAX("ClientToken", 64),
	JSON("Logistics", logistics),
	ROWS("Parameter", 100, component),
	INT("PricingCycle", 1, 3),
	END};

static const struct sim_param query_available_instances[] = {
	TEXT("ProductCode"),
	TEXT("ProductType"),
	WORDS("SubscriptionType", subscription_types),
	TEXT("InstanceIDs"),
	TEXT("Region"),
	WORDS("RenewStatus", renewals),
	TEXT("CreateTimeStart"),
	TEXT("CreateTimeEnd"),
	TEXT("EndTimeStart"),
	TEXT("EndTimeEnd"),
	PAGE_NUM,
	INT("PageSize", 1, 0),
	END};

static const struct sim_param cancel_order[] = {NEED("OrderId"), END};
static const struct sim_param set_renewal[] = {NEED("InstanceIDs"),
					       NEED("ProductCode"),
					       TEXT("ProductType"),
					       WORDS("SubscriptionType", subscription_types),
					       NEED_WORDS("RenewalStatus", renewals),
					       INT("RenewalPeriod", 1, 12),
					       WORDS("RenewalPeriodUnit", renewal_units),
					       END};
static const struct sim_param refund_instance[] = {
	NEED("InstanceId"),          NEED("ProductCode"),        TEXT("ProductType"),
	TEXT_MAX("ClientToken", 64), TEXT("ImmediatelyRelease"), END};
static const struct sim_param query_account_balance[] = {END};

static const struct sim_param priced_module[] = {NEED("ModuleCode"), NEED("Config"),
						 INT("ModuleStatus", 1, 2), TEXT("Tag"), END};
static const struct sim_param get_subscription_price[] = {
	NEED("ProductCode"),
	TEXT("ProductType"),
	NEED_WORDS("SubscriptionType", subscription),
	NEED_WORDS("OrderType", price_orders),
	NEED_ROWS("ModuleList", SIM_PRICED_MAX, priced_module),
	INT("ServicePeriodQuantity", 1, 1200),
	WORDS("ServicePeriodUnit", price_units),
	INT("Quantity", 1, 100000),
	TEXT("Region"),
	TEXT("InstanceId"),
	END};

static const struct sim_param metered_module[] = {NEED("ModuleCode"), NEED("Config"),
						  NEED_WORDS("PriceType", price_types), END};
static const struct sim_param get_pay_as_you_go_price[] = {
	NEED("ProductCode"),
	TEXT("ProductType"),
	NEED_WORDS("SubscriptionType", pay_as_you_go),
	TEXT("Region"),
	NEED_ROWS("ModuleList", SIM_PRICED_MAX, metered_module),
	END};
static const struct sim_param describe_pricing_module[] = {
	NEED("ProductCode"), TEXT("ProductType"),
	NEED_WORDS("SubscriptionType", subscription_types), END};
static const struct sim_param query_product_list[] = {
	NEED_INT("PageNum", 1, 1000000), INT("PageSize", 1, 0), BOOL("QueryTotalCount"), END};

const struct sim_operation sim_bss_operations[SIM_BSS_OPERATIONS] = {
	{.name = "GetOrderDetail",
	 .params = get_order_detail,
	 .run = sim_get_order_detail,
	 .may_get = true},
	{.name = "QueryOrders", .params = query_orders, .run = sim_query_orders, .may_get = true},
	{.name = "CreateInstance",
	 .params = create_instance,
	 .run = sim_create_instance,
	 .may_get = true,
	 .changing = true,
	 .ages = true},
	{.name = "QueryAvailableInstances",
	 .params = query_available_instances,
	 .run = sim_query_available_instances,
	 .may_get = true},
	{.name = "CancelOrder",
	 .params = cancel_order,
	 .run = sim_cancel_order,
	 .may_get = true,
	 .changing = true},
	{.name = "SetRenewal",
	 .params = set_renewal,
	 .run = sim_set_renewal,
	 .may_get = true,
	 .changing = true},
	{.name = "RefundInstance",
	 .params = refund_instance,
	 .run = sim_refund_instance,
	 .may_get = true,
	 .changing = true},
	{.name = "QueryAccountBalance",
	 .params = query_account_balance,
	 .run = sim_query_account_balance,
	 .may_get = true,
	 .good_code = "200"},
	{.name = "GetSubscriptionPrice",
	 .params = get_subscription_price,
	 .run = sim_get_subscription_price,
	 .may_get = true},
	{.name = "GetPayAsYouGoPrice",
	 .params = get_pay_as_you_go_price,
	 .run = sim_get_pay_as_you_go_price,
	 .may_get = true},
	{.name = "DescribePricingModule",
	 .params = describe_pricing_module,
	 .run = sim_describe_pricing_module,
	 .may_get = true},
	{.name = "QueryProductList",
	 .params = query_product_list,
	 .run = sim_query_product_list,
	 .may_get = true,
	 .no_total = true},
};
