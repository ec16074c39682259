#include "act/driver_log.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "report/log.h"

struct words {
	enum event started, done;
};

static const struct words of_verb[VERB_MAX_] = {
	[VERB_CREATE] = {EV_GROUP_CREATE_STARTED, EV_GROUP_CREATED},
	[VERB_GROW] = {EV_GROUP_GROW_STARTED, EV_GROUP_GROWN},
	[VERB_SHRINK] = {EV_GROUP_SHRINK_STARTED, EV_GROUP_SHRUNK},
	[VERB_DELETE] = {EV_GROUP_DELETE_STARTED, EV_GROUP_DELETED},
	[VERB_TAG] = {EV_CALL_SENT, EV_INSTANCES_TAGGED},
	[VERB_ATTACH_KEY] = {EV_CALL_SENT, EV_KEY_PAIR_ATTACHED},
	[VERB_START] = {EV_CALL_SENT, EV_INSTANCES_STARTED},
	[VERB_REBOOT] = {EV_CALL_SENT, EV_INSTANCES_REBOOTED},
	[VERB_RESET] = {EV_CALL_SENT, EV_INSTANCES_RESET},
	[VERB_CONFIGURE] = {EV_CALL_SENT, EV_GROUP_CONFIGURED},
	[VERB_SET_SCALING] = {EV_CALL_SENT, EV_SCALING_SET},
	[VERB_UPDATE_IMAGE] = {EV_IMAGE_UPDATE_STARTED, EV_IMAGE_UPDATED},
};

/* What a kind calls otherwise. */
static const struct {
	enum kind kind;
	enum verb verb;
	struct words words;
} of_kind[] = {
	{KIND_APP_STREAMING, VERB_GROW, {EV_NODES_GROW_STARTED, EV_NODES_GROWN}},
	{KIND_APP_STREAMING, VERB_SHRINK, {EV_NODES_SHRINK_STARTED, EV_NODES_SHRUNK}},
	{KIND_APP_STREAMING, VERB_TAG, {EV_CALL_SENT, EV_GROUP_TAGGED}},
	{KIND_PURCHASE, VERB_CREATE, {EV_PURCHASE_STARTED, EV_PURCHASED}},
};

static const struct words *words_of(const struct intent *i)
{
	for (size_t k = 0; k < ARRAY_SIZE(of_kind); k++)
		if (of_kind[k].kind == i->kind && of_kind[k].verb == i->verb)
			return &of_kind[k].words;
	return &of_verb[i->verb];
}

static enum event refusal(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_STOCK:
		return EV_CALL_SOLD_OUT;
	case OUTCOME_PAYMENT:
		return EV_CALL_NOT_AFFORDED;
	case OUTCOME_QUOTA:
		return EV_CALL_OVER_QUOTA;
	case OUTCOME_CONFLICT:
		return EV_CALL_CONFLICT;
	case OUTCOME_DONE:
	case OUTCOME_REJECTED:
	case OUTCOME_THROTTLED:
	case OUTCOME_NOT_SENT:
	case OUTCOME_UNCLEAR:
	case OUTCOME_AUTH:
	case OUTCOME_NOT_FOUND:
	case OUTCOME_HOLD:
	case OUTCOME_RETRYABLE:
	case OUTCOME_MAX_:
		break;
	}
	return EV_CALL_REJECTED;
}

/* Throttled, unsent and unauthorised calls are told as episodes by cloud/, not one by one. */
static bool is_told_elsewhere(const struct exec_note *note)
{
	return note->type == NOTE_REJECTED &&
	       (note->outcome == OUTCOME_THROTTLED || note->outcome == OUTCOME_NOT_SENT ||
		note->outcome == OUTCOME_AUTH);
}

static enum event event_of(const struct exec_note *note)
{
	switch (note->type) {
	case NOTE_STARTED:
		return words_of(note->intent)->started;
	case NOTE_REPLAYED:
		return EV_CALL_SENT;
	case NOTE_DONE:
		return words_of(note->intent)->done;
	case NOTE_REJECTED:
		return refusal(note->outcome);
	case NOTE_UNCLEAR:
		return EV_CALL_UNCLEAR;
	case NOTE_FOUND:
		return EV_UNCLEAR_ADOPTED;
	case NOTE_ABSENT:
	case NOTE_DROPPED:
		return EV_UNCLEAR_ABSENT;
	case NOTE_HELD:
		return note->outcome == OUTCOME_HOLD ? EV_INTENT_HELD : EV_UNCLEAR_AMBIGUOUS;
	}
	return EV_CALL_ANSWERED;
}

/* One resource is named; of several the list stands in the ledger and in `explain`. */
static const char *resource_of(const struct intent *i)
{
	if (*i->result_group)
		return i->result_group;
	if (*i->cloud_group)
		return i->cloud_group;
	return i->targets.n == 1 ? i->targets.items[0] : "";
}

void driver_log_note(const struct exec_note *note, struct books *books, uint64_t wall_ms)
{
	if (is_told_elsewhere(note))
		return;
	const struct intent *i = note->intent;
	enum event ev = event_of(note);
	log_event(ev, LOG_STR("GROUP", i->group), LOG_STR("KIND", kind_name(i->kind)),
		  LOG_STR("REGION", i->region), LOG_STR("ACTION", verb_name(i->verb)),
		  LOG_INT("COUNT", i->count), LOG_STR("RESOURCE", resource_of(i)),
		  LOG_STR("ORDER_ID", i->order_id), LOG_STR("INTENT", i->key),
		  LOG_STR("CODE", i->code), LOG_STR("API_MESSAGE", i->message),
		  LOG_STR("REQUEST_ID", i->request_id));
	char detail[512];
	(void)snprintf(detail, sizeof(detail), "%s %lld %s%s%s%s%s", verb_name(i->verb),
		       (long long)i->count, resource_of(i), *i->code ? " " : "", i->code,
		       *i->request_id ? " RequestId " : "", i->request_id);
	(void)books_note_event(books, wall_ms, i->group, event_name(ev), detail);
}
