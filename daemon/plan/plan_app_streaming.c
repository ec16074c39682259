/* What is particular to App Streaming (appstream-center): a delivery group and its nodes. */
#include <string.h>

#include "model/attributes.h"
#include "plan/kind_rules.h"

/* Subscription nodes are grown by an order, others by a setting (appstream-center 7); not one
 * into the other. With other settings it grows all the same: there is only this one. */
static int64_t room(const struct group_view *v, const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	if (!g || c->leaving || v->want->unsized || g->charge != v->want->charge)
		return 0;
	if (g->status != GROUP_RUNNING && g->status != GROUP_UPDATING &&
	    g->status != GROUP_CREATING)
		return 0;
	return v->want->count - v->committed;
}

/* A subscription cannot be made smaller (3.9, 3.10); where a schedule rules, nothing can. */
static bool may_shrink(const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	return g && !c->leaving && g->charge == CHARGE_POSTPAID && !c->owner->want->unsized &&
	       (g->status == GROUP_RUNNING || g->status == GROUP_UPDATING ||
		g->status == GROUP_CREATING);
}

/* No call deletes a subscription (7). */
static bool may_delete(const struct cloud_view *c)
{
	return c->seen && !c->leaving && c->seen->charge == CHARGE_POSTPAID &&
	       c->seen->status != GROUP_DELETED;
}

static bool spec_drifted(const struct desired_group *want, const struct observed_group *g)
{
	return !word_fits(want->spec, g->spec) && !text_list_has(&want->fallback, g->spec);
}

static bool charge_drifted(const struct desired_group *want, const struct observed_group *g)
{
	return g->charge != CHARGE_UNKNOWN && g->charge != want->charge;
}

static unsigned drift(const struct group_view *v, const struct cloud_view *c)
{
	const struct desired_group *want = v->want;
	const struct observed_group *g = c->seen;
	unsigned verbs = 0;
	if (!want)
		return 0;
	const struct attribute *a;
	for (size_t at = 0; (a = attributes_next_drift(v->attributes, g->attributes, &at));)
		verbs |= 1u << a->verb;
	if (!word_fits(want->image, g->image))
		verbs |= 1u << VERB_UPDATE_IMAGE;
	if (spec_drifted(want, g) || !word_fits(want->region, g->region) || charge_drifted(want, g))
		verbs |= 1u << VERB_MAX_;
	return verbs;
}

static void say_word(struct strbuf *out, const char *what, bool drifted)
{
	if (drifted)
		strbuf_addf(out, "%s%s", *strbuf_text(out) ? ", " : "", what);
}

static void say_drift(const struct group_view *v, const struct cloud_view *c, struct strbuf *out)
{
	const struct attribute *a;
	say_word(out, "instance type", spec_drifted(v->want, c->seen));
	say_word(out, "region", !word_fits(v->want->region, c->seen->region));
	say_word(out, "way of charging", charge_drifted(v->want, c->seen));
	for (size_t at = 0; (a = attributes_next_drift(v->attributes, c->seen->attributes, &at));)
		say_word(out, a->name, true);
	bool image = !word_fits(v->want->image, c->seen->image);
	say_word(out, "image", image);
	strbuf_add(out, " than the file");
	if (image && !v->want->rollout_now)
		strbuf_add(out, "; rollout: now updates the image and disconnects its users");
}

/* appstream-center 4.1, 4.2; the text is both words, that of the group first. */
static const char *say_status(const struct observed_group *g)
{
	static const char ceased[] = "CEASED";
	if (strncmp(g->status_text, ceased, sizeof(ceased) - 1) == 0)
		return "stopped for overdue payment";
	if (g->status == GROUP_UNAVAILABLE)
		return "the cloud does not say why";
	if (g->status == GROUP_UPDATING_FAILED)
		return "its last update failed";
	return g->status == GROUP_FAILED ? "it could not be published" : "";
}

const struct kind_rules app_streaming_rules = {
	.single = true,
	.create_twice = true, /* no ClientToken (appstream-center 8) */
	.sheds = true,
	.tags_groups = true, /* Create takes no tags; a node has none (3.1, 3.5) */
	.reads_back = true,
	.batch = 50, /* TagCloudResources (3.18) */
	.create_note = "",
	.surplus_note = "",
	.room = room,
	.may_shrink = may_shrink,
	.may_delete = may_delete,
	.drift = drift,
	.say_drift = say_drift,
	.say_status = say_status,
};
