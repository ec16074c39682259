/* What is particular to purchases (BssOpenApi): bought instances, each a cloud group of one. */
#include <string.h>

#include "plan/kind_rules.h"

static int64_t room(const struct group_view *v, const struct cloud_view *c)
{
	(void)v, (void)c;
	return 0;
}

/* There is no operation that deletes one (bssopenapi 6). */
static bool never(const struct cloud_view *c)
{
	(void)c;
	return false;
}

static bool charge_drifted(const struct group_view *v, const struct cloud_view *c)
{
	return c->seen->charge != CHARGE_UNKNOWN && c->seen->charge != v->want->charge;
}

static bool product_drifted(const struct group_view *v, const struct cloud_view *c)
{
	return !word_fits(v->want->spec, c->seen->spec) ||
	       !word_fits(v->want->image, c->seen->image);
}

static unsigned drift(const struct group_view *v, const struct cloud_view *c)
{
	if (!v->want)
		return 0;
	return product_drifted(v, c) || charge_drifted(v, c) ? 1u << VERB_MAX_ : 0;
}

static void say_drift(const struct group_view *v, const struct cloud_view *c, struct strbuf *out)
{
	bool product = product_drifted(v, c), charge = charge_drifted(v, c);
	strbuf_addf(out, "%s%s%s than the file", product ? "product" : "",
		    product && charge ? ", " : "", charge ? "way of charging" : "");
}

/* bssopenapi 4.2 */
static const char *say_status(const struct observed_group *g)
{
	return g->status == GROUP_UNAVAILABLE ? "limited for overdue payment" : "";
}

const struct kind_rules purchase_rules = {
	.pays_itself = true,
	.ends_by_date = true, /* "Normal" alone does not tell (bssopenapi 4.2) */
	.create_note = "; the call pays at once from the account's balance",
	.surplus_note = "drover never gives back what was bought; a person can: SetRenewal "
			"NotRenewal and let it end, RefundInstance where the product allows it, "
			"CancelOrder while an order is unpaid",
	.room = room,
	.may_shrink = never,
	.may_delete = never,
	.drift = drift,
	.say_drift = say_drift,
	.say_status = say_status,
};
