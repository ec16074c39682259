/* Questions about a group of cloud phones (eds-aic 4.20 to 4.23). */
#include <errno.h>
#include <string.h>

#include "cloud/android_query.h"
#include "cloud/inquiry.h"
#include "cloud/page.h"

enum question { ASK_SYSTEM_IMAGE, ASK_USER_IMAGE, ASK_SPEC, ASK_STOCK, ASK_NOTHING };

static int ask(struct inquiry *q, enum operation *ret_op, struct params *ret)
{
	const char *spec = q->specs.items[q->spec];
	const struct value *gpu = value_get(q->create, "GpuAcceleration");
	switch ((enum question)q->question) {
	case ASK_SYSTEM_IMAGE:
	case ASK_USER_IMAGE:
		*ret_op = OP_DESCRIBE_IMAGE_LIST;
		return android_encode_image(q->question == ASK_SYSTEM_IMAGE, q->image, ret);
	case ASK_SPEC:
		*ret_op = OP_DESCRIBE_SPEC;
		return android_encode_spec(q->region, spec, ret);
	case ASK_STOCK:
		*ret_op = OP_CHECK_RESOURCE_STOCK;
		return android_encode_stock(q->region, spec, q->instances, gpu && gpu->boolean, ret);
	case ASK_NOTHING:
		break;
	}
	return -ENOENT;
}

/* 1 yes, 0 no, -1 no answer. */
static int has_image(const struct inquiry *q, const cJSON *root)
{
	struct page page;
	if (!root || page_decode(OP_DESCRIBE_IMAGE_LIST, root, &page) < 0)
		return -1;
	page_each(row, &page)
	{
		struct android_image image = {0};
		if (android_image_row(row, &image) < 0)
			return -1;
		bool usable = strcmp(image.id, q->image) == 0 && android_image_usable(&image, q->region);
		android_image_fini(&image);
		if (usable)
			return 1;
	}
	return page_is_all(&page) ? 0 : -1;
}

static int has_spec(const struct inquiry *q, const cJSON *root)
{
	struct page page;
	if (!root || page_decode(OP_DESCRIBE_SPEC, root, &page) < 0)
		return -1;
	page_each(row, &page)
	{
		struct android_spec spec;
		if (android_spec_row(row, &spec) == 0 && strcmp(spec.id, q->specs.items[q->spec]) == 0)
			return strcmp(spec.status, "Unsupported") != 0;
	}
	return page_is_all(&page) ? 0 : -1;
}

static int has_stock(const cJSON *root)
{
	enum android_stock stock;
	if (!root || android_decode_stock(root, &stock) < 0 || stock == STOCK_UNKNOWN)
		return -1;
	return stock == STOCK_AVAILABLE;
}

static enum question after_image(struct inquiry *q, int yes)
{
	if (yes == 0 && q->question == ASK_SYSTEM_IMAGE)
		return ASK_USER_IMAGE;
	q->image_ok = yes != 0;
	if (!q->image_ok)
		inquiry_complain(q, "image %s is not available in %s", q->image, q->region);
	return ASK_SPEC;
}

/* The spec asked about will do, as far as anybody says. */
static enum question take_spec(struct inquiry *q)
{
	q->spec_ok = q->stock_ok = true;
	return ASK_NOTHING;
}

/* On to the next fallback; when there is none, the answer is about the group's own spec. */
static enum question next_spec(struct inquiry *q, const char *fault)
{
	inquiry_complain(q, "spec %s is %s in %s", q->specs.items[q->spec], fault, q->region);
	if (q->spec + 1 >= q->specs.n)
		return ASK_NOTHING;
	q->spec++;
	return ASK_SPEC;
}

static enum question after_spec(struct inquiry *q, int yes)
{
	if (yes != 0)
		return ASK_STOCK;
	if (q->spec == 0)
		q->spec_ok = false;
	return next_spec(q, "not sold");
}

static enum question after_stock(struct inquiry *q, int yes)
{
	if (yes != 0)
		return take_spec(q);
	if (q->spec == 0)
		q->stock_ok = false;
	return next_spec(q, "sold out");
}

static void answer(struct inquiry *q, const cJSON *root)
{
	switch ((enum question)q->question) {
	case ASK_SYSTEM_IMAGE:
	case ASK_USER_IMAGE:
		q->question = (int)after_image(q, has_image(q, root));
		break;
	case ASK_SPEC:
		q->question = (int)after_spec(q, has_spec(q, root));
		break;
	case ASK_STOCK:
		q->question = (int)after_stock(q, has_stock(root));
		break;
	case ASK_NOTHING:
		break;
	}
}

const struct inquiry_kind inquiry_cloud_phone = {ask, answer};
