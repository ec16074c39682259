#include "buyer.h"

#include <stdio.h>
#include <string.h>

char buyer_order[40], buyer_instance[40];

bool buyer_succeeded(const struct client *c)
{
	return c->status == 200 && cJSON_IsTrue(client_at(c, "Success"));
}

void buyer_keep(struct client *c)
{
	assert_true(buyer_succeeded(c));
	(void)snprintf(buyer_order, sizeof(buyer_order), "%s", client_text(c, "Data.OrderId"));
	(void)snprintf(buyer_instance, sizeof(buyer_instance), "%s",
		       client_text(c, "Data.InstanceId"));
}

void buyer_buys(struct client *c)
{
	(void)CALL(c, BUY);
	buyer_keep(c);
}

void buyer_refused(struct client *c, int status, const char *code)
{
	assert_int_equal(c->status, status);
	assert_code(c, code);
	if (status == 200)
		assert_true(cJSON_IsFalse(client_at(c, "Success")));
}

void buyer_account(struct client *c, const char *json)
{
	(void)client_admin(c, "POST", "/_sim/account", json, 200);
}

const char *buyer_balance(struct client *c)
{
	(void)CALL(c, "QueryAccountBalance");
	assert_true(buyer_succeeded(c));
	return client_text(c, "Data.AvailableAmount");
}

int buyer_count(struct client *c)
{
	(void)CALL(c, "QueryAvailableInstances");
	assert_true(buyer_succeeded(c));
	return client_int(c, "Data.TotalCount");
}

const char *buyer_row(struct client *c, const char *name)
{
	char path[80];
	(void)CALL(c, "QueryAvailableInstances", client_param("InstanceIDs", buyer_instance));
	(void)snprintf(path, sizeof(path), "Data.InstanceList.0.%s", name);
	return client_text(c, path);
}

void buyer_change(struct client *c, const char *json)
{
	char path[80];
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", buyer_instance);
	(void)client_admin(c, "POST", path, json, 200);
}

const char *buyer_order_state(struct client *c)
{
	(void)CALL(c, "GetOrderDetail", client_param("OrderId", buyer_order));
	return client_text(c, "Data.OrderList.Order.0.PaymentStatus");
}
