#pragma once
/*
 * What a person says of a call that is held: what the cloud's console shows of it, or that it is
 * nothing.
 */
#include <cjson/cJSON.h>

#include "truth.h"

enum answered {
	ANSWER_NONE, /* it is not held, or the daemon takes no answer */
	ANSWER_ADOPTED,
	ANSWER_ABANDONED,
};

/* @intent as the daemon shows it, of @group. */
enum answered answer_intent(const cJSON *intent, const struct wanted *group);
