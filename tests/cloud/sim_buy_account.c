/*
 * The account: its site, its balance (bssopenapi 2, 3.15), and how a test sets them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/money.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_seed.h"

#define CENT (MONEY_ONE / 100)
#define CENTS_MAX INT64_C(1000000000000)

int sim_check_site(struct sim_call *call)
{
	if (call->international == call->sim->account.international)
		return 0;
	return sim_refuse(call, 400, "NotApplicable", "This API is not applicable for caller.");
}

bool sim_account_pays(struct sim_account *account, uint64_t cents)
{
	if (account->cents < 0 || (uint64_t)account->cents < cents)
		return false;
	account->cents -= (int64_t)cents;
	return true;
}

/* "1,828.72", "-11.19": observed to carry thousands separators. */
static void format_amount(int64_t cents, char *out, size_t size)
{
	uint64_t whole = (uint64_t)llabs((long long)cents), units = whole / 100;
	char groups[40];
	size_t at = sizeof(groups) - 1, digits = 0;
	groups[at] = '\0';
	do {
		if (digits > 0 && digits % 3 == 0)
			groups[--at] = ',';
		groups[--at] = (char)('0' + units % 10);
		units /= 10;
		digits++;
	} while (units > 0);
	(void)snprintf(out, size, "%s%s.%02u", cents < 0 ? "-" : "", groups + at,
		       (unsigned)(whole % 100));
}

int sim_query_account_balance(struct sim_call *call)
{
	const struct sim_account *account = &call->sim->account;
	struct strbuf *out = &call->out;
	char amount[48];
	format_amount(account->cents, amount, sizeof(amount));
	json_literal(out, ",\"Data\":{");
	json_text(out, "AvailableAmount", amount);
	json_text(out, "AvailableCashAmount", amount);
	json_text(out, "CreditAmount", "0.00");
	json_text(out, "MybankCreditAmount", "0.00");
	json_text(out, "QuotaLimit", "0.00");
	json_text(out, "Currency", account->international ? "USD" : "CNY");
	json_literal(out, "}");
	return 0;
}

/* --- by hand */

static int take_member(const cJSON *item, struct sim_account *account)
{
	int64_t micro = 0;
	if (strcmp(item->string, "stray_orders") == 0 && cJSON_IsBool(item)) {
		account->stray_orders = cJSON_IsTrue(item);
		return 0;
	}
	if (strcmp(item->string, "order_life_ms") == 0 && cJSON_IsNumber(item) &&
	    item->valuedouble >= 0 && item->valuedouble < 9e15) {
		account->order_life_ms = (uint64_t)item->valuedouble;
		return 0;
	}
	if (!cJSON_IsString(item))
		return -EINVAL;
	if (strcmp(item->string, "site") == 0) {
		account->international = strcmp(item->valuestring, "international") == 0;
		return account->international || strcmp(item->valuestring, "china") == 0 ? 0
											 : -EINVAL;
	}
	if (strcmp(item->string, "balance") != 0 || money_parse(item->valuestring, &micro) < 0 ||
	    micro % CENT != 0 || llabs((long long)(micro / CENT)) > CENTS_MAX)
		return -EINVAL;
	account->cents = micro / CENT;
	return 0;
}

int sim_seed_account(struct sim *sim, const cJSON *object, char *reterr, size_t size)
{
	struct sim_account account = sim->account;
	int r = cJSON_IsObject(object) ? 0 : -EINVAL;
	const cJSON *item = NULL;
	cJSON_ArrayForEach(item, object) if (r == 0) r = take_member(item, &account);
	if (r == 0)
		sim->account = account;
	else
		(void)snprintf(reterr, size, "%s",
			       "the account has a balance (\"1,828.72\"), a site (china or "
			       "international), stray_orders (true or false) and order_life_ms");
	return r;
}
