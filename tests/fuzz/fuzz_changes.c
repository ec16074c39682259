/*
 * The answers to changing calls, of every kind, verb and way of charging. None passes for done
 * that names nothing to be followed up: what was made, or the order for it.
 */
#include <errno.h>
#include <stdlib.h>

#include "cloud/actions.h"
#include "fuzz/decoders.h"

#define TARGET "ag-target"

static void check_ids(const struct action_result *made)
{
	CHECK(made->group && made->order_id && made->bandwidth_package && made->bandwidth_order);
	CHECK(!*made->group || fuzz_is_id(made->group));
	for (size_t i = 0; i < made->instances.n; i++)
		CHECK(fuzz_is_id(made->instances.items[i]));
	CHECK(made->failed >= 0);
}

/* A create is known again by its group, or while nothing is paid by its order; of what is paid by
 * use only a purchase may have an order alone (bssopenapi 3.1). */
static void check_created(const struct intent *intent, const struct action_result *made)
{
	bool order_will_do = intent->charge == CHARGE_PREPAID || intent->kind == KIND_PURCHASE;
	CHECK(*made->group || (order_will_do && *made->order_id));
}

/* What a growing group gets is known by its ids or by its order; of nodes paid by use nobody says
 * anything (appstream-center 3.9). */
static void check_grown(const struct intent *intent, const struct action_result *made)
{
	CHECK(strcmp(made->group, TARGET) == 0);
	if (intent->kind == KIND_CLOUD_PHONE)
		CHECK(made->instances.n > 0 || *made->order_id);
	else if (intent->charge == CHARGE_PREPAID)
		CHECK(*made->order_id);
}

static void check_verb(enum kind kind, enum verb verb, enum charge_type charge, const cJSON *root)
{
	auto_intent struct intent *intent = intent_new();
	struct action_result made;
	CHECK(intent && intent_set(&intent->cloud_group, TARGET) == 0);
	intent->kind = kind;
	intent->verb = verb;
	intent->charge = charge;
	int r = action_decode(intent, root, &made);
	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	check_ids(&made);
	if (verb == VERB_CREATE)
		check_created(intent, &made);
	else if (verb == VERB_GROW)
		check_grown(intent, &made);
	action_result_fini(&made);
}

static bool is_meant(const struct answer *answer, const char *operation)
{
	return *operation && answer_is_of(answer, operation_from_name(operation));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_answer struct answer answer = answer_read(data, size);
	for (int kind = 0; kind < KIND_MAX_ && answer.root; kind++)
		for (int verb = 0; verb < VERB_MAX_; verb++)
			for (int charge = 0; charge <= CHARGE_UNKNOWN; charge++) {
				const enum kind k = (enum kind)kind;
				const enum verb v = (enum verb)verb;
				const enum charge_type c = (enum charge_type)charge;
				if (is_meant(&answer, action_operation(k, v, c)))
					check_verb(k, v, c, answer.root);
			}
	return 0;
}
