#include "plan/seen.h"

#include <string.h>

#include "plan/steps.h"

struct seeing {
	const struct plan_input *in;
	const bool *kinds;
	const struct world *world;
	struct seen_changes *out;
};

void seen_changes_fini(struct seen_changes *c)
{
	vec_free(&c->changed);
	vec_free(&c->found);
	vec_free(&c->intents);
	vec_free(&c->orders);
}

/* --- rows --------------------------------------------------------------- */

static int change(const struct seeing *s, const struct resource *row, enum resource_state state)
{
	struct row_change *c = vec_add(&s->out->changed);
	if (!c)
		return -ENOMEM;
	*c = (struct row_change){.row = row,
				 .state = state,
				 .seen_wall_ms = row->seen_wall_ms,
				 .missing_wall_ms = row->missing_wall_ms,
				 .missing_listings = row->missing_listings};
	if (state == RESOURCE_SEEN) {
		c->seen_wall_ms = s->in->wall_ms;
		c->missing_wall_ms = 0;
		c->missing_listings = 0;
	}
	return 0;
}

static int see_again(const struct seeing *s, const struct resource *row)
{
	return row->state == RESOURCE_SEEN ? 0 : change(s, row, RESOURCE_SEEN);
}

static bool long_enough(const struct seeing *s, const struct row_change *c)
{
	return c->missing_listings >= ABSENT_LISTINGS &&
	       s->in->wall_ms - c->missing_wall_ms >= s->in->settings->poll.absent_after_ms;
}

/* What was paid in advance is replaced by a person's word alone. Nobody is asked where nothing is
 * wanted. */
static bool is_given_up(const struct cloud_view *c, const struct resource *row)
{
	const struct desired_group *want = c->owner->want;
	return row->charge == CHARGE_POSTPAID || (want && want->count == 0);
}

/* One more complete listing, that ended at @listed_mono_ms, lacks it. */
static int miss(const struct seeing *s, const struct cloud_view *cloud, const struct resource *row,
		uint64_t listed_mono_ms)
{
	if (listed_mono_ms <= s->in->seen_mono_ms[cloud->owner->kind])
		return 0;
	int r = change(s, row, RESOURCE_MISSING);
	if (r < 0)
		return r;
	struct row_change *c = &s->out->changed.items[s->out->changed.n - 1];
	/* A moment that lies ahead tells nothing of how long ago it was. */
	if (row->state != RESOURCE_MISSING || s->in->wall_ms < row->missing_wall_ms) {
		c->missing_wall_ms = s->in->wall_ms;
		c->missing_listings = 0;
	}
	c->missing_listings++;
	if (is_given_up(cloud, row) && long_enough(s, c))
		c->state = RESOURCE_GONE;
	return 0;
}

/* By a call that was answered, or by one whose answer was lost. */
static bool was_let_go(const struct cloud_view *c, const struct resource *row)
{
	if (c->deleted)
		return true;
	for (size_t i = 0; i < c->owner->intents.n; i++) {
		const struct intent *intent = c->owner->intents.items[i];
		bool sent = intent->state == INTENT_DONE || intent->state == INTENT_UNCLEAR;
		if (intent->verb == VERB_SHRINK && sent && text_list_has(&intent->targets, row->id))
			return true;
	}
	return false;
}

/* The end of the complete listing that shows @c to lack something, 0 if none does. A listing
 * with fewer instances than the row counts does not prove an absence. */
static uint64_t proof_of_absence(const struct seeing *s, const struct cloud_view *c)
{
	if (!c->seen) {
		enum kind kind = c->owner->kind;
		return world_sight(s->world, kind)->usable ? world_listed_ms(s->world, kind) : 0;
	}
	if (c->seen->status != GROUP_DELETED && c->seen->available > c->listed)
		return 0;
	return c->seen->listed_mono_ms;
}

/* Nothing of the kind is listed, and that may well be so. */
static bool is_listed_without(const struct seeing *s, const struct cloud_view *c)
{
	enum kind kind = c->owner->kind;
	return !c->seen && kind != KIND_INVALID && s->in->observed->of[kind].complete;
}

static int see_absent(const struct seeing *s, const struct cloud_view *c,
		      const struct resource *row)
{
	uint64_t listed = proof_of_absence(s, c);
	/* A cloud group that this daemon deleted may be the last of the account. */
	if (was_let_go(c, row) && (listed || is_listed_without(s, c)))
		return change(s, row, RESOURCE_GONE);
	if (listed == 0 || world_sight(s->world, c->owner->kind)->empty_lie)
		return 0;
	if (row_is_cancelled(s->world, c, row))
		return change(s, row, RESOURCE_GONE);
	return row->state == RESOURCE_EXPECTED ? 0 : miss(s, c, row, listed);
}

static int see_cloud_row(const struct seeing *s, const struct cloud_view *c)
{
	const struct resource *row = c->row;
	if (!row)
		return 0;
	if (c->seen && c->seen->status == GROUP_DELETED)
		return change(s, row, RESOURCE_GONE);
	return c->seen ? see_again(s, row) : see_absent(s, c, row);
}

static int find(const struct seeing *s, const struct cloud_view *c, const char *id, int64_t intent)
{
	struct row_found *f = vec_add(&s->out->found);
	if (!f)
		return -ENOMEM;
	*f = (struct row_found){.id = id,
				.cloud_group = c->seen->id,
				.group = c->owner->name,
				.intent = intent,
				.charge = c->seen->charge};
	return 0;
}

static int64_t maker_of(const struct cloud_view *c, const char *id)
{
	for (size_t i = c->grows.n; i > 0; i--)
		if (!text_list_has(&c->grows.items[i - 1]->before, id))
			return c->grows.items[i - 1]->id;
	return c->create ? c->create->id : 0;
}

static int see_member(const struct seeing *s, const struct cloud_view *c, const struct member *m)
{
	if (m->row && !member_committed(m))
		return change(s, m->row, RESOURCE_GONE);
	if (m->row)
		return see_again(s, m->row);
	/* What carries only our mark is recorded once a person has said that it is ours. */
	if (!member_committed(m) || c->belonging == BELONG_MARKED)
		return 0;
	return find(s, c, m->seen->id, maker_of(c, m->seen->id));
}

static int see_cloud(const struct seeing *s, const struct cloud_view *c)
{
	int r = see_cloud_row(s, c);
	if (r == 0 && c->seen && !c->row && c->belonging != BELONG_MARKED &&
	    c->seen->status != GROUP_DELETED)
		r = find(s, c, "", c->create ? c->create->id : 0);
	for (size_t i = 0; i < c->n_members && r == 0; i++)
		r = see_member(s, c, &c->members[i]);
	for (size_t i = 0; i < c->absent.n && r == 0; i++)
		r = see_absent(s, c, c->absent.items[i]);
	return r;
}

/* --- intents ------------------------------------------------------------ */

static uint64_t settled_for(const struct seeing *s, const struct intent *i)
{
	if (i->settled_wall_ms == 0 || s->in->wall_ms < i->settled_wall_ms)
		return 0;
	return s->in->wall_ms - i->settled_wall_ms;
}

/* Did a listing of @c end at least @ms after @i was settled? */
static bool listed_after(const struct seeing *s, const struct cloud_view *c, const struct intent *i,
			 uint64_t ms)
{
	uint64_t age = settled_for(s, i);
	return i->settled_wall_ms != 0 && c->seen->listed_mono_ms != 0 &&
	       c->seen->listed_mono_ms + age >= s->in->mono_ms + ms;
}

/* The listing has not changed for absent_after_ms and is that much younger than the answer:
 * what has not come by now does not come. */
static bool came_to_rest(const struct seeing *s, const struct cloud_view *c, const struct intent *i)
{
	uint64_t ms = s->in->settings->poll.absent_after_ms;
	return c->seen->status != GROUP_CREATING && listed_after(s, c, i, ms) &&
	       c->seen->listed_mono_ms - c->seen->ids_since_mono_ms >= ms;
}

/* A reply's ids are recorded with it, so one without a row was seen and is over. */
static bool is_awaited(const struct seeing *s, const char *id)
{
	const struct in_flight *f = s->in->in_flight;
	for (size_t k = 0; k < f->n_resources; k++)
		if (strcmp(f->resources[k].id, id) == 0)
			return f->resources[k].state == RESOURCE_EXPECTED;
	return false;
}

/* Every id of the reply is listed, or was. */
static bool results_are_listed(const struct seeing *s, const struct cloud_view *c,
			       const struct intent *i)
{
	for (size_t k = 0; k < i->result.n; k++)
		if (!cloud_find_member(c, i->result.items[k]) && is_awaited(s, i->result.items[k]))
			return false;
	return true;
}

static bool create_landed(const struct seeing *s, const struct cloud_view *c,
			  const struct intent *i)
{
	if (c->seen->listed_mono_ms == 0 || !results_are_listed(s, c, i))
		return false;
	return (int64_t)c->n_members >= i->count || came_to_rest(s, c, i);
}

static bool grow_landed(const struct seeing *s, const struct cloud_view *c, const struct intent *i)
{
	int64_t came = 0;
	for (size_t k = 0; k < c->n_members; k++)
		if (!text_list_has(&i->before, c->members[k].seen->id))
			came++;
	if (!results_are_listed(s, c, i))
		return false;
	return came >= i->count || came_to_rest(s, c, i);
}

/* The cloud said yes long ago and nothing went: it may be planned, and asked for, again. */
static bool came_to_nothing(const struct seeing *s, const struct cloud_view *c,
			    const struct intent *i)
{
	return listed_after(s, c, i, s->in->settings->poll.stuck_after_ms);
}

/* What explains an absence lasts until the absence is proved: a row older than the listing of its
 * instances counts the victims still. */
static bool shrink_landed(const struct seeing *s, const struct cloud_view *c,
			  const struct intent *i)
{
	bool proved = proof_of_absence(s, c) != 0;
	for (size_t k = 0; k < i->targets.n; k++) {
		const struct member *m = cloud_find_member(c, i->targets.items[k]);
		if (m ? member_committed(m) : !proved)
			return false;
	}
	return true;
}

static const struct cloud_view *cloud_of(const struct seeing *s, const struct group_view *v,
					 const struct intent *i)
{
	if (i->verb != VERB_CREATE)
		return world_find_cloud(s->world, i->cloud_group);
	return world_made_by(s->world, v, i);
}

/* --- ... of cloud groups of which only the number counts ------------------ */

/* Has the order of @i been paid, as far as anybody knows? */
static bool is_paid(const struct group_view *v, const struct intent *i)
{
	for (size_t o = 0; o < v->orders.n; o++)
		if (intent_is(i, v->orders.items[o]->intent) && v->orders.items[o]->count > 0 &&
		    v->orders.items[o]->status == ORDER_UNPAID)
			return false;
	return true;
}

/* What was paid in advance is not bought anew because it is slow: it lands when it is there. Nor is a
 * growth repeated that the cloud took and did not carry out, unless the group was edited since: it
 * would state the same number. */
static bool may_be_asked_anew(const struct group_view *v, const struct intent *i)
{
	if (i->charge != CHARGE_POSTPAID)
		return false;
	return i->verb != VERB_GROW || !v->want || v->want->fingerprint != i->fingerprint;
}

static bool number_came(const struct seeing *s, const struct group_view *v,
			const struct cloud_view *c, const struct intent *i, int64_t total)
{
	if (c->seen->status == GROUP_DELETED)
		return true; /* came and went */
	if (c->seen->listed_mono_ms == 0 || !is_paid(v, i))
		return false;
	if (cloud_number(c) >= total)
		return true;
	return may_be_asked_anew(v, i) && came_to_rest(s, c, i);
}

static bool number_landed(const struct seeing *s, const struct group_view *v,
			  const struct cloud_view *c, const struct intent *i)
{
	if (i->verb == VERB_CREATE)
		return number_came(s, v, c, i, i->count);
	if (i->verb == VERB_GROW)
		return number_came(s, v, c, i, i->total);
	int64_t number = cloud_number(c);
	return (i->verb == VERB_SHRINK && number >= 0 && number <= i->total &&
		listed_after(s, c, i, 0)) ||
	       came_to_nothing(s, c, i);
}

static bool resize_landed(const struct seeing *s, const struct group_view *v,
			  const struct intent *i)
{
	const struct cloud_view *c = cloud_of(s, v, i);
	bool absent = !c || !c->seen;
	if (absent && verb_buys(i->verb))
		return false;
	if (absent || (c->seen->status == GROUP_DELETED && !verb_buys(i->verb)))
		return s->in->observed->of[i->kind].complete;
	if (!cloud_has_members(c))
		return number_landed(s, v, c, i);
	if (i->verb == VERB_CREATE)
		return create_landed(s, c, i);
	if (i->verb == VERB_GROW)
		return grow_landed(s, c, i);
	return (i->verb == VERB_SHRINK && shrink_landed(s, c, i)) || came_to_nothing(s, c, i);
}

/* --- calls that resize nothing --------------------------------------------- */

static const struct member *member_of(const struct group_view *v, const char *id)
{
	for (size_t k = 0; k < v->clouds.n; k++) {
		const struct member *m = cloud_find_member(v->clouds.items[k], id);
		if (m)
			return m;
	}
	return NULL;
}

static bool still_needs(const struct seeing *s, const struct group_view *v, const struct member *m,
			enum verb verb)
{
	if (verb == VERB_REBOOT || verb == VERB_RESET || verb == VERB_START)
		return m->seen->status != INSTANCE_RUNNING;
	const struct kind_rules *rules = v->want ? kind_rules_of(v->want->kind) : NULL;
	return rules && rules->needs(s->world, v->want, m, verb);
}

/* The groups' own rows tell settings and tags: was one listed after the answer? */
static bool row_listed_after(const struct seeing *s, const struct cloud_view *c,
			     const struct intent *i)
{
	uint64_t listed = world_listed_ms(s->world, c->seen->kind);
	return i->settled_wall_ms != 0 && listed != 0 &&
	       listed + settled_for(s, i) >= s->in->mono_ms;
}

static bool group_still_needs(const struct seeing *s, const struct group_view *v,
			      const struct cloud_view *c, enum verb verb)
{
	if (!v->want)
		return false;
	if (verb == VERB_TAG)
		return tags_are_lacking(s->world, v->want, c->seen->tags);
	return c->rules->drift(v, c) & 1u << verb;
}

/* As with instances: it shows, or it is not repeated before absent_after_ms. An update of the
 * image takes its time (appstream-center 3.12). */
static bool setting_landed(const struct seeing *s, const struct group_view *v, const char *cloud,
			   const struct intent *i)
{
	const struct cloud_view *c = world_find_cloud(s->world, cloud);
	if (!c || !c->seen || c->seen->status == GROUP_DELETED)
		return true;
	if (!row_listed_after(s, c, i) ||
	    (i->verb != VERB_TAG && c->seen->status == GROUP_UPDATING))
		return false;
	return settled_for(s, i) >= s->in->settings->poll.absent_after_ms ||
	       !group_still_needs(s, v, c, i->verb);
}

static bool tags_landed(const struct seeing *s, const struct group_view *v, const struct intent *i)
{
	for (size_t k = 0; k < i->targets.n; k++)
		if (!setting_landed(s, v, i->targets.items[k], i))
			return false;
	return true;
}

/* Calls that touch instances are over once every instance has been listed again after the
 * answer and shows the effect. Where it does not, the call is not repeated for
 * absent_after_ms: that is also the pause between two heals. */
static bool touch_landed(const struct seeing *s, const struct group_view *v, const struct intent *i)
{
	uint64_t pause = s->in->settings->poll.absent_after_ms;
	for (size_t k = 0; k < i->targets.n; k++) {
		const struct member *m = member_of(v, i->targets.items[k]);
		if (!m || !member_committed(m))
			continue;
		if (!listed_after(s, m->cloud, i, 0))
			return false;
		if (settled_for(s, i) < pause && still_needs(s, v, m, i->verb))
			return false;
	}
	return true;
}

static bool has_landed(const struct seeing *s, const struct group_view *v, const struct intent *i)
{
	switch (i->verb) { /* GCOVR_EXCL_BR_LINE: every value of the enum is named */
	case VERB_CREATE:
	case VERB_GROW:
	case VERB_SHRINK:
	case VERB_DELETE:
		return resize_landed(s, v, i);
	case VERB_TAG:
		return touch_landed(s, v, i) && tags_landed(s, v, i);
	case VERB_ATTACH_KEY:
	case VERB_START:
	case VERB_REBOOT:
	case VERB_RESET:
		return touch_landed(s, v, i);
	case VERB_CONFIGURE:
	case VERB_SET_SCALING:
	case VERB_UPDATE_IMAGE:
	case VERB_MAX_:
		break;
	}
	return setting_landed(s, v, i->cloud_group, i);
}

static int land_intents(const struct seeing *s, const struct group_view *v)
{
	for (size_t i = 0; i < v->intents.n; i++) {
		const struct intent *intent = v->intents.items[i];
		if (intent->state != INTENT_DONE || !has_landed(s, v, intent))
			continue;
		const struct intent **slot = vec_add(&s->out->intents);
		if (!slot)
			return -ENOMEM;
		*slot = intent;
	}
	return 0;
}

/* --- orders ------------------------------------------------------------- */

static bool rows_were_seen(const struct seeing *s, const struct order *o)
{
	const struct in_flight *f = s->in->in_flight;
	for (size_t i = 0; i < f->n_resources; i++)
		if (f->resources[i].intent == o->intent && f->resources[i].seen_wall_ms != 0)
			return true;
	return false;
}

static bool intent_lands_now(const struct seeing *s, const struct intent *i)
{
	for (size_t k = 0; k < s->out->intents.n; k++)
		if (s->out->intents.items[k] == i)
			return true;
	return false;
}

static const struct cloud_view *listed_cloud_of(const struct seeing *s, const struct order *o)
{
	const struct cloud_view *c =
		*o->cloud_group ? world_find_cloud(s->world, o->cloud_group) : NULL;
	return c && c->seen && c->seen->listed_mono_ms != 0 ? c : NULL;
}

static bool order_landed(const struct seeing *s, const struct group_view *v, const struct order *o)
{
	/* An order for no instance (a bandwidth package) has nothing to be listed. */
	if (o->count == 0)
		return o->status == ORDER_PAID;
	const struct intent *i = view_find_intent(v, o->intent);
	if (i)
		return intent_lands_now(s, i);
	const struct cloud_view *c = listed_cloud_of(s, o);
	/* The ledger has no rows of nodes: that the intent has landed says it all. */
	if (c && o->intent != 0 && !cloud_has_members(c))
		return true;
	if (o->intent != 0)
		return rows_were_seen(s, o);
	if (c && !cloud_has_members(c))
		return cloud_number(c) >= o->count;
	return c && (int64_t)c->n_members >= o->count;
}

static int land_orders(const struct seeing *s, const struct group_view *v)
{
	for (size_t i = 0; i < v->orders.n; i++) {
		const struct order *o = v->orders.items[i];
		if (!order_is_open(o) || !order_landed(s, v, o))
			continue;
		const struct order **slot = vec_add(&s->out->orders);
		if (!slot)
			return -ENOMEM;
		*slot = o;
	}
	return 0;
}

/* --- all ---------------------------------------------------------------- */

static int see_group(const struct seeing *s, const struct group_view *v)
{
	int r = 0;
	for (size_t k = 0; k < v->clouds.n && r == 0; k++)
		r = see_cloud(s, v->clouds.items[k]);
	if (r == 0 && (r = land_intents(s, v)) == 0)
		r = land_orders(s, v);
	return r;
}

static int see_all(const struct seeing *s)
{
	int r = 0;
	for (size_t i = 0; i < s->world->groups.n && r == 0; i++) {
		const struct group_view *v = s->world->groups.items[i];
		if (v->kind == KIND_INVALID || s->kinds[v->kind])
			r = see_group(s, v);
	}
	return r;
}

int seen_compute(const struct plan_input *input, const bool kinds[KIND_MAX_],
		 struct seen_changes *ret)
{
	struct seen_changes out = {0};
	struct world w;
	int r = world_build(&w, input);
	struct seeing s = {.in = input, .kinds = kinds, .world = &w, .out = &out};
	if (r == 0)
		r = see_all(&s);
	world_fini(&w);
	if (r < 0)
		seen_changes_fini(&out);
	else
		*ret = out;
	return r;
}
