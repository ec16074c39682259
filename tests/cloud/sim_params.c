/*
 * Checks a request against the table of its operation. Stricter than the real
 * gateway on purpose: a parameter it would ignore is a mistake worth hearing about.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_operation.h"

const char *sim_arg(const struct sim_call *call, const char *name)
{
	return sim_input_get(call->input, name);
}

bool sim_parse_int(const char *text, int64_t *ret_value)
{
	char *end = NULL;
	if (*text != '-' && (*text < '0' || *text > '9'))
		return false;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return false;
	*ret_value = value;
	return true;
}

int64_t sim_arg_int(const struct sim_call *call, const char *name, int64_t absent)
{
	const char *text = sim_arg(call, name);
	int64_t value = absent;
	if (text)
		(void)sim_parse_int(text, &value); /* was checked */
	return value;
}

char *sim_arg_copy(const struct sim_call *call, const char *name, const char *absent)
{
	const char *text = sim_arg(call, name);
	return strdup(text ? text : absent);
}

bool sim_arg_bool(const struct sim_call *call, const char *name, bool absent)
{
	const char *text = sim_arg(call, name);
	return text ? strcmp(text, "true") == 0 : absent;
}

const char *sim_arg_item(const struct sim_call *call, const char *name, unsigned index)
{
	char full[128];
	(void)snprintf(full, sizeof(full), "%s.%u", name, index);
	return sim_arg(call, full);
}

const char *sim_arg_member(const struct sim_call *call, const char *name, unsigned index,
			   const char *member)
{
	char full[128];
	(void)snprintf(full, sizeof(full), "%s.%u.%s", name, index, member);
	return sim_arg(call, full);
}

unsigned sim_arg_count(const struct sim_call *call, const char *name)
{
	unsigned n = 0;
	while (sim_arg_item(call, name, n + 1) || sim_arg_member(call, name, n + 1, "Key"))
		n++;
	return n;
}

unsigned sim_arg_rows(const struct sim_call *call, const char *name, const char *member)
{
	unsigned n = 0;
	while (sim_arg_member(call, name, n + 1, member))
		n++;
	return n;
}

bool sim_arg_is(const struct sim_call *call, const char *name, const char *value)
{
	const char *wanted = sim_arg(call, name);
	return !wanted || !*wanted || strcmp(wanted, value) == 0;
}

bool sim_arg_lists(const struct sim_call *call, const char *name, const char *value)
{
	const char *wanted = sim_arg_item(call, name, 1);
	for (unsigned i = 1; wanted; wanted = sim_arg_item(call, name, ++i))
		if (strcmp(wanted, value) == 0)
			return true;
	return sim_arg_count(call, name) == 0;
}

/* "Name.12" or "Name.12.Member" after the name: yields 12, or 0 when it is neither. */
static unsigned list_index(const char *rest, const char **ret_member)
{
	if (rest[0] != '.' || rest[1] < '1' || rest[1] > '9')
		return 0;
	char *end = NULL;
	unsigned long index = strtoul(rest + 1, &end, 10);
	if (index > 100000 || (*end != '\0' && *end != '.'))
		return 0;
	*ret_member = *end == '.' ? end + 1 : "";
	return (unsigned)index;
}

/* The member of a row that @name ends in, or NULL. */
static const struct sim_param *row_member(const struct sim_param *param, const char *name)
{
	const char *last = "";
	if (list_index(name + strlen(param->name), &last) == 0)
		return NULL;
	for (const struct sim_param *member = param->members; member->name; member++)
		if (strcmp(member->name, last) == 0)
			return member;
	return NULL;
}

static bool is_form_of(const struct sim_param *param, const char *name)
{
	size_t n = strlen(param->name);
	const char *member = "";
	if (strncmp(name, param->name, n) != 0)
		return false;
	switch (param->type) {
	case PARAM_LIST:
		return list_index(name + n, &member) > 0 && *member == '\0';
	case PARAM_TAGS:
		return list_index(name + n, &member) > 0 &&
		       (strcmp(member, "Key") == 0 || strcmp(member, "Value") == 0);
	case PARAM_ROWS:
		return row_member(param, name) != NULL;
	case PARAM_TEXT:
	case PARAM_INT:
	case PARAM_BOOL:
	case PARAM_DECIMAL:
	case PARAM_JSON:
	case PARAM_INTS:
	case PARAM_OBJECTS:
		break;
	}
	return name[n] == '\0';
}

static const struct sim_param *rule_in(const struct sim_param *table, const char *name)
{
	for (const struct sim_param *param = table; param && param->name; param++)
		if (is_form_of(param, name))
			return param;
	return NULL;
}

static int refuse_value(struct sim_call *call, const char *name, const char *why)
{
	return sim_refuse_arg(call, name, "The parameter %s is not valid: %s.", name, why);
}

static size_t characters(const char *utf8)
{
	size_t n = 0;
	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static int check_int(struct sim_call *call, const struct sim_param *param, const char *text)
{
	int64_t value = 0;
	char why[96];
	if (!sim_parse_int(text, &value))
		return refuse_value(call, param->name, "not a whole number");
	if (value >= param->min && (param->max == 0 || value <= param->max))
		return 0;
	(void)snprintf(why, sizeof(why), "must be %lld to %lld", (long long)param->min,
		       (long long)param->max);
	return refuse_value(call, param->name, why);
}

static int check_decimal(struct sim_call *call, const struct sim_param *param, const char *text)
{
	char *end = NULL;
	double value = strtod(text, &end);
	if (*text >= '0' && *text <= '9' && *end == '\0' && value <= 1e9)
		return 0;
	return refuse_value(call, param->name, "not a number from 0");
}

static int check_words(struct sim_call *call, const struct sim_param *param, const char *text)
{
	if (!param->words)
		return 0;
	for (const char *const *word = param->words; *word; word++)
		if (strcmp(*word, text) == 0)
			return 0;
	return refuse_value(call, param->name, "not one of the documented values");
}

static int check_value(struct sim_call *call, const struct sim_param *param,
		       const struct sim_pair *pair)
{
	switch (param->type) {
	case PARAM_INT:
		return check_int(call, param, pair->value);
	case PARAM_BOOL:
		if (strcmp(pair->value, "true") != 0 && strcmp(pair->value, "false") != 0)
			return refuse_value(call, param->name, "neither true nor false");
		return 0;
	case PARAM_DECIMAL:
		return check_decimal(call, param, pair->value);
	case PARAM_JSON:
		return sim_json_check(call, param, pair->value);
	case PARAM_TEXT:
		if (param->max > 0 && characters(pair->value) > (size_t)param->max)
			return refuse_value(call, param->name, "too long");
		return check_words(call, param, pair->value);
	case PARAM_LIST:
		return check_words(call, param, pair->value);
	case PARAM_ROWS:
		return check_value(call, row_member(param, pair->name), pair);
	case PARAM_TAGS:
	case PARAM_INTS:
	case PARAM_OBJECTS:
		break;
	}
	return 0;
}

static int check_pair(struct sim_call *call, size_t i)
{
	const struct sim_pair *pair = &call->input->pairs.items[i];
	const struct sim_param *query = rule_in(call->op->params, pair->name);
	const struct sim_param *form = rule_in(call->op->form, pair->name);
	const struct sim_param *param = pair->in_form ? form : query;
	if (!query && !form)
		return sim_refuse(call, 400, "UnsupportedParameter", "%s has no parameter %s.",
				  call->op->name, pair->name);
	if (!param)
		return sim_refuse(call, 400, "UnsupportedParameter",
				  "The parameter %s of %s belongs in the %s.", pair->name,
				  call->op->name, form ? "form body" : "query");
	if (i > 0 && strcmp(pair->name, pair[-1].name) == 0)
		return refuse_value(call, pair->name, "given twice");
	return check_value(call, param, pair);
}

static bool is_list(const struct sim_param *param)
{
	return param->type == PARAM_LIST || param->type == PARAM_TAGS || param->type == PARAM_ROWS;
}

static unsigned elements(const struct sim_call *call, const struct sim_param *param)
{
	return param->type == PARAM_ROWS ? sim_arg_rows(call, param->name, param->members[0].name)
					 : sim_arg_count(call, param->name);
}

static int check_row(struct sim_call *call, const struct sim_param *param, unsigned index)
{
	for (const struct sim_param *member = param->members; member->name; member++) {
		const char *value = sim_arg_member(call, param->name, index, member->name);
		if (member->required && (!value || !*value))
			return sim_refuse_missing(call, member->name);
	}
	return 0;
}

/* Elements count from 1 without gaps (eds-aic 1): as many names as the highest index. */
static int check_list(struct sim_call *call, const struct sim_param *param)
{
	unsigned highest = 0;
	size_t n = strlen(param->name);
	vec_each(&call->input->pairs, pair)
	{
		const char *member = "";
		if (!is_form_of(param, pair->name))
			continue;
		unsigned index = list_index(pair->name + n, &member);
		highest = index > highest ? index : highest;
	}
	if (elements(call, param) != highest)
		return refuse_value(call, param->name, "elements must count from 1 without gaps");
	if (param->max > 0 && highest > param->max)
		return refuse_value(call, param->name, "too many elements");
	int r = 0;
	for (unsigned i = 1; param->type == PARAM_ROWS && i <= highest && r == 0; i++)
		r = check_row(call, param, i);
	return r;
}

static int check_presence(struct sim_call *call, const struct sim_param *param)
{
	bool present = is_list(param) ? elements(call, param) > 0
				      : sim_arg(call, param->name) && *sim_arg(call, param->name);
	if (param->required && !present)
		return sim_refuse_missing(call, param->name);
	return is_list(param) ? check_list(call, param) : 0;
}

static int check_presences(struct sim_call *call, const struct sim_param *table)
{
	int r = 0;
	for (const struct sim_param *param = table; param && param->name && r == 0; param++)
		r = check_presence(call, param);
	return r;
}

int sim_params_check(struct sim_call *call)
{
	int r = 0;
	for (size_t i = 0; i < call->input->pairs.n && r == 0; i++)
		r = check_pair(call, i);
	if (r == 0)
		r = check_presences(call, call->op->params);
	return r == 0 ? check_presences(call, call->op->form) : r;
}
