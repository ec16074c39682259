#include "model/intent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const verbs[VERB_MAX_] = {
	[VERB_CREATE] = "create",	  [VERB_GROW] = "grow",	    [VERB_SHRINK] = "shrink",
	[VERB_DELETE] = "delete",	  [VERB_TAG] = "tag",	    [VERB_ATTACH_KEY] = "attach-key",
	[VERB_START] = "start",		  [VERB_REBOOT] = "reboot", [VERB_RESET] = "reset",
	[VERB_CONFIGURE] = "configure",	  [VERB_SET_SCALING] = "set-scaling",
	[VERB_UPDATE_IMAGE] = "update-image",
};

static const char *const states[INTENT_STATE_MAX_] = {
	[INTENT_RECORDED] = "recorded", [INTENT_SENT] = "sent", [INTENT_UNCLEAR] = "unclear",
	[INTENT_DONE] = "done",		[INTENT_REJECTED] = "rejected", [INTENT_HELD] = "held",
	[INTENT_ABSENT] = "absent",
};

/* The text fields, so that making, freeing and copying cannot miss one. */
static const size_t texts[] = {
	offsetof(struct intent, operation),    offsetof(struct intent, group),
	offsetof(struct intent, region),       offsetof(struct intent, cloud_group),
	offsetof(struct intent, name),	       offsetof(struct intent, token),
	offsetof(struct intent, params),       offsetof(struct intent, result_group),
	offsetof(struct intent, order_id),     offsetof(struct intent, code),
	offsetof(struct intent, message),      offsetof(struct intent, request_id),
};

static char **text_at(struct intent *i, size_t offset)
{
	return (char **)(void *)((char *)i + offset);
}

int intent_set(char **field, const char *text)
{
	char *copy = strdup(text ? text : "");
	if (!copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

struct intent *intent_new(void)
{
	struct intent *i = calloc(1, sizeof(*i));
	if (!i)
		return NULL;
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		if (intent_set(text_at(i, texts[t]), "") < 0)
			return intent_free(i);
	return i;
}

struct intent *intent_free(struct intent *i)
{
	if (!i)
		return NULL;
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		free(*text_at(i, texts[t]));
	text_list_fini(&i->before);
	text_list_fini(&i->targets);
	text_list_fini(&i->result);
	free(i);
	return NULL;
}

int intent_copy(const struct intent *from, struct intent **ret)
{
	auto_intent struct intent *copy = intent_new();
	if (!copy)
		return -ENOMEM;
	struct intent blank = *copy; /* its own texts */
	*copy = *from;
	copy->before = copy->targets = copy->result = (struct text_list){0};
	int r = 0;
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		*text_at(copy, texts[t]) = *text_at(&blank, texts[t]);
	for (size_t t = 0; t < ARRAY_SIZE(texts) && r == 0; t++)
		r = intent_set(text_at(copy, texts[t]),
			       *(char *const *)(const void *)((const char *)from + texts[t]));
	if (r == 0)
		r = text_list_copy(&from->before, &copy->before);
	if (r == 0)
		r = text_list_copy(&from->targets, &copy->targets);
	if (r == 0)
		r = text_list_copy(&from->result, &copy->result);
	if (r < 0)
		return r;
	*ret = TAKE(copy);
	return 0;
}

const char *verb_name(enum verb v)
{
	return v < VERB_MAX_ ? verbs[v] : "?";
}

const char *intent_state_name(enum intent_state s)
{
	return s < INTENT_STATE_MAX_ ? states[s] : "?";
}

bool intent_is_open(const struct intent *i)
{
	return i->state == INTENT_RECORDED || i->state == INTENT_SENT || i->state == INTENT_UNCLEAR ||
	       i->state == INTENT_HELD;
}

bool intent_is_unnamed(const struct intent *i)
{
	return i->state == INTENT_DONE && !i->landed && i->verb == VERB_CREATE && !*i->result_group;
}
