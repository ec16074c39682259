#include "cloud/inquiry.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/billing.h"

#define TEXT_BYTES 8192

/* The one table of kinds. */
static const struct inquiry_kind *row_of(enum kind kind)
{
	static const struct inquiry_kind *const kinds[KIND_MAX_] = {
		[KIND_CLOUD_PHONE] = &inquiry_cloud_phone,
		[KIND_APP_STREAMING] = &inquiry_app_streaming,
		[KIND_PURCHASE] = &inquiry_purchase,
	};
	return kinds[kind];
}

int inquiry_init(struct inquiry *q, const struct desired_group *g)
{
	*q = (struct inquiry){
		.kind = g->kind,
		.instances = g->instances_per_group > 0 && g->instances_per_group < g->count
				     ? g->instances_per_group
				     : g->count,
		.charge = g->charge,
		.auto_pay = g->auto_pay,
		.image_ok = true,
		.spec_ok = true,
		.stock_ok = true,
	};
	strbuf_init(&q->text, TEXT_BYTES);
	q->group = strdup(g->name);
	q->region = strdup(g->region);
	q->image = strdup(g->image);
	q->create = g->create ? value_copy(g->create) : value_map();
	if (!q->group || !q->region || !q->image || !q->create)
		return -ENOMEM;
	int r = text_list_add(&q->specs, g->spec);
	return r == 0 ? text_list_copy(&g->fallback, &q->specs) : r;
}

void inquiry_fini(struct inquiry *q)
{
	strbuf_fini(&q->text);
	text_list_fini(&q->specs);
	text_list_fini(&q->notes);
	(void)value_free(q->create);
	free(q->group);
	free(q->region);
	free(q->image);
	*q = (struct inquiry){0};
}

int inquiry_ask(struct inquiry *q, enum operation *ret_op, struct params *ret)
{
	return row_of(q->kind)->ask(q, ret_op, ret);
}

void inquiry_answer(struct inquiry *q, const cJSON *root)
{
	row_of(q->kind)->answer(q, root);
}

const char *inquiry_spec(const struct inquiry *q)
{
	return q->spec > 0 && q->spec_ok && q->stock_ok ? q->specs.items[q->spec] : NULL;
}

void inquiry_complain(struct inquiry *q, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (*strbuf_text(&q->text))
		strbuf_add(&q->text, "; ");
	strbuf_vaddf(&q->text, format, args);
	va_end(args);
}

void inquiry_take_price(struct inquiry *q, int64_t micro, const char *currency)
{
	size_t n = strlen(currency);
	if (micro <= 0 || n == 0 || n >= sizeof(q->currency))
		return;
	q->price_micro = micro;
	memcpy(q->currency, currency, n + 1);
}

void inquiry_take_balance(struct inquiry *q, const cJSON *root)
{
	const char *currency = "";
	int64_t micro = 0;
	if (!root || billing_decode_balance(root, &micro, &currency) < 0)
		return;
	if (*q->currency && strcmp(q->currency, currency) != 0)
		return;
	q->balance_known = true;
	q->balance_micro = micro;
}
