/*
 * The answers that list: pages and their rows, of every kind. A page shows as many rows as it says
 * and is the last one only where nothing is left; no row without an id that is fit to be one; a
 * row printed and read again prints the same.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "cloud/android_query.h"
#include "cloud/billing.h"
#include "cloud/listings.h"
#include "cloud/page.h"
#include "cloud/purchase_rows.h"
#include "cloud/stream_query.h"
#include "fuzz/decoders.h"

/* --- what is kept of a row -------------------------------------------------------- */

/* "key\x1fvalue\x1e", by key. */
static void check_tags(const char *tags)
{
	CHECK(tags);
	for (const char *p = tags; *p;) {
		const char *separator = strchr(p, TAGS_SEPARATOR), *end = strchr(p, TAGS_END);
		CHECK(separator && end && separator < end);
		p = end + 1;
	}
}

static void check_observed_group(const struct observed_group *g, enum kind kind)
{
	CHECK(fuzz_is_id(g->id));
	CHECK(g->kind == kind && g->status >= 0 && g->status <= GROUP_UNKNOWN);
	CHECK(g->status_text && g->error_code && g->name && g->region && g->spec && g->image);
	CHECK(g->bandwidth_package && g->pool && g->attributes);
	CHECK(g->number >= -1 && g->available >= -1 && g->elastic >= 0);
	CHECK(!g->instances && g->n_instances == 0);
	check_tags(g->tags);
}

static void check_group_row(enum kind kind, const cJSON *row)
{
	const struct listing_kind *listing = listing_of(kind);
	struct observed strings;
	struct observed_group group = {0}, again = {0};
	observed_init(&strings);
	int r = listing->group_row(row, &strings, &group);
	CHECK(r == 0 || r == -EBADMSG);
	CHECK(listing->group_row(row, &strings, &again) == r);
	if (r == 0) {
		check_observed_group(&group, kind);
		if (listing->settle_group)
			listing->settle_group(&group);
		CHECK(group.status <= GROUP_UNKNOWN);
		/* Interned: equal texts are one. */
		CHECK(strcmp(group.id, again.id) == 0 && group.tags == again.tags);
		CHECK(group.attributes == again.attributes);
	}
	observed_fini(&strings);
}

static void check_instance_row(enum kind kind, const cJSON *row)
{
	const struct listing_kind *listing = listing_of(kind);
	struct observed strings;
	struct observed_instance instance = {0};
	char group[OBSERVED_ID_SIZE] = "?";
	observed_init(&strings);
	int r = listing->instance_row(row, &strings, &instance, group);
	CHECK(r == 0 || r == -EBADMSG);
	if (r == 0) {
		CHECK(fuzz_is_id(instance.id) && (!*group || fuzz_is_id(group)));
		CHECK(instance.status >= 0 && instance.status <= INSTANCE_UNKNOWN);
		CHECK(instance.status_text && instance.key_pair);
		check_tags(instance.tags);
	}
	observed_fini(&strings);
}

/* --- what is shown of a row ------------------------------------------------------- */

static char *print_row(const struct listing_kind *listing, const cJSON *row)
{
	struct strbuf out = STRBUF_INIT(LIMIT_INSTANCES_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	char id[OBSERVED_ID_SIZE] = "";
	int r = listing->detail_row(row, id, &w);
	CHECK(r == 0 || r == -EBADMSG);
	CHECK(r != 0 || (fuzz_is_id(id) && strbuf_error(&out) == 0));
	char *text = r == 0 ? strbuf_take(&out) : NULL;
	strbuf_fini(&out);
	return text;
}

static char *print_again(const struct listing_kind *listing, const char *text)
{
	const cJSON *root = fuzz_json_again(text, strlen(text));
	CHECK(root);
	char *again = print_row(listing, root);
	CHECK(again);
	return again;
}

static void check_detail_row(enum kind kind, const cJSON *row)
{
	const struct listing_kind *listing = listing_of(kind);
	auto_free char *text = print_row(listing, row);
	if (!text)
		return;
	auto_free char *again = print_again(listing, text);
	auto_free char *thrice = print_again(listing, again);
	/* What is no UTF-8 is escaped once, and a character from then on. */
	CHECK_TEXT(again, strstr(text, "\\ufffd") ? thrice : text);
}

/* --- rows that are only asked about ------------------------------------------------ */

static void check_spec(const cJSON *row)
{
	struct android_spec spec;
	if (android_spec_row(row, &spec) == 0)
		CHECK(spec.id && spec.status && spec.type && spec.resolution);
}

static void check_image(const cJSON *row)
{
	struct android_image image;
	if (android_image_row(row, &image) < 0)
		return;
	(void)android_image_usable(&image, "cn-shanghai");
	android_image_fini(&image);
}

static void check_stream_image(const cJSON *row)
{
	struct stream_image image;
	if (stream_image_row(row, &image) < 0)
		return;
	(void)stream_image_usable(&image, "cn-shanghai");
	stream_image_fini(&image);
}

static void check_node_type(const cJSON *row)
{
	struct stream_node_type type;
	if (stream_node_type_row(row, &type) == 0)
		CHECK(type.id && type.family && type.name);
}

static void check_order(const cJSON *row)
{
	struct billing_row order;
	if (billing_row_decode(row, &order) < 0)
		return;
	CHECK(order.order_id && order.status && order.amount && order.instances);
	CHECK(billing_status(order.status) < ORDER_STATUS_MAX_);
}

static const struct {
	enum operation op;
	void (*check)(const cJSON *row);
} advice[] = {
	{OP_DESCRIBE_SPEC, check_spec},      {OP_DESCRIBE_IMAGE_LIST, check_image},
	{OP_LIST_IMAGE, check_stream_image}, {OP_LIST_NODE_INSTANCE_TYPE, check_node_type},
	{OP_QUERY_ORDERS, check_order},
};

/* --- pages --------------------------------------------------------------------------- */

static void check_row(enum operation op, const cJSON *row)
{
	const char *id = page_row_id(op, row);
	CHECK(!id || id == page_row_id(op, row));
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		const struct listing_kind *listing = listing_of((enum kind)kind);
		if (listing->groups == op)
			check_group_row((enum kind)kind, row);
		if (listing->instances == op)
			check_instance_row((enum kind)kind, row);
		if (listing->detail == op)
			check_detail_row((enum kind)kind, row);
	}
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		if (advice[i].op == op)
			advice[i].check(row);
}

static void check_page(enum operation op, const cJSON *root)
{
	struct page page;
	int r = page_decode(op, root, &page), n = 0;
	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	page_each(row, &page)
	{
		check_row(op, row);
		n++;
	}
	CHECK(n == page.n && page.total >= -1 && page.next_token);
	if (page_is_all(&page))
		CHECK(!*page.next_token && page.total <= n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_answer struct answer answer = answer_read(data, size);
	for (int op = 0; op < OP_MAX_ && answer.root; op++)
		if (answer_is_of(&answer, (enum operation)op))
			check_page((enum operation)op, answer.root);
	return 0;
}
