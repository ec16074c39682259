#pragma once
/*
 * From an action of the plan to the intent that records it: a new key, and what the cloud has
 * to be told. Reads only.
 */
#include "act/executor.h"
#include "base/env.h"
#include "model/desired.h"
#include "model/observed.h"
#include "model/plan_result.h"

struct intent_source {
	struct env *env;
	const char *owner;
	const struct executor *executor; /* whose intents' names are taken, too */
	const struct desired *desired;
	const struct observed *observed; /* what the plan was made from */
};

/* 0, -ENOMEM, or -EINVAL when no call can do it. */
int driver_intent_make(const struct intent_source *source, const struct action *action,
		       struct intent **ret);
