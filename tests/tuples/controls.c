#include "tuples/controls.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plan/guard.h"
#include "tuples/oracle.h"
#include "tuples/plan_text.h"

/* A wrong plan; false where @p has nothing to break this way. The tuple may be changed too: then
 * it is the plan that no longer fits it. */
typedef bool (*break_fn)(struct scene *s, struct plan *p);

static struct {
	uint64_t tried[HOLD_MAX_], objected[HOLD_MAX_];
	uint64_t by_rule[RULE_MAX_];
	uint64_t texts, told_apart;
} met;

static bool is_buy(const struct action *a)
{
	return a->verb == VERB_CREATE || a->verb == VERB_GROW;
}

static void set(char **text, const char *to)
{
	if (intent_set(text, to) < 0)
		abort();
}

/* --- breaking ------------------------------------------------------------- */

static bool forget_reason(struct scene *s, struct plan *p)
{
	(void)s;
	if (p->n_actions > 0)
		set(&p->actions[0].reason, "");
	return p->n_actions > 0;
}

static bool forget_hold_text(struct scene *s, struct plan *p)
{
	(void)s;
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].hold != HOLD_NONE) {
			set(&p->actions[i].hold_text, "");
			return true;
		}
	return false;
}

/* An order for a group that has left the file. */
static bool empty_file(struct scene *s, struct plan *p)
{
	if (p->n_actions == 0)
		return false;
	s->desired.n_groups = 0; /* until controls_try() is over */
	return true;
}

static bool buy_once_more(struct scene *s, struct plan *p)
{
	(void)s;
	for (size_t i = 0; i < p->n_actions; i++)
		if (is_buy(&p->actions[i])) {
			p->actions[i].count += 100;
			return true;
		}
	return false;
}

static bool commit_less(struct scene *s, struct plan *p)
{
	for (size_t i = 0; i < p->n_groups; i++)
		if (p->groups[i].committed > 0 && desired_find(&s->desired, p->groups[i].name)) {
			p->groups[i].committed = -1;
			return true;
		}
	return false;
}

static struct observed_group *target_of(struct scene *s, const struct action *a)
{
	for (size_t i = 0; i < s->observed.n_groups; i++)
		if (strcmp(s->observed.groups[i].id, a->cloud_group) == 0)
			return &s->observed.groups[i];
	return NULL;
}

static const struct action *first_delete(const struct plan *p, enum verb verb)
{
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].verb == verb)
			return &p->actions[i];
	return NULL;
}

static bool disown(struct scene *s, struct plan *p)
{
	const struct action *a = first_delete(p, VERB_SHRINK);
	if (a)
		scene_row(s, "", a->cloud_group, "nobody", RESOURCE_SEEN)->foreign = true;
	return a != NULL;
}

/* Neither the ledger nor a mark knows it, and it goes all the same. */
static bool strip_marks(struct scene *s, struct plan *p)
{
	struct action *a = (struct action *)first_delete(p, VERB_SHRINK);
	struct observed_group *g = a ? target_of(s, a) : NULL;
	if (!g)
		return false;
	for (size_t i = 0; i < s->n_rows; i++)
		if (strcmp(s->rows[i].cloud_group, g->id) == 0)
			s->rows[i].state = RESOURCE_GONE;
	g->tags = "";
	for (size_t i = 0; i < g->n_instances; i++)
		g->instances[i].tags = "";
	a->hold = HOLD_NONE;
	return true;
}

static bool delete_what_is_not_there(struct scene *s, struct plan *p)
{
	struct action *a = (struct action *)first_delete(p, VERB_SHRINK);
	(void)s;
	if (a)
		set(&a->cloud_group, "ag-elsewhere");
	return a != NULL;
}

static bool delete_paid(struct scene *s, struct plan *p)
{
	const struct action *a = first_delete(p, VERB_SHRINK);
	struct observed_group *g = a ? target_of(s, a) : NULL;
	if (g)
		g->charge = CHARGE_PREPAID;
	return g != NULL;
}

static bool delete_unexpired(struct scene *s, struct plan *p)
{
	const struct action *a = first_delete(p, VERB_DELETE);
	struct observed_group *g = a ? target_of(s, a) : NULL;
	if (!g)
		return false;
	g->charge = CHARGE_PREPAID;
	g->status = GROUP_RUNNING;
	return true;
}

static bool delete_too_many(struct scene *s, struct plan *p)
{
	struct action *a = (struct action *)first_delete(p, VERB_SHRINK);
	(void)s;
	if (a)
		a->count += 100;
	return a != NULL;
}

static bool delete_wanted(struct scene *s, struct plan *p)
{
	const struct action *a = first_delete(p, VERB_DELETE);
	for (size_t i = 0; a && i < s->desired.n_groups; i++)
		if (strcmp(s->desired.groups[i].name, a->group) == 0)
			s->desired.groups[i].count = 1;
	return a != NULL;
}

static bool call_twice_at_once(struct scene *s, struct plan *p)
{
	struct action *first = NULL;
	(void)s;
	for (size_t i = 0; i < p->n_actions; i++) {
		struct action *a = &p->actions[i];
		if (a->hold != HOLD_NONE || !*a->cloud_group)
			continue;
		if (first) {
			set(&a->cloud_group, first->cloud_group);
			return true;
		}
		first = a;
	}
	return false;
}

static bool touch_strangers(struct scene *s, struct plan *p)
{
	(void)s;
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].verb == VERB_TAG) {
			set(&p->actions[i].targets.items[0], "!elsewhere");
			return true;
		}
	return false;
}

static const struct {
	const char *name;
	break_fn fn;
	enum rule rule;
} controls[] = {
	{"forget_reason", forget_reason, RULE_SHAPE},
	{"forget_hold_text", forget_hold_text, RULE_SHAPE},
	{"empty_file", empty_file, RULE_SHAPE},
	{"buy_once_more", buy_once_more, RULE_BOUGHT},
	{"commit_less", commit_less, RULE_BOUGHT},
	{"disown", disown, RULE_MARK},
	{"strip_marks", strip_marks, RULE_MARK},
	{"delete_what_is_not_there", delete_what_is_not_there, RULE_MARK},
	{"touch_strangers", touch_strangers, RULE_MARK},
	{"delete_paid", delete_paid, RULE_PREPAID},
	{"delete_unexpired", delete_unexpired, RULE_PREPAID},
	{"delete_too_many", delete_too_many, RULE_SURPLUS},
	{"delete_wanted", delete_wanted, RULE_ZERO},
	{"call_twice_at_once", call_twice_at_once, RULE_ONE_CALL},
};

static uint64_t control_tried[ARRAY_SIZE(controls)], control_objected[ARRAY_SIZE(controls)];

static struct plan *plan_of(struct scene *s)
{
	struct plan *p = NULL;
	const struct plan_input *in = scene_input(s);
	if (plan_compute(in, &p) < 0 || guard_apply(in, p) < 0)
		abort();
	return p;
}

/* --- each hold, left out ---------------------------------------------------- */

static void drop_hold(const struct plan_input *in, struct plan *p, struct action *a)
{
	struct verdict v;
	enum hold hold = a->hold;
	char *text = a->hold_text;
	a->hold = HOLD_NONE;
	a->hold_text = (char *)"";
	oracle_judge(in, p, NULL, &v);
	met.tried[hold]++;
	met.objected[hold] += v.all > 0;
	for (int r = 0; r < RULE_MAX_; r++)
		met.by_rule[r] += v.of[r] > 0;
	if (v.all == 0 && getenv("DROVER_TEST_VERBOSE")) {
		auto_free char *all = plan_text(p);
		(void)printf("let pass without %s (%s): %s %s %s\n%s\n", hold_name(hold), text,
			     verb_name(a->verb), a->group, a->cloud_group, all);
	}
	a->hold = hold;
	a->hold_text = text;
}

/* Two plans that differ in the order of their actions alone are told apart. */
static void swap_actions(struct plan *p)
{
	if (p->n_actions < 2)
		return;
	auto_free char *before = plan_text(p);
	struct action first = p->actions[0];
	p->actions[0] = p->actions[1];
	p->actions[1] = first;
	auto_free char *after = plan_text(p);
	if (strcmp(p->actions[0].hash, first.hash) == 0)
		return; /* one of several creates, alike */
	met.texts++;
	met.told_apart += strcmp(before, after) != 0;
}

/* Of those that were not asked, the one that was tried least. */
static size_t rarest(const bool *asked)
{
	size_t least = ARRAY_SIZE(controls);
	for (size_t k = 0; k < ARRAY_SIZE(controls); k++)
		if (!asked[k] &&
		    (least == ARRAY_SIZE(controls) || control_tried[k] < control_tried[least]))
			least = k;
	return least;
}

void controls_try(struct scene *s)
{
	const struct plan_input *in = scene_input(s);
	auto_plan struct plan *p = plan_of(s);
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].hold != HOLD_NONE)
			drop_hold(in, p, &p->actions[i]);
	swap_actions(p);
	/* What changes the tuple comes last, and one to a tuple. */
	struct verdict v = {0};
	size_t k = 0, n_groups = s->desired.n_groups;
	auto_plan struct plan *wrong = plan_of(s);
	bool broken = false, asked[ARRAY_SIZE(controls)] = {0};
	for (size_t tries = 0; tries < ARRAY_SIZE(controls) && !broken; tries++) {
		k = rarest(asked);
		asked[k] = true;
		broken = controls[k].fn(s, wrong);
	}
	if (broken)
		oracle_judge(scene_input(s), wrong, NULL, &v);
	s->desired.n_groups = n_groups;
	control_tried[k] += broken;
	control_objected[k] += v.of[controls[k].rule] > 0;
	met.by_rule[controls[k].rule] += v.of[controls[k].rule] > 0;
}

/* Some holds are wider than the promise behind them: what waits for its turn takes from a limit,
 * what has left the file counts, and the oracle keeps out of tuples that contradict themselves. */
static const bool is_wide[HOLD_MAX_] = {
	[HOLD_INCOMPLETE] = true,   [HOLD_MISSING_MANY] = true,  [HOLD_INSTANCES_TOTAL] = true,
	[HOLD_NEW_PER_HOUR] = true, [HOLD_BALANCE] = true,       [HOLD_VANISHED] = true,
	[HOLD_SPEND] = true,        [HOLD_UNKNOWN_PRICE] = true, [HOLD_RENAME] = true,
	[HOLD_BROWNFIELD] = true,   [HOLD_NOT_FRESH] = true,
};

static unsigned tell(FILE *out, const char *what, const char *name, uint64_t tried, uint64_t seen,
		     uint64_t percent)
{
	bool bad = tried == 0 || seen * 100 < tried * percent;
	(void)fprintf(out, "%s%s: %s tried=%" PRIu64 " objected=%" PRIu64 "\n",
		      bad ? "LET PASS " : "", what, name, tried, seen);
	return bad;
}

unsigned controls_tell(FILE *out)
{
	unsigned bad = tell(out, "order of actions", "swapped", met.texts, met.told_apart, 100);
	for (int h = HOLD_NONE + 1; h < HOLD_MAX_; h++)
		bad += tell(out, "without hold", hold_name((enum hold)h), met.tried[h],
			    met.objected[h], is_wide[h] ? 50 : 95);
	for (size_t k = 0; k < ARRAY_SIZE(controls); k++)
		bad += tell(out, "wrong plan", controls[k].name, control_tried[k],
			    control_objected[k], 100);
	for (int r = 0; r < RULE_MAX_; r++)
		bad += tell(out, "rule", rule_name((enum rule)r), met.by_rule[r], met.by_rule[r],
			    100);
	return bad;
}
