/*
 * fleet.yaml. What is accepted is accepted again as the same, whatever the time, the line ends
 * or a byte order mark; each of its groups is one that can be asked about and bought; a first
 * plan buys no more than it wants. A file cut off before its end marker is never taken for a
 * whole one. What is refused is refused with complaints that are fit to print.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "cloud/actions.h"
#include "cloud/inquiry.h"
#include "config/config.h"
#include "config/fingerprint.h"
#include "fuzz/complaints.h"
#include "fuzz/fuzz.h"
#include "model/params.h"
#include "plan/plan.h"

#define FAR_FUTURE_MS UINT64_C(4000000000000)
#define KEY "abcdefghijklmnopqrstuvwxyz" /* an intent's: 26 characters */

static struct desired *parse(const char *text, size_t len, uint64_t wall_ms)
{
	auto_diags struct diags diags;
	struct desired *desired = NULL;
	diags_init(&diags, "fleet.yaml");
	int r = config_parse_fleet("fleet.yaml", text, len, wall_ms, &diags, &desired);
	CHECK(r == CONFIG_OK || r == CONFIG_E_REFUSED);
	CHECK((r == CONFIG_OK) == (desired != NULL));
	complaints_check(&diags, r == CONFIG_OK);
	return desired;
}

static void check_tags(const struct desired_group *g)
{
	CHECK(g->n_tags <= 16);
	for (size_t i = 0; i < g->n_tags; i++) {
		CHECK(*g->tags[i].key && strncmp(g->tags[i].key, "drover:", 7) != 0);
		CHECK(i == 0 || strcmp(g->tags[i - 1].key, g->tags[i].key) < 0);
	}
}

static void check_group(const struct desired *d, const struct desired_group *g)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t n = strlen(g->name);
	uint64_t fingerprint = 0;
	CHECK(n >= 1 && n <= 23 && strspn(g->name, letters) == n && g->name[0] >= 'a');
	CHECK(desired_find(d, g->name) == g);
	CHECK(g->kind >= 0 && g->kind < KIND_MAX_);
	CHECK(g->count >= 0 && g->count <= 100000);
	CHECK(g->instances_per_group >= 0 && g->instances_per_group <= 100);
	CHECK(g->charge == CHARGE_PREPAID || g->charge == CHARGE_POSTPAID);
	CHECK(g->region && g->spec && g->image && g->create);
	CHECK(g->pos.line > 0 && g->pos.column > 0);
	CHECK(fingerprint_group(g, &fingerprint) == 0 && fingerprint == g->fingerprint);
	check_tags(g);
}

/* The call that makes the first of it: complete, and the same after the ledger has kept it. */
static void check_create(const struct desired *d, const struct desired_group *g)
{
	const struct action_context context = {.fleet = d->fleet, .owner = KEY};
	int64_t most = g->kind == KIND_PURCHASE ? 1 : 100;
	if (g->instances_per_group > 0)
		most = g->instances_per_group;
	struct action action = {.verb = VERB_CREATE,
				.kind = g->kind,
				.spec = g->spec,
				.count = g->count < most ? g->count : most};
	auto_intent struct intent *intent = intent_new();
	CHECK(intent);
	memcpy(intent->key, KEY, sizeof(KEY));
	intent->verb = VERB_CREATE;
	intent->kind = g->kind;
	intent->count = action.count;
	CHECK(intent_set(&intent->group, g->name) == 0 &&
	      intent_set(&intent->region, g->region) == 0);
	CHECK(action_encode(&context, &action, g, intent) == 0);
	CHECK(intent->buys && strlen(intent->name) <= 30 && strlen(intent->token) <= 64);

	auto_params struct params params = {0};
	CHECK(params_parse(intent->params, &params) == 0 && params.n > 0);
	auto_free char *again = params_text(&params);
	CHECK_TEXT(again, intent->params);
}

/* Without any answer the questions come to an end, and none is held against the group. */
static void check_inquiry(const struct desired_group *g)
{
	struct inquiry q;
	CHECK(inquiry_init(&q, g) == 0);
	int r = 0;
	for (int i = 0; r != -ENOENT; i++) {
		auto_params struct params params = {0};
		enum operation op = OP_MAX_;
		r = inquiry_ask(&q, &op, &params);
		CHECK(r == 0 || r == -ENOENT || r == -EINVAL);
		CHECK(r != 0 || (op < OP_MAX_ && operation_info(op)->call_class == CALL_READ));
		CHECK((size_t)i < 8 * (q.specs.n + 1));
		if (r != -ENOENT)
			inquiry_answer(&q, NULL);
	}
	CHECK(q.image_ok && q.spec_ok && q.stock_ok && q.price_micro == 0);
	inquiry_fini(&q);
}

static void list_nothing(struct observed *observed)
{
	observed_init(observed);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		observed->of[kind] = (struct observed_listing){
			.complete = true, .complete_listings = 5, .listed_mono_ms = 9000000};
}

static int64_t bought_for(const struct plan *plan, const char *group)
{
	int64_t n = 0;
	for (size_t i = 0; i < plan->n_actions; i++) {
		const struct action *action = &plan->actions[i];
		CHECK(action->verb == VERB_CREATE); /* there is nothing else to do anything to */
		if (strcmp(action->group, group) == 0)
			n += action->count;
	}
	return n;
}

static void check_plan(const struct desired *desired)
{
	struct settings settings;
	struct observed observed;
	const struct in_flight in_flight = {.owner = KEY, .orders_look = ORDERS_LOOKED};
	struct plan_input input = {.desired = desired,
				   .observed = &observed,
				   .in_flight = &in_flight,
				   .settings = &settings,
				   .mono_ms = 10000000,
				   .wall_ms = UINT64_C(1790000000000)};
	settings_init(&settings);
	list_nothing(&observed);
	auto_plan struct plan *plan = NULL;
	CHECK(plan_compute(&input, &plan) == 0);
	CHECK(plan->n_groups == desired->n_groups);
	for (size_t i = 0; i < desired->n_groups; i++) {
		const struct desired_group *g = &desired->groups[i];
		CHECK(bought_for(plan, g->name) <= g->count);
	}
	observed_fini(&observed);
	settings_fini(&settings);
}

static void check_equal(const struct desired *a, const struct desired *b)
{
	CHECK(b && strcmp(a->fleet, b->fleet) == 0);
	CHECK(a->n_groups == b->n_groups && a->has_end_marker == b->has_end_marker);
	for (size_t i = 0; i < a->n_groups; i++) {
		CHECK(strcmp(a->groups[i].name, b->groups[i].name) == 0);
		CHECK(a->groups[i].count == b->groups[i].count);
		CHECK(a->groups[i].fingerprint == b->groups[i].fingerprint);
		CHECK(value_equal(a->groups[i].create, b->groups[i].create));
	}
}

static void check_same(const struct desired *desired, const char *text, size_t len)
{
	auto_desired struct desired *again = parse(text, len, FAR_FUTURE_MS);
	check_equal(desired, again);
}

/* The same with a byte order mark in front and lines that end as on other systems. */
static void check_line_ends(const struct desired *desired, const char *text, size_t len)
{
	auto_strbuf struct strbuf other = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	if (strchr(text, '\r') || strncmp(text, "\xef\xbb\xbf", 3) == 0)
		return;
	strbuf_add(&other, "\xef\xbb\xbf");
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			strbuf_add_char(&other, '\r');
		strbuf_add_char(&other, text[i]);
	}
	if (strbuf_error(&other) == 0)
		check_same(desired, strbuf_text(&other), other.len);
}

/* Cut off anywhere before its only "...", at a place that the text itself picks. */
static void check_cut(const struct desired *desired, const char *text, size_t len)
{
	const char *marker = strstr(text, "...");
	if (!desired->has_end_marker || !marker || marker == text || strstr(marker + 3, "..."))
		return;
	size_t at = (desired->digest ^ len) % (size_t)(marker - text);
	auto_desired struct desired *cut = parse(text, at, 0);
	CHECK(!cut || !cut->has_end_marker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	size_t len;
	auto_free char *text = fuzz_rest(&in, &len);
	auto_desired struct desired *desired = parse(text, len, 0);
	if (!desired)
		return 0;
	CHECK(strlen(desired->text) == len && memcmp(desired->text, text, len) == 0);
	for (size_t i = 0; i < desired->n_groups; i++) {
		const struct desired_group *g = &desired->groups[i];
		check_group(desired, g);
		if (g->count > 0) {
			check_create(desired, g);
			check_inquiry(g);
		}
	}
	check_plan(desired);
	check_same(desired, text, len);
	check_line_ends(desired, text, len);
	check_cut(desired, text, len);
	return 0;
}
