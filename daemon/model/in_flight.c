#include "model/in_flight.h"

#include <stdlib.h>
#include <string.h>

static const char *const order_states[ORDER_STATUS_MAX_] = {
	[ORDER_UNPAID] = "unpaid",
	[ORDER_PAID] = "paid",
	[ORDER_CANCELLED] = "cancelled",
	[ORDER_UNKNOWN] = "unknown",
};

static const char *const resource_states[RESOURCE_STATE_MAX_] = {
	[RESOURCE_EXPECTED] = "expected",
	[RESOURCE_SEEN] = "seen",
	[RESOURCE_MISSING] = "missing",
	[RESOURCE_GONE] = "gone",
};

bool approval_names(const struct approval *a, const char *hold)
{
	size_t len = strlen(hold);
	const char *word = a->holds;
	while (*word && !(strncmp(word, hold, len) == 0 && word[len] == ' ')) {
		word += strcspn(word, " ");
		word += strspn(word, " ");
	}
	return len > 0 && *word;
}

void approval_name(struct approval *a, const char *hold)
{
	size_t used = strlen(a->holds), len = strlen(hold);
	if (approval_names(a, hold) || len == 0 || used + len + 2 > sizeof(a->holds))
		return;
	(void)memcpy(a->holds + used, hold, len);
	(void)memcpy(a->holds + used + len, " ", 2);
}

void order_fini(struct order *o)
{
	free(o->id);
	free(o->group);
	free(o->region);
	free(o->cloud_group);
	free(o->status_text);
	free(o->amount);
	free(o->currency);
	*o = (struct order){0};
}

void resource_fini(struct resource *r)
{
	free(r->id);
	free(r->cloud_group);
	free(r->group);
	*r = (struct resource){0};
}

const char *order_status_name(enum order_status s)
{
	return s < ORDER_STATUS_MAX_ ? order_states[s] : "?";
}

const char *resource_state_name(enum resource_state s)
{
	return s < RESOURCE_STATE_MAX_ ? resource_states[s] : "?";
}
