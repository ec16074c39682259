#include "cloud/android_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/encode.h"
#include "cloud/flatten.h"
#include "model/observed.h"

#define RESOURCE_TYPE "ALIYUN::ACP::INSTANCE" /* the only one there is (eds-aic 4.17) */
#define NETWORK_INFO "NetworkInfo"
#define TAG "Tag"

/* --- create --- */

static int add_create_tags(struct params *p, const struct android_create *c)
{
	const struct {
		const char *key, *value;
	} marks[] = {{MARK_FLEET, c->marks.fleet},
		     {MARK_GROUP, c->marks.group},
		     {MARK_INTENT, c->marks.intent},
		     {MARK_OWNER, c->marks.owner}};
	size_t n = c->group->n_tags;
	if (n + ARRAY_SIZE(marks) > ANDROID_TAGS_MAX)
		return -EINVAL;
	int r = encode_tags(p, TAG, c->group->tags, n);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(marks); i++)
		r = marks[i].value && *marks[i].value
			    ? encode_tag(p, TAG, n + i + 1, marks[i].key, marks[i].value)
			    : -EINVAL;
	return r;
}

/* One package serves all groups of a desired group: only the first create buys it. */
static int add_network(struct params *p, const struct android_create *c,
		       const struct value *network_info)
{
	if (c->bandwidth_package && *c->bandwidth_package)
		return params_set(p, "BandwidthPackageId", c->bandwidth_package);
	char *text;
	int r = flatten_json(network_info, &text);
	if (r < 0)
		return r;
	r = params_set(p, NETWORK_INFO, text);
	free(text);
	return r;
}

static int add_configured(struct params *p, const struct android_create *c)
{
	const struct value *create = c->group->create;
	for (size_t i = 0; create && i < create->n; i++) {
		int r = strcmp(create->keys[i], NETWORK_INFO) == 0
				? add_network(p, c, create->items[i])
				: flatten_value(create->keys[i], create->items[i], p);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What drover itself decides. Set last, so that nothing configured can replace it. */
static int add_derived(struct params *p, const struct android_create *c)
{
	const struct {
		const char *name, *value;
	} texts[] = {{"BizRegionId", c->group->region},
		     {"InstanceGroupSpec", c->spec ? c->spec : c->group->spec},
		     {"ImageId", c->group->image},
		     {"ChargeType", charge_type_name(c->group->charge)},
		     {"InstanceGroupName", c->name},
		     {"ClientToken", c->token}};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i].value || !*texts[i].value)
			return -EINVAL;
		int r = params_set(p, texts[i].name, texts[i].value);
		if (r < 0)
			return r;
	}
	/* One token, one group, one name: names for Amount > 1 are not documented (eds-aic 6.3). */
	int r = params_set_int(p, "Amount", 1);
	if (r == 0)
		r = params_set_int(p, "NumberOfInstances", c->instances);
	if (r == 0)
		r = params_set_bool(p, "AutoPay", c->group->auto_pay);
	if (r == 0 && c->group->key_pair)
		r = params_set(p, "KeyPairId", c->group->key_pair);
	return r;
}

int android_encode_create(const struct android_create *create, struct params *ret)
{
	if (create->instances < 1 || create->instances > ANDROID_GROUP_MAX ||
	    create->group->charge == CHARGE_UNKNOWN)
		return -EINVAL;
	int r = add_configured(ret, create);
	if (r == 0)
		r = add_derived(ret, create);
	return r < 0 ? r : add_create_tags(ret, create);
}

/* --- the others --- */

int android_encode_upgrade(const char *group_id, int64_t add, bool auto_pay, struct params *ret)
{
	if (add < 1 || add > ANDROID_GROUP_MAX)
		return -EINVAL;
	int r = encode_id(ret, "InstanceGroupId", group_id);
	if (r == 0) /* a difference, in the singular (eds-aic 4.4) */
		r = params_set_int(ret, "IncreaseNumberOfInstance", add);
	return r < 0 ? r : params_set_bool(ret, "AutoPay", auto_pay);
}

int android_encode_downgrade(const char *group_id, const struct text_list *victims, bool auto_pay,
			     struct params *ret)
{
	int r = encode_ids(ret, "AndroidInstanceIds", victims, ANDROID_BATCH_MAX);
	if (r == 0)
		r = encode_id(ret, "InstanceGroupId", group_id);
	return r < 0 ? r : params_set_bool(ret, "AutoPay", auto_pay);
}

int android_encode_delete(const char *group_id, struct params *ret)
{
	/* How a call for several ends half-way is not documented (eds-aic 4.6). */
	return encode_id(ret, "InstanceGroupIds.1", group_id);
}

int android_encode_power(const struct text_list *instances, struct params *ret)
{
	return encode_ids(ret, "AndroidInstanceIds", instances, ANDROID_BATCH_MAX);
}

int android_encode_tag(const struct text_list *instances, const struct tag *tags, size_t n_tags,
		       struct params *ret)
{
	if (n_tags == 0 || n_tags > ANDROID_TAGS_MAX)
		return -EINVAL;
	int r = encode_ids(ret, "ResourceId", instances, ANDROID_BATCH_MAX);
	if (r == 0)
		r = params_set(ret, "ResourceType", RESOURCE_TYPE);
	return r < 0 ? r : encode_tags(ret, TAG, tags, n_tags);
}

int android_encode_attach_key(const char *key_pair, const struct text_list *instances,
			      struct params *ret)
{
	int r = encode_ids(ret, "InstanceIds", instances, ANDROID_BATCH_MAX);
	return r < 0 ? r : encode_id(ret, "KeyPairId", key_pair);
}
