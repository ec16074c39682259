/* Properties of every plan, over random scenes. `--seed N` replays, `--runs N` sets how many
 * (default 8,000). A failure prints the number of the run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "lib/seed.h"
#include "model/attributes.h"
#include "plan/seen.h"
#include "planning.h"
#include "tuples/oracle.h"
#include "tuples/plan_text.h"
#include "tuples/tuple.h"

static long runs = 8000;

static struct resource *row_by_id(struct scene *s, const char *id, const char *cloud_group)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (!s->rows[i].foreign && s->rows[i].state != RESOURCE_GONE &&
		    strcmp(s->rows[i].id, id) == 0 &&
		    strcmp(s->rows[i].cloud_group, cloud_group) == 0)
			return &s->rows[i];
	return NULL;
}

static struct observed_group *group_by_id(struct scene *s, const char *id)
{
	for (size_t i = 0; i < s->observed.n_groups; i++)
		if (strcmp(s->observed.groups[i].id, id) == 0)
			return &s->observed.groups[i];
	return NULL;
}

static bool is_setting(enum verb v)
{
	return v == VERB_CONFIGURE || v == VERB_SET_SCALING || v == VERB_UPDATE_IMAGE;
}

/* --- doing what a plan says --------------------------------------------- */

static void set_available(struct observed_group *g)
{
	g->available = 0;
	for (size_t i = 0; i < g->n_instances; i++)
		g->available += instance_is_committed(g->instances[i].status);
	g->number = g->available;
}

static void add_instances(struct scene *s, struct observed_group *g, const char *group, int64_t n)
{
	static unsigned counter;
	while (n-- > 0) {
		const char *id = scene_text(s, "acp-made-%u", counter++);
		scene_instance(s, g, id, INSTANCE_RUNNING)->tags =
			scene_marks(s, group, SCENE_OWNER, NULL, NULL, NULL);
		scene_row(s, id, g->id, group, RESOURCE_SEEN)->charge = g->charge;
	}
	set_available(g);
}

static void do_create(struct scene *s, const struct action *a)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	assert_true(s->observed.n_groups < SCENE_MANY);
	struct observed_group *g =
		stand(s, scene_text(s, "ag-made-%zu", s->observed.n_groups), a->group,
		      .kind = a->kind, .n = a->kind == KIND_CLOUD_PHONE ? 0 : a->count,
		      .charge = want->charge, .spec = a->spec, .image = want->image);
	if (a->kind == KIND_CLOUD_PHONE)
		add_instances(s, g, a->group, a->count);
}

static void remove_one(struct scene *s, struct observed_group *g, const char *id)
{
	for (size_t i = 0; i < g->n_instances; i++)
		if (strcmp(g->instances[i].id, id) == 0) {
			g->instances[i] = g->instances[--g->n_instances];
			break;
		}
	struct resource *row = row_by_id(s, id, g->id);
	if (row)
		row->state = RESOURCE_GONE;
	set_available(g);
}

static struct observed_instance *instance_by_id(struct scene *s, const char *id)
{
	for (size_t i = 0; i < s->observed.n_groups; i++)
		for (size_t k = 0; k < s->observed.groups[i].n_instances; k++)
			if (strcmp(s->observed.groups[i].instances[k].id, id) == 0)
				return &s->observed.groups[i].instances[k];
	return NULL;
}

static void do_setting(struct scene *s, const struct action *a, struct observed_group *g)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	auto_free char *attributes = attributes_text(want->create);
	assert_non_null(attributes);
	if (a->verb == VERB_UPDATE_IMAGE)
		g->image = observed_intern(&s->observed, want->image);
	else
		g->attributes = observed_intern(&s->observed, attributes);
}

static void do_touch(struct scene *s, const struct action *a, const char *id)
{
	struct observed_group *g = group_by_id(s, id);
	if (g) {
		assert_int_equal(a->verb, VERB_TAG);
		bool made = tags_has(g->tags, MARK_INTENT, "key1"); /* no tag is taken away */
		g->tags = scene_marks(s, a->group, SCENE_OWNER, made ? "key1" : NULL, NULL, NULL);
		return;
	}
	struct observed_instance *in = instance_by_id(s, id);
	assert_non_null(in);
	if (a->verb == VERB_TAG)
		in->tags = scene_marks(s, a->group, SCENE_OWNER, NULL, NULL, NULL);
	else if (a->verb == VERB_ATTACH_KEY)
		in->key_pair = "kp-1";
	else
		in->status = INSTANCE_RUNNING;
}

static void do_action(struct scene *s, const struct action *a)
{
	struct observed_group *g = group_by_id(s, a->cloud_group);
	if (a->verb == VERB_CREATE) {
		do_create(s, a);
		return;
	}
	if (is_setting(a->verb)) {
		do_setting(s, a, g);
		return;
	}
	if (a->total > 0) {
		g->available = g->number = a->total;
		return;
	}
	if (a->verb == VERB_GROW) {
		assert_non_null(g);
		assert_true((int64_t)g->n_instances + a->count <= 2 * 100);
		add_instances(s, g, a->group, a->count);
		return;
	}
	for (size_t t = 0; t < a->targets.n; t++)
		if (a->verb == VERB_SHRINK)
			remove_one(s, g, a->targets.items[t]);
		else
			do_touch(s, a, a->targets.items[t]);
}

static size_t do_plan(struct scene *s, const struct plan *p)
{
	size_t done = 0;
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].hold == HOLD_NONE) {
			do_action(s, &p->actions[i]);
			done++;
		}
	return done;
}

static void check_all(struct scene *s, const struct plan *p)
{
	struct verdict v;
	oracle_judge(scene_input(s), p, stderr, &v);
	assert_int_equal(v.all, 0);
}

/* Doing what the plans say comes to an end, and never stands above what was wanted. */
static void check_convergence(struct scene *s)
{
	int64_t most[SCENE_MANY] = {0};
	for (int turn = 0; turn < 200; turn++) {
		auto_plan struct plan *p = planned(s);
		check_all(s, p);
		for (size_t i = 0; i < s->desired.n_groups; i++) {
			const struct desired_group *g = &s->desired.groups[i];
			int64_t committed = report_of(p, g->name)->committed;
			if (turn == 0)
				most[i] = committed > g->count ? committed : g->count;
			assert_true(committed <= most[i]);
		}
		if (do_plan(s, p) == 0)
			return;
	}
	fail_msg("the plans do not come to an end");
}

/* --- what a listing changes in the ledger --------------------------------- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is not listed is only ever missed when its own kind was listed whole. */
static void check_missed(struct scene *s, const struct row_change *c)
{
	if (c->state != RESOURCE_MISSING && c->state != RESOURCE_GONE)
		return;
	if (group_by_id(s, c->row->cloud_group))
		return;
	const struct desired_group *want = desired_find(&s->desired, c->row->group);
	if (want)
		assert_true(s->observed.of[want->kind].complete);
	assert_true(c->state != RESOURCE_GONE || c->row->state != RESOURCE_EXPECTED ||
		    c->row->intent != 0 || s->in_flight.n_intents > 0);
}

static char *seen_text(struct scene *s)
{
	struct seen_changes c = {0};
	struct text_list lines = {0};
	struct strbuf all = STRBUF_INIT(1u << 20);
	int r = seen_compute(scene_input(s), every_kind, &c);
	for (size_t i = 0; i < c.changed.n && r == 0; i++) {
		const struct row_change *row = &c.changed.items[i];
		check_missed(s, row);
		r = text_list_add(&lines, scene_text(s, "row %s %s %s %s %d", row->row->id,
						     row->row->cloud_group, row->row->group,
						     resource_state_name(row->state),
						     row->missing_listings));
	}
	for (size_t i = 0; i < c.found.n && r == 0; i++) {
		const struct row_found *f = &c.found.items[i];
		const struct observed_group *g = group_by_id(s, f->cloud_group);
		assert_true(g->kind == KIND_CLOUD_PHONE || !*f->id);
		r = text_list_add(&lines, scene_text(s, "found %s %s %s %d", f->id, f->cloud_group,
						     f->group, (int)f->intent));
	}
	for (size_t i = 0; i < c.intents.n && r == 0; i++)
		r = text_list_add(&lines, scene_text(s, "intent %d", (int)c.intents.items[i]->id));
	for (size_t i = 0; i < c.orders.n && r == 0; i++)
		r = text_list_add(&lines, scene_text(s, "order %s", c.orders.items[i]->id));
	assert_int_equal(r, 0);
	if (lines.n > 1)
		qsort(lines.items, lines.n, sizeof(*lines.items), compare_lines);
	for (size_t i = 0; i < lines.n; i++)
		strbuf_addf(&all, "%s\n", lines.items[i]);
	text_list_fini(&lines);
	seen_changes_fini(&c);
	return strbuf_take(&all);
}

static void check_shuffled(struct scene *s)
{
	auto_free char *seen = seen_text(s);
	auto_plan struct plan *before = planned(s);
	auto_free char *text = plan_text(before);
	check_all(s, before);
	tuple_shuffle(s);
	auto_plan struct plan *after = planned(s);
	auto_free char *again = plan_text(after);
	assert_string_equal(text, again);
	check_all(s, after); /* the oracle, too, asks for no order */
	auto_free char *seen_again = seen_text(s);
	assert_string_equal(seen, seen_again);
}

static void every_plan_keeps_the_invariants(void **state)
{
	(void)state;
	for (long run = 0; run < runs; run++) {
		struct scene *s = tuple_new();
		if (getenv("DROVER_TEST_VERBOSE"))
			print_message("run %ld\n", run);
		check_shuffled(s);
		check_convergence(s);
		scene_free(s);
	}
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--runs") == 0)
			runs = strtol(argv[i + 1], NULL, 10);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_plan_keeps_the_invariants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
