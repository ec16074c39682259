/*
 * A tree of values to the API's parameters, in both of its forms. An input is the tree as JSON.
 * Equal trees give equal parameters, which survive the text that the ledger keeps; the JSON form
 * is JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/flatten.h"
#include "fuzz/fuzz.h"
#include "lib/same_params.h"

static struct value *value_of(const cJSON *item)
{
	if (cJSON_IsBool(item))
		return value_bool(cJSON_IsTrue(item));
	if (cJSON_IsNumber(item))
		return item->valuedouble >= -1e15 && item->valuedouble <= 1e15
			       ? value_int((int64_t)item->valuedouble)
			       : value_float(item->valuedouble);
	if (cJSON_IsString(item))
		return value_text(item->valuestring);
	if (cJSON_IsNull(item))
		return value_null();
	struct value *v = cJSON_IsArray(item) ? value_list() : value_map();
	CHECK(v);
	for (const cJSON *child = item->child; child; child = child->next)
		CHECK((cJSON_IsArray(item) ? value_append(v, value_of(child))
					   : value_set(v, child->string, value_of(child))) == 0);
	return v;
}

static int flatten_under_a_name(const struct value *value, struct params *params)
{
	return flatten_value("Name", value, params);
}

static void check_params(int (*flatten)(const struct value *, struct params *),
			 const struct value *value, const struct value *copy)
{
	auto_params struct params params = {0}, same = {0}, again = {0};
	int r = flatten(value, &params);
	CHECK(r == 0 || r == -EINVAL);
	CHECK(flatten(copy, &same) == r);
	if (r < 0)
		return;
	CHECK(same_params(&params, &same));
	if (params.n > 0 && !*params.items[0].name)
		return; /* a member without a name, which no schema has, can be sent but not read */
	auto_free char *text = params_text(&params);
	CHECK(text && params_parse(text, &again) == 0 && same_params(&params, &again));
}

static void check_json(const struct value *value)
{
	char *out = NULL;
	int r = flatten_json(value, &out);
	CHECK(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	auto_free char *text = out;
	const cJSON *root = fuzz_json_again(text, strlen(text));
	CHECK(root);
	auto_value struct value *read = value_of(root);
	auto_free char *again = NULL;
	CHECK(flatten_json(read, &again) == 0);
	CHECK_TEXT(text, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	size_t len;
	auto_free char *text = fuzz_rest(&in, &len);
	const cJSON *root = fuzz_json(text, len);
	if (!root)
		return 0;
	auto_value struct value *value = value_of(root);
	auto_value struct value *copy = value_copy(value);
	CHECK(value && copy && value_equal(value, copy));
	check_params(flatten_under_a_name, value, copy);
	check_params(flatten_create, value, copy);
	check_json(value);
	return 0;
}
