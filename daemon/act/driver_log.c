#include "act/driver_log.h"

#include <stdio.h>

#include "report/log.h"

static const enum event started[VERB_MAX_] = {
	[VERB_CREATE] = EV_GROUP_CREATE_STARTED, [VERB_GROW] = EV_GROUP_GROW_STARTED,
	[VERB_SHRINK] = EV_GROUP_SHRINK_STARTED, [VERB_DELETE] = EV_GROUP_DELETE_STARTED,
	[VERB_TAG] = EV_CALL_SENT,		 [VERB_ATTACH_KEY] = EV_CALL_SENT,
	[VERB_START] = EV_CALL_SENT,		 [VERB_REBOOT] = EV_CALL_SENT,
	[VERB_RESET] = EV_CALL_SENT,
};

static const enum event done[VERB_MAX_] = {
	[VERB_CREATE] = EV_GROUP_CREATED,  [VERB_GROW] = EV_GROUP_GROWN,
	[VERB_SHRINK] = EV_GROUP_SHRUNK,   [VERB_DELETE] = EV_GROUP_DELETED,
	[VERB_TAG] = EV_INSTANCES_TAGGED,  [VERB_ATTACH_KEY] = EV_KEY_PAIR_ATTACHED,
	[VERB_START] = EV_INSTANCES_STARTED, [VERB_REBOOT] = EV_INSTANCES_REBOOTED,
	[VERB_RESET] = EV_INSTANCES_RESET,
};

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
		return started[note->intent->verb];
	case NOTE_REPLAYED:
		return EV_CALL_SENT;
	case NOTE_DONE:
		return done[note->intent->verb];
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
