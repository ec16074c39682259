/* Questions about a purchase: what it costs, and whether the account has that (bssopenapi 3.13
 * to 3.17). It pays by itself as soon as it is made. */
#include <errno.h>

#include "cloud/inquiry.h"
#include "cloud/purchase_price.h"

enum question { ASK_MODULES, ASK_PRICE, ASK_BALANCE, ASK_NOTHING };

static int ask(struct inquiry *q, enum operation *ret_op, struct params *ret)
{
	switch ((enum question)q->question) {
	case ASK_MODULES:
		*ret_op = OP_DESCRIBE_PRICING_MODULE;
		return purchase_has_price(q->create) ? purchase_encode_modules(q->create, ret)
						     : -EINVAL;
	case ASK_PRICE:
		return purchase_encode_price(q->create, &q->notes, ret_op, ret);
	case ASK_BALANCE:
		*ret_op = OP_QUERY_ACCOUNT_BALANCE;
		return 0;
	case ASK_NOTHING:
		break;
	}
	return -ENOENT;
}

/* A list that cannot be read to its end prices nothing. */
static void take_modules(struct inquiry *q, const cJSON *root)
{
	if (root && purchase_decode_modules(root, q->create, &q->notes) < 0)
		text_list_fini(&q->notes);
}

static void take_price(struct inquiry *q, const cJSON *root)
{
	const char *currency = "";
	int64_t micro = 0;
	if (root && purchase_decode_price(q->create, root, &q->notes, &micro, &currency) == 0)
		inquiry_take_price(q, micro, currency);
}

static void answer(struct inquiry *q, const cJSON *root)
{
	switch ((enum question)q->question) {
	case ASK_MODULES:
		take_modules(q, root);
		q->question = q->notes.n > 0 ? ASK_PRICE : ASK_BALANCE;
		break;
	case ASK_PRICE:
		take_price(q, root);
		q->question = ASK_BALANCE;
		break;
	case ASK_BALANCE:
		inquiry_take_balance(q, root);
		q->question = ASK_NOTHING;
		break;
	case ASK_NOTHING:
		break;
	}
}

const struct inquiry_kind inquiry_purchase = {ask, answer};
