#include "cloud/stream_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/encode.h"
#include "cloud/flatten.h"

#define TAG_RESOURCE "AppInstanceGroupId" /* what kind of id is tagged (appstream-center 3.18) */
#define NODE_POOL "NodePool"
#define NODE_AMOUNT "NodeAmount"
#define NODE_CAPACITY "NodeCapacity"
#define NODE_TYPE "NodeInstanceType"
#define SECURITY "SecurityPolicy"
#define TIMEOUT "SessionTimeout"

/* The one rule of the product (appstream-center 1.1): an object is one parameter of compact
 * JSON, a list is flat, anything else is text. */
static int add_value(struct params *p, const char *name, const struct value *value)
{
	if (value->type != VALUE_MAP)
		return flatten_value(name, value, p);
	auto_free char *text = NULL;
	int r = flatten_json(value, &text);
	return r < 0 ? r : params_set(p, name, text);
}

static int add_product(struct params *p, const char *group_id)
{
	int r = group_id ? encode_id(p, "AppInstanceGroupId", group_id) : 0;
	return r < 0 ? r : params_set(p, "ProductType", STREAM_PRODUCT);
}

static bool is_amount(int64_t nodes)
{
	return nodes >= 1 && nodes <= STREAM_NODES_MAX;
}

static const struct value *pool_of(const struct desired_group *group)
{
	return value_get(group->create, NODE_POOL);
}

/* A copy of @pool without the members @left_out (NULL-terminated). NULL without memory. */
static struct value *copy_pool(const struct value *pool, const char *const *left_out)
{
	auto_value struct value *copy = value_map();
	for (size_t i = 0; copy && pool && i < pool->n; i++) {
		const char *const *name = left_out;
		while (*name && strcmp(*name, pool->keys[i]) != 0)
			name++;
		if (!*name && value_set(copy, pool->keys[i], value_copy(pool->items[i])) < 0)
			return NULL;
	}
	return TAKE(copy);
}

/* --- create --- */

/* What the file says of the nodes, their type and, where the file decides it, their number. */
static int add_pool(struct params *p, const struct stream_create *c)
{
	static const char *const derived[] = {NODE_TYPE, NODE_AMOUNT, NULL};
	auto_value struct value *pool = copy_pool(pool_of(c->group), derived);
	if (!pool)
		return -ENOMEM;
	int r = value_set(pool, NODE_TYPE, value_text(c->spec ? c->spec : c->group->spec));
	if (r == 0 && !c->group->unsized)
		r = value_set(pool, NODE_AMOUNT, value_int(c->nodes));
	return r < 0 ? r : add_value(p, NODE_POOL, pool);
}

static int add_configured(struct params *p, const struct value *create)
{
	int r = 0;
	for (size_t i = 0; create && i < create->n && r == 0; i++)
		r = add_value(p, create->keys[i], create->items[i]);
	return r;
}

/* What drover itself decides. Set last, so that nothing configured can replace it. */
static int add_derived(struct params *p, const struct stream_create *c)
{
	const struct {
		const char *name, *value;
	} texts[] = {{"ProductType", STREAM_PRODUCT},
		     {"AppCenterImageId", c->group->image},
		     {"BizRegionId", c->group->region},
		     {"ChargeType", charge_type_name(c->group->charge)},
		     {"AppInstanceGroupName", c->name}};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i].value || !*texts[i].value)
			return -EINVAL;
		int r = params_set(p, texts[i].name, texts[i].value);
		if (r < 0)
			return r;
	}
	return params_set_bool(p, "AutoPay", c->group->auto_pay);
}

int stream_encode_create(const struct stream_create *create, struct params *ret)
{
	const struct desired_group *group = create->group;
	const char *spec = create->spec ? create->spec : group->spec;
	if (group->charge == CHARGE_UNKNOWN || !spec || !*spec ||
	    (!group->unsized && !is_amount(create->nodes)))
		return -EINVAL;
	int r = add_configured(ret, group->create);
	if (r == 0)
		r = add_pool(ret, create);
	return r < 0 ? r : add_derived(ret, create);
}

/* --- the others --- */

int stream_encode_delete(const char *group_id, struct params *ret)
{
	return group_id ? add_product(ret, group_id) : -EINVAL;
}

/* The whole object: whether members that are left out keep their values is not documented
 * (appstream-center 3.9). */
static int add_strategy(struct params *p, const struct value *pool, int64_t nodes)
{
	static const char *const beside[] = {NODE_TYPE, NODE_CAPACITY, NODE_AMOUNT, NULL};
	auto_value struct value *strategy = copy_pool(pool, beside);
	int r = strategy ? 0 : -ENOMEM;
	if (r == 0 && nodes > 0)
		r = value_set(strategy, NODE_AMOUNT, value_int(nodes));
	if (r == 0 && strategy->n == 0)
		r = -EINVAL;
	return r < 0 ? r : add_value(p, "NodePoolStrategy", strategy);
}

int stream_encode_strategy(const struct desired_group *group, const char *pool, int64_t nodes,
			   struct params *ret)
{
	const struct value *configured = pool_of(group);
	const struct value *capacity = value_get(configured, NODE_CAPACITY);
	bool is_sized = group->charge == CHARGE_POSTPAID && !group->unsized;
	if (nodes != 0 && (!is_sized || !is_amount(nodes)))
		return -EINVAL;
	int r = add_product(ret, NULL);
	if (r == 0)
		r = encode_id(ret, "PoolId", pool);
	if (r == 0)
		r = encode_text(ret, "BizRegionId", group->region);
	if (r == 0 && capacity)
		r = add_value(ret, NODE_CAPACITY, capacity);
	return r < 0 ? r : add_strategy(ret, configured, nodes);
}

int stream_encode_amount(const char *group_id, int64_t nodes, struct params *ret)
{
	auto_value struct value *pool = value_map();
	if (!group_id || !is_amount(nodes))
		return -EINVAL;
	if (!pool || value_set(pool, NODE_AMOUNT, value_int(nodes)) < 0)
		return -ENOMEM;
	int r = add_product(ret, group_id);
	return r < 0 ? r : add_value(ret, NODE_POOL, pool);
}

static int add_capacity(struct params *p, const char *pool_id, const struct value *capacity)
{
	auto_value struct value *pool = value_map();
	if (!pool_id || !*pool_id)
		return -EINVAL;
	if (!pool || value_set(pool, "NodePoolId", value_text(pool_id)) < 0 ||
	    value_set(pool, NODE_CAPACITY, value_copy(capacity)) < 0)
		return -ENOMEM;
	return add_value(p, NODE_POOL, pool);
}

int stream_encode_attribute(const struct desired_group *group, const char *group_id,
			    const char *pool, struct params *ret)
{
	const struct value *timeout = value_get(group->create, TIMEOUT);
	const struct value *capacity = value_get(pool_of(group), NODE_CAPACITY);
	const struct value *security = value_get(group->create, SECURITY);
	if (!group_id || (!timeout && !capacity && !security))
		return -EINVAL;
	int r = add_product(ret, group_id);
	if (r == 0 && timeout)
		r = add_value(ret, TIMEOUT, timeout);
	if (r == 0 && capacity)
		r = add_capacity(ret, pool, capacity);
	return r < 0 || !security ? r : add_value(ret, SECURITY, security);
}

int stream_encode_image(const struct desired_group *group, const char *group_id, struct params *ret)
{
	int r = group_id ? add_product(ret, group_id) : -EINVAL;
	if (r == 0)
		r = encode_id(ret, "AppCenterImageId", group->image);
	return r < 0 ? r : encode_id(ret, "BizRegionId", group->region);
}

int stream_encode_tag(const struct text_list *groups, const struct tag *tags, size_t n_tags,
		      struct params *ret)
{
	if (n_tags == 0 || n_tags > STREAM_TAGS_MAX)
		return -EINVAL;
	int r = encode_ids(ret, "ResourceIds", groups, STREAM_BATCH_MAX);
	if (r == 0)
		r = params_set(ret, "ResourceType", TAG_RESOURCE);
	return r < 0 ? r : encode_tags(ret, "Tags", tags, n_tags);
}
