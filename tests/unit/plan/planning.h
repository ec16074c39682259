#pragma once
/*
 * What the tests of plan/ share: a scene per case, the plan of it, and finding things in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/build.h"
#include "plan/guard.h"

#define CASE(name) static void name(void **state)
#define SCENE struct scene *s = *state
#define RUN(name) cmocka_unit_test_setup_teardown(name, make_scene, free_scene)

static inline int make_scene(void **state)
{
	*state = scene_new();
	return 0;
}

static inline int free_scene(void **state)
{
	scene_free(*state);
	return 0;
}

static inline struct plan *planned(struct scene *s)
{
	struct plan *plan = NULL;
	const struct plan_input *in = scene_input(s);
	assert_int_equal(plan_compute(in, &plan), 0);
	assert_int_equal(guard_apply(in, plan), 0);
	for (size_t i = 0; i < plan->n_actions; i++) {
		bool held = plan->actions[i].hold != HOLD_NONE;
		assert_int_equal(held, *plan->actions[i].hold_text != '\0');
		assert_true(*plan->actions[i].reason != '\0');
		assert_int_equal(strlen(plan->actions[i].hash), ACTION_HASH_SIZE - 1);
	}
	return plan;
}

/* The @nth (from 0) action of @verb; fails the test when there is none. */
static inline const struct action *nth(const struct plan *plan, enum verb verb, int n)
{
	for (size_t i = 0; i < plan->n_actions; i++)
		if (plan->actions[i].verb == verb && n-- == 0)
			return &plan->actions[i];
	fail_msg("no such action: %s", verb_name(verb));
	return NULL;
}

static inline const struct action *the(const struct plan *plan, enum verb verb)
{
	return nth(plan, verb, 0);
}

static inline int64_t count_of(const struct plan *plan, enum verb verb, bool held_too)
{
	int64_t n = 0;
	for (size_t i = 0; i < plan->n_actions; i++)
		if (plan->actions[i].verb == verb &&
		    (held_too || plan->actions[i].hold == HOLD_NONE))
			n += plan->actions[i].count;
	return n;
}

static inline int64_t bought(const struct plan *plan)
{
	return count_of(plan, VERB_CREATE, true) + count_of(plan, VERB_GROW, true);
}

static inline const struct group_report *report_of(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_groups; i++)
		if (strcmp(plan->groups[i].name, name) == 0)
			return &plan->groups[i];
	fail_msg("no report of %s", name);
	return NULL;
}

#define assert_hold(action, wanted)                                                                \
	assert_string_equal(hold_name((action)->hold), hold_name(wanted))
#define assert_condition(plan, name, wanted)                                                       \
	assert_string_equal(condition_name(report_of((plan), (name))->condition),                  \
			    condition_name(wanted))
#define assert_mentions(text, part) assert_non_null(strstr((text), (part)))
