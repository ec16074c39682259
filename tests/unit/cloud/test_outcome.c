#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "cloud/outcome.h"

/* What one reply means to a read, to a change and to a call that may buy. */
struct row {
	int status;
	const char *code;
	enum outcome read, change, buy;
};

#define SAME(status, code, outcome)                                                                \
	{                                                                                          \
		(status), (code), OUTCOME_##outcome, OUTCOME_##outcome, OUTCOME_##outcome          \
	}
/* Known only by its shape: good enough for a read or a change, never for a purchase. */
#define SHAPE(status, code, outcome)                                                               \
	{                                                                                          \
		(status), (code), OUTCOME_##outcome, OUTCOME_##outcome, OUTCOME_UNCLEAR            \
	}
#define UNSETTLED(status, code)                                                                    \
	{                                                                                          \
		(status), (code), OUTCOME_RETRYABLE, OUTCOME_UNCLEAR, OUTCOME_UNCLEAR              \
	}

static const struct row rpc[] = {
	SAME(200, "", DONE),
	SAME(202, "", DONE),
	SAME(200, "Success", DONE),
	SAME(200, "200", DONE),
	SAME(200, "OK", DONE),
	SAME(200, "StockError.NoStock", STOCK),
	SHAPE(200, "SomethingNew", REJECTED),
	UNSETTLED(200, "InternalError"),
	/* App Streaming answers some failures with 200 (appstream-center 1.3) */
	SAME(200, "InvalidParameter.ProductType", REJECTED),
	SAME(200, "InvalidParameter.PoolId", REJECTED),
	SAME(200, "InvalidAppInstanceGroup.NotFound", NOT_FOUND),
	UNSETTLED(200, "StockError.InvalidResourceRequest"),
	UNSETTLED(301, ""),
	UNSETTLED(302, "Forbidden"),
	UNSETTLED(304, ""),
	UNSETTLED(100, ""),
	UNSETTLED(600, ""),
	UNSETTLED(400, ""),
	UNSETTLED(403, ""),
	UNSETTLED(404, ""),
	UNSETTLED(408, ""),

	/* throttled */
	SAME(400, "Throttling", THROTTLED),
	SAME(400, "Throttling.User", THROTTLED),
	SAME(400, "Throttling.Api", THROTTLED),
	SAME(429, "Throttling.User", THROTTLED),
	SAME(403, "Throttling.Strange", THROTTLED),
	SAME(400, "Rejected.Throttling", THROTTLED),
	SAME(429, "TooManyRequests", THROTTLED),
	SAME(400, "TooManyRequests", THROTTLED),
	SHAPE(400, "My.Throttling.Sort", THROTTLED),
	SHAPE(429, "", THROTTLED),
	SHAPE(429, "Whatever", THROTTLED),
	SHAPE(503, "Throttling.User", THROTTLED),
	SHAPE(500, "Throttling", THROTTLED),

	/* 5xx settles nothing, whatever the code says */
	UNSETTLED(500, "InternalError"),
	UNSETTLED(500, "UnknownError"),
	UNSETTLED(500, ""),
	UNSETTLED(502, ""),
	UNSETTLED(503, "ServiceUnavailable"),
	UNSETTLED(504, ""),
	UNSETTLED(500, "StockError.NoStock"),
	UNSETTLED(500, "InvalidParameter"),
	UNSETTLED(500, "Forbidden.RAM"),
	UNSETTLED(500, "IdempotentParameterMismatch"),
	UNSETTLED(500, "StockError.InvalidResourceRequest"),
	UNSETTLED(400, "StockError.InvalidResourceRequest"),
	UNSETTLED(400, "ServiceUnavailable"),
	UNSETTLED(400, "InternalError"),
	UNSETTLED(400, "UndefinedError"),
	UNSETTLED(400, "CommodityNotExists"),
	UNSETTLED(400, "CommodityCodeNotExists"),
	UNSETTLED(400, "CSS_CHECK_ORDER_ERROR"),
	UNSETTLED(400, "ProductCheckError"),

	/* an earlier copy may have been executed */
	UNSETTLED(400, "SignatureNonceUsed"),
	UNSETTLED(400, "Duplicated.ClientToken"),
	UNSETTLED(400, "LX_REQUEST_TOKEN_CONFLICT"),
	UNSETTLED(400, "SYSTEM.CONCURRENT_OPERATE"),
	{400, "IdempotentParameterMismatch", OUTCOME_REJECTED, OUTCOME_HOLD, OUTCOME_HOLD},
	{409, "IdempotentParameterMismatch", OUTCOME_REJECTED, OUTCOME_HOLD, OUTCOME_HOLD},

	/* keys, clock, permission */
	SAME(404, "InvalidAccessKeyId.NotFound", AUTH),
	SAME(400, "InvalidAccessKeyId.NotFound", AUTH),
	SAME(400, "InvalidAccessKeyId.Inactive", AUTH),
	SAME(400, "SignatureDoesNotMatch", AUTH),
	SAME(403, "SignatureDoesNotMatch", AUTH),
	SAME(400, "IncompleteSignature", AUTH),
	SAME(400, "InvalidSignatureMethod", AUTH),
	SAME(400, "MissingSecurityToken", AUTH),
	SAME(403, "InvalidSecurityToken.Expired", AUTH),
	SAME(400, "InvalidSecurityToken.Malformed", AUTH),
	SAME(400, "InvalidSecurityToken.MismatchWithAccessKey", AUTH),
	SAME(400, "InvalidTimeStamp.Expired", AUTH),
	SAME(403, "Forbidden", AUTH),
	SAME(403, "Forbidden.RAM", AUTH),
	SAME(403, "Forbidden.AccessKeyDisabled", AUTH),
	SAME(403, "Forbidden.RiskControl", AUTH),
	SAME(403, "Forbidden.UserVerification", AUTH),
	SAME(403, "Forbbiden.SubUser", AUTH),
	SAME(403, "Forbedden.NotSupportRAM", AUTH),
	SAME(403, "NoPermission", AUTH),
	SAME(400, "NoPermission", AUTH),
	SAME(400, "NotAuthorized", AUTH),
	SAME(400, "InvalidOwner", AUTH),
	SAME(400, "InvalidCaller", AUTH),
	SHAPE(403, "NoPermission.Strange", AUTH),
	SHAPE(403, "ForbiddenStrange", AUTH),
	SHAPE(400, "SignatureStrange", AUTH),
	SAME(400, "InvalidTimeStamp.Format", REJECTED),
	SAME(400, "IllegalTimestamp", REJECTED),

	/* money */
	SAME(400, "INSUFFICIENT.AVAILABLE.QUOTA", PAYMENT),
	SAME(400, "InsufficientBalance", PAYMENT),
	SAME(400, "ACCOUNT_BALANCE_EXCEEDED", PAYMENT),
	SHAPE(400, "PAY.INSUFFICIENT_BALANCE", PAYMENT),
	SHAPE(400, "PAY.PAY_ORDER_FAILED", PAYMENT),
	SHAPE(400, "PAY.INVALID_CREDIT_CARD", PAYMENT),
	SHAPE(400, "Account.Arrearage", PAYMENT),
	SHAPE(403, "OverduePayment", PAYMENT),

	/* stock */
	SAME(400, "StockError.NoStock", STOCK),
	SAME(403, "OperationDenied.NoStock", STOCK),
	SAME(400, "ResourceNotAvailable", STOCK),
	SHAPE(400, "Zone.SoldOut", STOCK),
	SHAPE(400, "OutOfStock", STOCK),
	SHAPE(400, "ResourceNotAvailable.Zone", STOCK),

	/* account limits */
	SAME(400, "QuotaExceeded", QUOTA),
	SAME(403, "QuotaExceeded.Instance", QUOTA),
	SAME(400, "LimitExceeded", QUOTA),
	SAME(400, "PURCHASE_QUANTITY_LIMIT", QUOTA),
	SAME(400, "CURRENT_ORDER_QUANTITY_EXCEED", QUOTA),
	SHAPE(400, "InstanceQuotaExceed", QUOTA),
	SHAPE(400, "ResourceTag.CustomTagCountExceed", QUOTA),

	/* not found; never mistaken for keys, host or action */
	SAME(400, "InvalidInstanceGroup.NotFound", NOT_FOUND),
	SAME(404, "InvalidResourceId.NotFound", NOT_FOUND),
	SAME(400, "InvalidAppInstanceGroup.NotFound", NOT_FOUND),
	SAME(400, "InvalidAppInstanceGroupSpecItem.NotFound", NOT_FOUND),
	SAME(400, "InvalidBrowserInstanceGroup.NotFound", NOT_FOUND),
	SAME(400, "InvalidImage.NotFound", NOT_FOUND),
	SHAPE(404, "InvalidThing.NotFound", NOT_FOUND),
	SHAPE(400, "ResourceNotExists", NOT_FOUND),
	SHAPE(400, "RESOURCE_NOT_FOUND", NOT_FOUND),
	SAME(404, "InvalidApi.NotFound", REJECTED),
	SAME(404, "InvalidProduct.NotFound", REJECTED),
	SAME(404, "InvalidAction.NotFound", REJECTED),
	SAME(400, "ProductCode.NotFound", REJECTED),

	/* conflicts */
	SAME(409, "OperationConflict", CONFLICT),
	SAME(400, "OperationBusy", CONFLICT),
	SAME(400, "ResourceStatusError", CONFLICT),
	SAME(403, "IncorrectInstanceStatus", CONFLICT),
	SHAPE(403, "OperationDenied.InstanceStatus", CONFLICT),
	SHAPE(409, "SomeConflict.Other", CONFLICT),
	SHAPE(400, "Has.effect.suit", CONFLICT),
	SHAPE(400, "ORDER.OPEND", CONFLICT),
	SHAPE(400, "INSTANCE_ID_IS_NOT_UNIQUE", CONFLICT),
	SHAPE(400, "InvalidClientToken.Strange", CONFLICT),
	SHAPE(400, "TAG_KEY_DUPLICATED", CONFLICT),
	SHAPE(400, "InvalidTag.Duplicated", CONFLICT),

	/* the request itself */
	SAME(400, "MissingParameter", REJECTED),
	SAME(400, "MissingParameter.BizRegionId", REJECTED),
	SAME(400, "MissingParameter.ResourceIdsOrTags", REJECTED),
	SAME(400, "InvalidParameter.AppInstanceGroupId", REJECTED),
	SHAPE(400, "InvalidResourceType.Invalid", REJECTED),
	SHAPE(400, "InvalidTag.SystemTagKeyInvalid", REJECTED),
	SHAPE(400, "InvalidTagPolicy.ValueInvalid", REJECTED),
	SAME(400, "InvalidParameter", REJECTED),
	SAME(400, "InvalidParameter.Amount", REJECTED),
	SAME(400, "InvalidParameterValue", REJECTED),
	SAME(400, "UnsupportedParameter", REJECTED),
	SAME(400, "UnsupportedOperation", REJECTED),
	SAME(400, "UnsupportedHTTPMethod", REJECTED),
	SAME(400, "InvalidProtocol.NeedSsl", REJECTED),
	SAME(400, "NoSuchVersion", REJECTED),
	SAME(400, "InvalidRegion.NotMatch", REJECTED),
	SAME(400, "InvalidSpecId.Missing", REJECTED),
	SAME(400, "NotApplicable", REJECTED),
	SAME(400, "COMMODITY.INVALID_COMPONENT", REJECTED),
	SAME(400, "OperationDenied.ProductNotSupport", REJECTED),
	SAME(400, "PARAM_ERROR", REJECTED),
	SAME(400, "ORDER.ACCOUNT_STATUS_ILLEGAL", REJECTED),
	SAME(400, "ORDER.ACCOUNT_INFORMATION_INCOMPLETE", REJECTED),

	/* unlisted: a purchase may have happened */
	SHAPE(400, "400", REJECTED),
	SHAPE(400, "Missing", REJECTED),
	SHAPE(400, "InvalidSomething", REJECTED),
	SHAPE(400, "throttling", REJECTED),
	SHAPE(400, "invalidparameter", REJECTED),
	SHAPE(418, "Teapot", REJECTED),
	SHAPE(499, "ClientClosedRequest", REJECTED),
};

/* What a purchase at the billing service can be told; elsewhere these are other rows. */
static const struct row billing[] = {
	{200, "PAY.PAY_ORDER_FAILED", OUTCOME_PAYMENT, OUTCOME_PAYMENT, OUTCOME_PAYMENT},
	{400, "PAY.PAY_ORDER_FAILED", OUTCOME_PAYMENT, OUTCOME_PAYMENT, OUTCOME_PAYMENT},
	{400, "PAY.INSUFFICIENT_BALANCE", OUTCOME_PAYMENT, OUTCOME_PAYMENT, OUTCOME_PAYMENT},
	{400, "PAY.INVALID_CREDIT_CARD", OUTCOME_PAYMENT, OUTCOME_PAYMENT, OUTCOME_PAYMENT},
	{400, "PAY.COUPON_NOT_EXIST", OUTCOME_PAYMENT, OUTCOME_PAYMENT, OUTCOME_PAYMENT},
	UNSETTLED(500, "PAY.PAY_ORDER_FAILED"),
	SHAPE(400, "PAY", REJECTED),
	SHAPE(400, "REPAY.X", REJECTED),
	SAME(200, "ACCOUNT_BALANCE_EXCEEDED", PAYMENT),
	{400, "400", OUTCOME_REJECTED, OUTCOME_REJECTED, OUTCOME_REJECTED},
	SHAPE(200, "400", REJECTED), /* a status that nobody has documented it with */
	SHAPE(403, "400", REJECTED),
	UNSETTLED(500, "400"),
	{200, "Has.effect.suit", OUTCOME_CONFLICT, OUTCOME_CONFLICT, OUTCOME_HOLD},
	{400, "Has.effect.suit", OUTCOME_CONFLICT, OUTCOME_CONFLICT, OUTCOME_HOLD},
	{400, "ORDER.OPEND", OUTCOME_CONFLICT, OUTCOME_CONFLICT, OUTCOME_HOLD},
	{400, "INSTANCE_ID_IS_NOT_UNIQUE", OUTCOME_CONFLICT, OUTCOME_CONFLICT, OUTCOME_HOLD},
	UNSETTLED(502, "ORDER.OPEND"),
	UNSETTLED(200, "SYSTEM.CONCURRENT_OPERATE"),
	UNSETTLED(400, "SYSTEM.CONCURRENT_OPERATE"),
	UNSETTLED(200, "Duplicated.ClientToken"),
	UNSETTLED(200, "CSS_CHECK_ORDER_ERROR"),
	UNSETTLED(200, "ProductCheckError"),
	UNSETTLED(200, "UndefinedError"),
	UNSETTLED(200, "InternalError"),
	UNSETTLED(400, "InternalError"),
	SHAPE(400, "SYSTEM.SALE_VALIDATE_NO_SPECIFIC_CODE_FAILED", REJECTED),
	SAME(200, "INSUFFICIENT.AVAILABLE.QUOTA", PAYMENT),
	SAME(400, "InvalidOwner", AUTH),
	SAME(400, "NotAuthorized", AUTH),
	SAME(400, "InvalidCaller", AUTH),
	SAME(400, "ORDER.ACCOUNT_STATUS_ILLEGAL", REJECTED),
	SAME(400, "ORDER.ACCOUNT_INFORMATION_INCOMPLETE", REJECTED),
	SAME(400, "NotApplicable", REJECTED),
	SAME(200, "NotApplicable", REJECTED),
	SAME(400, "ProductCode.NotFound", REJECTED),
	SAME(400, "OperationDenied.ProductNotSupport", REJECTED),
	SAME(400, "COMMODITY.INVALID_COMPONENT", REJECTED),
	SAME(400, "MissingParameter", REJECTED),
	SAME(400, "InvalidParameter", REJECTED),
	SAME(400, "InvalidModuleCode", REJECTED),
	SAME(400, "InvalidConfigCode", REJECTED),
	SAME(400, "Invalid_Product_Code", REJECTED),
	SAME(400, "PARAM_ERROR", REJECTED),
	SAME(400, "PURCHASE_QUANTITY_LIMIT", QUOTA),
	SAME(400, "CURRENT_ORDER_QUANTITY_EXCEED", QUOTA),
	SAME(400, "Throttling.User", THROTTLED),
	SAME(400, "Throttling", THROTTLED),
	SAME(400, "Throttling.Api", THROTTLED),
	SAME(400, "Rejected.Throttling", THROTTLED),
	SHAPE(400, "ResourceNotExists", NOT_FOUND),
	SHAPE(400, "RESOURCE_NOT_FOUND", NOT_FOUND),
	SAME(400, "ResourceStatusError", CONFLICT),
};

static struct outcome_facts facts_of(int status, const char *code)
{
	return (struct outcome_facts){.end = HTTP_COMPLETE,
				      .status = status,
				      .parsed = true,
				      .has_request_id = true,
				      .code = code};
}

static void expect(const struct outcome_facts *facts, enum envelope envelope, const struct row *row)
{
	const enum outcome want[] = {row->read, row->change, row->buy};
	for (int c = CALL_READ; c <= CALL_BUY; c++) {
		enum outcome got = outcome_classify((enum call_class)c, envelope, facts);
		if (got != want[c])
			fail_msg("class %d, %d %s: %s, not %s", c, row->status, row->code,
				 outcome_name(got), outcome_name(want[c]));
	}
}

static void replies_of_rpc_services_are_classified(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rpc); i++) {
		struct outcome_facts facts = facts_of(rpc[i].status, rpc[i].code);
		expect(&facts, ENVELOPE_RPC, &rpc[i]);
	}
}

/* appstream-center 1.3, third form; a good code does not make a failure good. */
static void what_says_that_it_failed_is_not_done(void **state)
{
	static const struct {
		int success;
		struct row row;
	} cases[] = {
		{SUCCESS_TRUE, SAME(200, "200", DONE)},
		{SUCCESS_ABSENT, SAME(200, "200", DONE)},
		{SUCCESS_FALSE, UNSETTLED(200, "200")},
		{SUCCESS_FALSE, UNSETTLED(200, "")},
		{SUCCESS_FALSE, SAME(200, "StockError.NoStock", STOCK)},
		{SUCCESS_TRUE, SAME(200, "StockError.NoStock", STOCK)},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct outcome_facts facts = facts_of(cases[i].row.status, cases[i].row.code);
		facts.success = (__typeof__(facts.success))cases[i].success;
		expect(&facts, ENVELOPE_RPC, &cases[i].row);
	}
}

static void every_code_of_the_billing_service_is_classified(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(billing); i++) {
		struct outcome_facts facts = facts_of(billing[i].status, billing[i].code);
		expect(&facts, ENVELOPE_BSS, &billing[i]);
		facts.success = SUCCESS_FALSE;
		expect(&facts, ENVELOPE_BSS, &billing[i]);
		facts.success = SUCCESS_TRUE;
		if (billing[i].status == 200) /* a contradiction: it may have been bought */
			assert_int_equal(outcome_classify(CALL_BUY, ENVELOPE_BSS, &facts),
					 OUTCOME_UNCLEAR);
	}
}

static bool has_billing_row(const struct row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(billing); i++)
		if (billing[i].status == row->status && strcmp(billing[i].code, row->code) == 0)
			return true;
	return false;
}

static void other_refusals_of_bss_are_classified_like_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rpc); i++) {
		struct outcome_facts facts = facts_of(rpc[i].status, rpc[i].code);
		if (rpc[i].status >= 300 && !has_billing_row(&rpc[i]))
			expect(&facts, ENVELOPE_BSS, &rpc[i]);
	}
}

static void good_envelopes_of_bss_are_judged_by_success_and_code(void **state)
{
	static const struct {
		int success;
		struct row row;
	} rows[] = {
		{SUCCESS_TRUE, SAME(200, "Success", DONE)},
		{SUCCESS_TRUE, SAME(200, "success", DONE)},
		{SUCCESS_TRUE, SAME(200, "200", DONE)},
		{SUCCESS_TRUE, SAME(200, "OK", DONE)},
		{SUCCESS_TRUE, SAME(200, "0", DONE)},
		{SUCCESS_ABSENT, SAME(200, "Success", DONE)},
		{SUCCESS_FALSE, UNSETTLED(200, "Success")},
		{SUCCESS_FALSE, UNSETTLED(200, "")},
		{SUCCESS_ABSENT, UNSETTLED(200, "")},
		{SUCCESS_TRUE, {200, "", OUTCOME_DONE, OUTCOME_UNCLEAR, OUTCOME_UNCLEAR}},
		{SUCCESS_TRUE, {200, "Odd", OUTCOME_DONE, OUTCOME_UNCLEAR, OUTCOME_UNCLEAR}},
		{SUCCESS_FALSE, SAME(200, "INSUFFICIENT.AVAILABLE.QUOTA", PAYMENT)},
		{SUCCESS_ABSENT, SAME(200, "INSUFFICIENT.AVAILABLE.QUOTA", PAYMENT)},
		{SUCCESS_FALSE, SAME(200, "NotApplicable", REJECTED)},
		{SUCCESS_FALSE, SAME(200, "NotAuthorized", AUTH)},
		{SUCCESS_FALSE, UNSETTLED(200, "SYSTEM.CONCURRENT_OPERATE")},
		{SUCCESS_FALSE, UNSETTLED(200, "InternalError")},
		{SUCCESS_FALSE, SHAPE(200, "400", REJECTED)},
		{SUCCESS_ABSENT, SHAPE(200, "Odd", REJECTED)},
		{SUCCESS_FALSE, SAME(200, "Throttling.User", THROTTLED)},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct outcome_facts facts = facts_of(rows[i].row.status, rows[i].row.code);
		facts.success = (__typeof__(facts.success))rows[i].success;
		expect(&facts, ENVELOPE_BSS, &rows[i].row);
	}
}

static void what_is_not_a_whole_answer_of_the_api_proves_nothing(void **state)
{
	static const struct row unsettled = UNSETTLED(0, "");
	(void)state;
	for (int envelope = ENVELOPE_RPC; envelope <= ENVELOPE_BSS; envelope++) {
		for (int status = 200; status < 600; status += 100) {
			struct outcome_facts facts = facts_of(status, "");
			facts.parsed = false;
			expect(&facts, (enum envelope)envelope, &unsettled);
		}
		struct outcome_facts facts = facts_of(200, "Success");
		facts.has_request_id = false;
		expect(&facts, (enum envelope)envelope, &unsettled);
		facts = facts_of(0, "");
		facts.end = HTTP_BROKEN;
		expect(&facts, (enum envelope)envelope, &unsettled);
		facts.end = HTTP_NOT_SENT;
		expect(&facts, (enum envelope)envelope, &(struct row)SAME(0, "", NOT_SENT));
	}
}

static void a_hint_throttles_reads_and_changes_but_settles_no_purchase(void **state)
{
	(void)state;
	struct outcome_facts facts = facts_of(400, "Whatever");
	facts.retry_hint = true;
	expect(&facts, ENVELOPE_RPC, &(struct row)SHAPE(400, "Whatever", THROTTLED));
	facts.status = 503;
	expect(&facts, ENVELOPE_RPC, &(struct row)SHAPE(503, "Whatever", THROTTLED));
	facts.status = 200;
	facts.code = "";
	expect(&facts, ENVELOPE_RPC, &(struct row)SAME(200, "", DONE));
}

static void the_pace_follows_every_sign_of_throttling(void **state)
{
	(void)state;
	struct outcome_facts facts = facts_of(503, "Throttling.User");
	assert_true(outcome_is_throttle(&facts));
	facts.code = "ServiceUnavailable";
	assert_false(outcome_is_throttle(&facts));
	facts.retry_hint = true;
	assert_true(outcome_is_throttle(&facts));
	facts.status = 200;
	assert_false(outcome_is_throttle(&facts));
	facts = facts_of(429, "");
	assert_true(outcome_is_throttle(&facts));
	facts.end = HTTP_BROKEN;
	assert_false(outcome_is_throttle(&facts));
}

/* Whatever comes back, a purchase ends as done, as a listed refusal, or unclear. */
static void a_purchase_never_ends_as_retryable(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rpc); i++) {
		for (int status = 0; status < 700; status += 50) {
			struct outcome_facts facts = facts_of(status, rpc[i].code);
			enum outcome got = outcome_classify(CALL_BUY, ENVELOPE_RPC, &facts);
			assert_int_not_equal(got, OUTCOME_RETRYABLE);
			if (status < 200 || (status >= 300 && status < 400) || status >= 500)
				assert_int_equal(got, OUTCOME_UNCLEAR);
		}
	}
}

static void an_end_that_is_none_is_not_taken_for_an_answer(void **state)
{
	(void)state;
	struct outcome_facts facts = facts_of(200, "");
	assert_int_equal(outcome_classify(CALL_BUY, ENVELOPE_RPC, &facts), OUTCOME_DONE);
	facts.end = (enum http_end)(HTTP_COMPLETE + HTTP_BROKEN + HTTP_NOT_SENT + 1);
	assert_int_equal(outcome_classify(CALL_BUY, ENVELOPE_RPC, &facts), OUTCOME_UNCLEAR);
}

static void keys_stop_everything_and_permissions_one_operation(void **state)
{
	static const char *const keys[] = {
		"InvalidAccessKeyId.NotFound",  "SignatureDoesNotMatch",
		"InvalidSecurityToken.Expired", "InvalidTimeStamp.Expired",
		"Forbidden.AccessKeyDisabled",  "MissingSecurityToken"};
	static const char *const operation[] = {"Forbidden.RAM", "NoPermission", "Forbidden",
						"NotAuthorized", "Forbidden.RiskControl"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_int_equal(outcome_auth_scope(keys[i]), AUTH_OF_KEYS);
	for (size_t i = 0; i < ARRAY_SIZE(operation); i++)
		assert_int_equal(outcome_auth_scope(operation[i]), AUTH_OF_OPERATION);
}

static void every_outcome_has_a_name_and_a_side(void **state)
{
	(void)state;
	size_t definite = 0;
	for (int o = 0; o < OUTCOME_MAX_; o++) {
		assert_string_not_equal(outcome_name((enum outcome)o), "?");
		definite += outcome_is_definite_no((enum outcome)o);
	}
	assert_int_equal(definite, 9);
	assert_false(outcome_is_definite_no(OUTCOME_DONE));
	assert_false(outcome_is_definite_no(OUTCOME_UNCLEAR));
	assert_false(outcome_is_definite_no(OUTCOME_HOLD));
	assert_false(outcome_is_definite_no((enum outcome)(OUTCOME_MAX_ + 1)));
	assert_string_equal(outcome_name(OUTCOME_MAX_), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_of_rpc_services_are_classified),
		cmocka_unit_test(what_says_that_it_failed_is_not_done),
		cmocka_unit_test(every_code_of_the_billing_service_is_classified),
		cmocka_unit_test(other_refusals_of_bss_are_classified_like_all),
		cmocka_unit_test(good_envelopes_of_bss_are_judged_by_success_and_code),
		cmocka_unit_test(what_is_not_a_whole_answer_of_the_api_proves_nothing),
		cmocka_unit_test(a_hint_throttles_reads_and_changes_but_settles_no_purchase),
		cmocka_unit_test(the_pace_follows_every_sign_of_throttling),
		cmocka_unit_test(a_purchase_never_ends_as_retryable),
		cmocka_unit_test(an_end_that_is_none_is_not_taken_for_an_answer),
		cmocka_unit_test(keys_stop_everything_and_permissions_one_operation),
		cmocka_unit_test(every_outcome_has_a_name_and_a_side),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
