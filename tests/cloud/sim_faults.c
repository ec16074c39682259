#include "sim_faults.h"

#include <string.h>

#include "base/cleanup.h"
#include "sim_operation.h"

static const struct {
	const char *name;
	enum sim_fault_kind kind;
	enum sim_phase phase;
} known[] = {
	{"delay", FAULT_DELAY, PHASE_DELAY},
	{"cut_before", FAULT_CUT_BEFORE, PHASE_BEFORE},
	{"http_503", FAULT_HTTP_503, PHASE_BEFORE},
	{"throttle", FAULT_THROTTLE, PHASE_BEFORE},
	{"stock", FAULT_STOCK, PHASE_BEFORE},
	{"refuse", FAULT_REFUSE, PHASE_BEFORE},
	{"list_lag", FAULT_LIST_LAG, PHASE_READ},
	{"token_loop", FAULT_TOKEN_LOOP, PHASE_READ},
	{"missing_page", FAULT_MISSING_PAGE, PHASE_READ},
	{"empty_list", FAULT_EMPTY_LIST, PHASE_READ},
	{"unknown_status", FAULT_UNKNOWN_STATUS, PHASE_READ},
	{"wrong_total", FAULT_WRONG_TOTAL, PHASE_READ},
	{"small_pages", FAULT_SMALL_PAGES, PHASE_READ},
	{"moved_rows", FAULT_MOVED_ROWS, PHASE_READ},
	{"create_failed", FAULT_CREATE_FAILED, PHASE_AGEING},
	{"stuck", FAULT_STUCK, PHASE_AGEING},
	{"ids_array", FAULT_IDS_ARRAY, PHASE_SHAPE},
	{"ids_quotes", FAULT_IDS_QUOTES, PHASE_SHAPE},
	{"fewer", FAULT_FEWER, PHASE_SHAPE},
	{"short_ids", FAULT_SHORT_IDS, PHASE_SHAPE},
	{"drop_reply", FAULT_DROP_REPLY, PHASE_AFTER},
	{"http_500", FAULT_HTTP_500, PHASE_AFTER},
	{"garbage", FAULT_GARBAGE, PHASE_AFTER},
	{"truncate", FAULT_TRUNCATE, PHASE_AFTER},
	{"refuse_after", FAULT_REFUSE_AFTER, PHASE_AFTER},
};

enum sim_fault_kind sim_fault_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].kind;
	return FAULT_NONE;
}

static enum sim_phase phase_of(enum sim_fault_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].kind == kind)
			return known[i].phase;
	return PHASE_MAX_;
}

/* With "*" a fault meets only the operations that it means something to. */
static bool makes_sense(const struct sim_operation *op, enum sim_fault_kind kind,
			enum sim_phase phase)
{
	if (kind == FAULT_STOCK)
		return op->stock;
	if (phase == PHASE_READ)
		return !op->changing;
	if (phase == PHASE_AGEING)
		return op->ages;
	if (kind == FAULT_FEWER || kind == FAULT_SHORT_IDS)
		return op->makes_phones;
	if (phase == PHASE_SHAPE)
		return op->lists_new_ids;
	return true;
}

static bool is_named(const struct sim_fault *fault, const struct sim_operation *op)
{
	return strcmp(fault->action, "*") == 0 || strcmp(fault->action, op->name) == 0 ||
	       (fault->kind == FAULT_LIST_LAG && op->lags_with &&
		strcmp(fault->action, op->lags_with) == 0);
}

void sim_faults_take(struct sim_faults *faults, const struct sim_operation *op,
		     enum sim_phase phase, struct sim_verdict *verdict)
{
	vec_each(&faults->list, fault)
	{
		if (!is_named(fault, op) || fault->times == 0 || phase_of(fault->kind) != phase ||
		    !makes_sense(op, fault->kind, phase))
			continue;
		if (fault->skip > 0) {
			fault->skip--;
			return;
		}
		fault->times--;
		verdict->phase[phase] = *fault;
		return;
	}
}
