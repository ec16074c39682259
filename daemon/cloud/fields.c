#include "cloud/fields.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/json.h"
#include "model/observed.h"

#define FIELDS_MAX 64 /* of one table: a bit each */

static void *at(void *record, const struct field *f)
{
	return (char *)record + f->offset;
}

static const void *at_const(const void *record, const struct field *f)
{
	return (const char *)record + f->offset;
}

/* --- single values --- */

static int64_t int_of(const cJSON *item)
{
	const char *text = json_item_text(item);
	const char *digits = text + (*text == '-');
	if (!*digits || digits[strspn(digits, "0123456789")] != '\0')
		return FIELD_ABSENT;
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	return errno ? FIELD_ABSENT : value;
}

static int64_t bool_of(const cJSON *item)
{
	const char *text = json_item_text(item);
	if (cJSON_IsTrue(item) || strcmp(text, "true") == 0)
		return 1;
	return cJSON_IsFalse(item) || strcmp(text, "false") == 0 ? 0 : FIELD_ABSENT;
}

static const char *address_of(const cJSON *item)
{
	const char *text = json_item_text(item);
	return strcmp(text, "null") == 0 ? "" : text;
}

/* --- lists --- */

static bool is_nothing(const cJSON *item)
{
	return !item || cJSON_IsNull(item) || (cJSON_IsString(item) && !*item->valuestring);
}

/* How many, or -EBADMSG when it is no list; 0 for nothing. */
static int count_items(const cJSON *item)
{
	if (is_nothing(item))
		return 0;
	return cJSON_IsArray(item) ? cJSON_GetArraySize(item) : -EBADMSG;
}

static int decode_list(const struct field_table *table, const cJSON *item, struct field_list *list)
{
	int n = count_items(item);
	if (n <= 0)
		return n;
	char *items = calloc((size_t)n, table->size);
	if (!items)
		return -ENOMEM;
	*list = (struct field_list){.items = items};
	const cJSON *element;
	cJSON_ArrayForEach(element, item)
	{
		if (cJSON_IsNull(element))
			continue;
		int r = fields_decode(table, element, items + list->n * table->size);
		if (r < 0)
			return r; /* what was decoded goes with the record */
		list->n++;
	}
	return 0;
}

static int decode_texts(const cJSON *item, bool ids, struct field_texts *list)
{
	int n = count_items(item);
	if (n <= 0)
		return n;
	const char **items = calloc((size_t)n, sizeof(*items));
	if (!items)
		return -ENOMEM;
	*list = (struct field_texts){.items = items};
	const cJSON *element;
	cJSON_ArrayForEach(element, item)
	{
		if (ids && !observed_is_id(json_item_text(element)))
			return -EBADMSG;
		if (!is_nothing(element))
			items[list->n++] = json_item_text(element);
	}
	return 0;
}

/* --- records --- */

static void set_text(void *place, const char *text)
{
	*(const char **)place = text;
}

/* Everything absent. */
static void reset(const struct field_table *table, void *record)
{
	memset(record, 0, table->size);
	for (size_t i = 0; i < table->n; i++) {
		const struct field *f = &table->fields[i];
		if (f->type == FIELD_OBJECT)
			reset(f->of, at(record, f));
		else if (f->type >= FIELD_INT && f->type <= FIELD_BOOL)
			*(int64_t *)at(record, f) = FIELD_ABSENT;
		else if (f->type <= FIELD_ID)
			set_text(at(record, f), "");
	}
}

static int fill(const struct field_table *table, const cJSON *object, void *record);

static int decode_field(const struct field *f, const cJSON *item, void *place)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_ID:
		set_text(place, json_item_text(item));
		return 0;
	case FIELD_ADDRESS:
		set_text(place, address_of(item));
		return 0;
	case FIELD_INT:
	case FIELD_INT_TEXT:
		*(int64_t *)place = int_of(item);
		return 0;
	case FIELD_BOOL:
		*(int64_t *)place = bool_of(item);
		return 0;
	case FIELD_OBJECT:
		return cJSON_IsObject(item) ? fill(f->of, item, place) : 0;
	case FIELD_LIST:
		return decode_list(f->of, item, place);
	case FIELD_TEXTS:
	case FIELD_IDS:
		return decode_texts(item, f->type == FIELD_IDS, place);
	case FIELD_JSON:
		*(const cJSON **)place = cJSON_IsNull(item) ? NULL : item;
		return 0;
	}
	return -EINVAL;
}

/* One bit for how a name begins. */
static uint64_t letter_of(const char *name)
{
	unsigned first = (unsigned char)name[0];
	return UINT64_C(1) << ((first ? 3 * first + (unsigned char)name[1] : 0) & 63);
}

static uint64_t letters_of(const struct field_table *table)
{
	uint64_t letters = 0;
	for (size_t i = 0; i < table->n; i++)
		letters |= letter_of(table->fields[i].name);
	return letters;
}

/* Replies list their members in the order of the tables, more or less: the search starts
 * where the last one ended. */
static const struct field *find(const struct field_table *table, const char *name, size_t *hint)
{
	size_t k = *hint;
	for (size_t i = 0; i < table->n; i++, k++) {
		if (k >= table->n)
			k = 0;
		const struct field *f = &table->fields[k];
		if (f->name[0] != name[0] || strcmp(f->name, name) != 0)
			continue;
		*hint = k + 1;
		return f;
	}
	return NULL;
}

static void release(const struct field *f, void *place)
{
	struct field_list *list = place;
	if (f->type == FIELD_OBJECT) {
		fields_fini(f->of, place);
	} else if (f->type == FIELD_LIST) {
		fields_fini_list(f->of, list);
	} else if (f->type == FIELD_TEXTS || f->type == FIELD_IDS) {
		free(list->items);
		*list = (struct field_list){0};
	}
}

static int check_ids(const struct field_table *table, const void *record)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->fields[i].type == FIELD_ID &&
		    !observed_is_id(*(const char *const *)at_const(record, &table->fields[i])))
			return -EBADMSG;
	return 0;
}

static int fill(const struct field_table *table, const cJSON *object, void *record)
{
	size_t hint = 0, left = table->n;
	uint64_t letters = letters_of(table), seen = 0;
	if (table->n > FIELDS_MAX)
		return -EINVAL;
	for (const cJSON *item = object->child; item && left > 0; item = item->next) {
		/* Most members are named by no field of a short table: seen at once. */
		if (!item->string || !(letters & letter_of(item->string)))
			continue;
		const struct field *f = find(table, item->string, &hint);
		uint64_t bit = f ? UINT64_C(1) << (f - table->fields) : 0;
		if (!f || (seen & bit))
			continue;
		seen |= bit;
		left--;
		int r = decode_field(f, item, at(record, f));
		if (r < 0)
			return r;
	}
	return check_ids(table, record);
}

int fields_decode(const struct field_table *table, const cJSON *object, void *ret)
{
	reset(table, ret);
	int r = cJSON_IsObject(object) ? fill(table, object, ret) : -EBADMSG;
	if (r < 0) {
		fields_fini(table, ret);
		reset(table, ret);
	}
	return r;
}

void fields_fini(const struct field_table *table, void *record)
{
	for (size_t i = 0; i < table->n; i++)
		release(&table->fields[i], at(record, &table->fields[i]));
}

int fields_decode_list(const struct field_table *table, const cJSON *item, struct field_list *ret)
{
	int r = decode_list(table, item, ret);
	if (r < 0)
		fields_fini_list(table, ret);
	return r;
}

void fields_fini_list(const struct field_table *table, struct field_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		fields_fini(table, (char *)list->items + i * table->size);
	free(list->items);
	*list = (struct field_list){0};
}

/* --- printing --- */

static void write_int(const struct field *f, int64_t value, struct jsonw *out)
{
	char text[24];
	if (value == FIELD_ABSENT) {
		jsonw_null(out);
	} else if (f->type == FIELD_INT_TEXT) {
		(void)snprintf(text, sizeof(text), "%" PRId64, value);
		jsonw_text(out, text);
	} else if (f->type == FIELD_BOOL) {
		jsonw_bool(out, value != 0);
	} else {
		jsonw_int(out, value);
	}
}

static void write_list(const struct field *f, const struct field_list *list, struct jsonw *out)
{
	jsonw_begin_array(out);
	for (size_t i = 0; i < list->n; i++) {
		if (f->type == FIELD_LIST)
			fields_write(f->of, (const char *)list->items + i * f->of->size, out);
		else
			jsonw_text(out, ((const char *const *)list->items)[i]);
	}
	jsonw_end_array(out);
}

static void write_field(const struct field *f, const void *place, struct jsonw *out)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_ADDRESS:
	case FIELD_ID: {
		const char *text = *(const char *const *)place;
		jsonw_text(out, text ? text : "");
		break;
	}
	case FIELD_INT:
	case FIELD_INT_TEXT:
	case FIELD_BOOL:
		write_int(f, *(const int64_t *)place, out);
		break;
	case FIELD_OBJECT:
		fields_write(f->of, place, out);
		break;
	case FIELD_LIST:
	case FIELD_TEXTS:
	case FIELD_IDS:
		write_list(f, place, out);
		break;
	case FIELD_JSON:
		jsonw_null(out);
		break;
	}
}

void fields_write(const struct field_table *table, const void *record, struct jsonw *out)
{
	jsonw_begin_object(out);
	for (size_t i = 0; i < table->n; i++) {
		jsonw_key(out, table->fields[i].name);
		write_field(&table->fields[i], at_const(record, &table->fields[i]), out);
	}
	jsonw_end_object(out);
}
