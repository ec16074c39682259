#include "config/reading.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "config/scalar.h"

#define MAX_MESSAGE 2048

static void add_words(struct strbuf *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		strbuf_addf(out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

static void add_range(struct strbuf *out, const struct schema_field *f)
{
	char low[32], high[32];
	if (f->type == SCHEMA_DURATION) {
		duration_text((uint64_t)f->min, low, sizeof(low));
		duration_text((uint64_t)f->max, high, sizeof(high));
		strbuf_addf(out, "%s..%s", low, high);
	} else if (f->type == SCHEMA_PERCENT) {
		strbuf_addf(out, "%" PRId64 "%%..%" PRId64 "%%", f->min, f->max);
	} else if (f->type == SCHEMA_RATE) {
		strbuf_addf(out, "%g..%g", (double)f->min / 1000, (double)f->max / 1000);
	} else if (f->numbers) {
		strbuf_add(out, f->numbers->what);
	} else if (f->min == f->max) {
		strbuf_addf(out, "%" PRId64, f->min);
	} else {
		strbuf_addf(out, "%" PRId64 "..%" PRId64, f->min, f->max);
	}
}

static void add_expectation(struct strbuf *out, const struct schema_field *f)
{
	switch (f->type) {
	case SCHEMA_INT:
		if (!f->numbers)
			strbuf_add(out, f->min == f->max ? "the number " : "a whole number ");
		add_range(out, f);
		break;
	case SCHEMA_DURATION:
		strbuf_add(out, "a duration such as 90s, 250ms or 2h, ");
		add_range(out, f);
		break;
	case SCHEMA_PERCENT:
		strbuf_add(out, "a percentage ");
		add_range(out, f);
		break;
	case SCHEMA_RATE:
		strbuf_add(out, "a number with at most 3 decimals, ");
		add_range(out, f);
		break;
	case SCHEMA_BOOL:
		strbuf_add(out, "true or false");
		break;
	case SCHEMA_TEXT:
		strbuf_add(out, f->rule->what);
		break;
	case SCHEMA_WORD:
		add_words(out, f->words);
		break;
	case SCHEMA_TEXTS:
	case SCHEMA_INTS:
	case SCHEMA_PAIRS:
	case SCHEMA_TAGS:
	case SCHEMA_MAP:
	case SCHEMA_MAPS:
	case SCHEMA_OTHER:
		break; /* not scalars: check_shape() speaks for them */
	}
}

static int read_duration(const char *text, int64_t *ret)
{
	uint64_t ms = 0;
	bool has_leading_zero = text[0] == '0' && text[1] >= '0' && text[1] <= '9';
	int r = has_leading_zero ? -EINVAL : duration_parse(text, &ms);
	if (r == 0)
		*ret = (int64_t)ms;
	return r;
}

static int read_number(const struct schema_field *f, const char *text, int64_t *ret)
{
	int r = f->type == SCHEMA_INT        ? scalar_int(text, ret)
		: f->type == SCHEMA_DURATION ? read_duration(text, ret)
		: f->type == SCHEMA_PERCENT  ? scalar_percent(text, ret)
					     : scalar_rate(text, ret);
	if (r == 0 && (*ret < f->min || *ret > f->max || (f->numbers && !f->numbers->fits(*ret))))
		r = -ERANGE;
	return r;
}

bool check_number(const struct schema *s, const struct yaml_node *map, const char *key,
		  int64_t *ret)
{
	const struct schema_field *f = schema_find(s, key);
	const struct yaml_node *node = yaml_get(map, key);
	int64_t value = 0;
	const char *text = node ? node->text : f->initial;
	if (!text || (node && !node->plain) || read_number(f, text, &value) < 0)
		return false;
	*ret = value;
	return true;
}

static void refuse(struct check *c, const struct schema_field *f, const struct source *at)
{
	char shown[CHECK_SHOW_SIZE];
	bool is_text = f->type == SCHEMA_TEXT || f->type == SCHEMA_WORD;
	bool is_quoted = at->node->shape == SHAPE_SCALAR && !at->node->plain;
	bool is_secret = f->rule && f->rule->may_hold_secret && at->node->text &&
			 strchr(at->node->text, '@');
	auto_strbuf struct strbuf what = STRBUF_INIT(MAX_MESSAGE);
	add_expectation(&what, f);
	check_complain(c, at->path, at->node->pos, "must be %s, is %s%s", strbuf_text(&what),
		       is_secret ? "a text with @" : check_show(at->node, shown),
		       is_quoted && !is_text ? " (quotes make it text)" : "");
}

static void refuse_range(struct check *c, const struct schema_field *f, const struct source *at)
{
	char shown[CHECK_SHOW_SIZE];
	auto_strbuf struct strbuf range = STRBUF_INIT(MAX_MESSAGE);
	add_range(&range, f);
	check_complain(c, at->path, at->node->pos, "must be %s, is %s", strbuf_text(&range),
		       check_show(at->node, shown));
}

static int read_word(const struct schema_field *f, const char *text, int64_t *ret)
{
	for (int64_t i = 0; f->words[i]; i++) {
		if (strcmp(f->words[i], text) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_bool(const char *text, int64_t *ret)
{
	bool value = false;
	int r = scalar_bool(text, &value);
	*ret = value;
	return r;
}

static bool read_text(struct check *c, const struct schema_field *f, const struct source *at)
{
	size_t length = text_length(at->node->text);
	if (f->max > 0 && length > (size_t)f->max) {
		check_complain(c, at->path, at->node->pos,
			       "must have at most %" PRId64 " characters, has %zu", f->max, length);
		return false;
	}
	if (!f->rule->fits(at->node->text)) {
		refuse(c, f, at);
		return false;
	}
	return true;
}

/* A quoted scalar is text, never a number or a boolean: which of the two was meant can
 * otherwise differ between readers of the same file. */
bool reading_take(struct check *c, const struct schema_field *f, const struct source *at,
		  struct reading *ret)
{
	const struct yaml_node *node = at->node;
	bool is_text = f->type == SCHEMA_TEXT || f->type == SCHEMA_WORD;
	bool may_be_empty = f->type == SCHEMA_TEXT && f->rule->may_be_empty;
	int r = -EINVAL;
	if (node->is_faulty)
		return false;
	if (node->shape != SHAPE_SCALAR || yaml_is_null(node) ||
	    (!node->text[0] && !may_be_empty) || (!is_text && !node->plain)) {
		refuse(c, f, at);
		return false;
	}
	ret->text = node->text;
	if (f->type == SCHEMA_TEXT)
		return read_text(c, f, at);
	if (f->type == SCHEMA_WORD)
		r = read_word(f, node->text, &ret->integer);
	else if (f->type == SCHEMA_BOOL)
		r = read_bool(node->text, &ret->integer);
	else
		r = read_number(f, node->text, &ret->integer);
	if (r == -ERANGE)
		refuse_range(c, f, at);
	else if (r < 0)
		refuse(c, f, at);
	return r == 0;
}

struct value *reading_value(const struct schema_field *f, const struct reading *v)
{
	if (f->type == SCHEMA_INT && !f->sent_as_text)
		return value_int(v->integer);
	if (f->type == SCHEMA_BOOL && !f->sent_as_text)
		return value_bool(v->integer != 0);
	return value_text(v->text);
}
