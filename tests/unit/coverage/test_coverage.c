/*
 * docs/api-coverage.md: each request parameter of the three create operations and the key
 * of fleet.yaml that sets it, each response field of the four documentation pages and the
 * field it is decoded into. Both come from the tables that the program runs on; the names
 * and types on the pages are in tests/data/api. Nothing may be missing.
 *
 * UPDATE_DOCS=1 test_coverage writes the document anew.
 */
#include "unit/config/files.h"

#include "cloud/android_group.h"
#include "cloud/android_rows.h"
#include "cloud/page.h"
#include "cloud/purchase_create.h"
#include "cloud/reply.h"
#include "cloud/stream_group.h"
#include "config/schema.h"

#define DOCUMENT TEST_DATA_DIR "/../../docs/api-coverage.md"

/* --- what the program knows ----------------------------------------------------------- */

struct row {
	char api[128];    /* "NodePool.NodeAmount" */
	char here[400];   /* `node_pool.capacity`, or where it comes from in words */
	const char *type; /* as the page would say it; NULL: any */
	bool on_page;
};

struct rows {
	struct row items[200];
	size_t n;
};

static struct row *add_row(struct rows *rows, const char *prefix, const char *name,
			   const char *type)
{
	assert_true(rows->n < ARRAY_SIZE(rows->items));
	struct row *row = &rows->items[rows->n++];
	(void)snprintf(row->api, sizeof(row->api), "%s%s", prefix, name);
	row->type = type;
	return row;
}

static struct row *find_row(struct rows *rows, const char *api)
{
	for (size_t i = 0; i < rows->n; i++)
		if (strcmp(rows->items[i].api, api) == 0)
			return &rows->items[i];
	return NULL;
}

/* The type on the wire of what a row of a schema sends. */
static const char *sent_type(const struct schema_field *f)
{
	switch (f->type) {
	case SCHEMA_INT:
		return f->sent_as_text ? "string" : "integer";
	case SCHEMA_BOOL:
		return f->sent_as_text ? "string" : "boolean";
	case SCHEMA_TEXT:
	case SCHEMA_WORD:
		return "string";
	case SCHEMA_TEXTS:
	case SCHEMA_INTS:
		return "array";
	case SCHEMA_TAGS:
	case SCHEMA_PAIRS:
	case SCHEMA_MAPS:
		return "array<object>";
	case SCHEMA_MAP:
		return "object";
	case SCHEMA_DURATION:
	case SCHEMA_PERCENT:
	case SCHEMA_RATE:
	case SCHEMA_OTHER:
		break;
	}
	fail_msg("%s cannot be a parameter", f->key);
	return NULL;
}

/* A map whose keys are the user's fills two members of each entry. */
static void add_members(struct rows *rows, const char *key, const char *api, const char *path)
{
	(void)snprintf(add_row(rows, api, key, "string")->here, sizeof(rows->items[0].here),
		       "`%s`: a key", path);
	(void)snprintf(add_row(rows, api, ".Value", "string")->here, sizeof(rows->items[0].here),
		       "`%s`: its value", path);
}

static void collect(struct rows *rows, const struct schema *s, const char *prefix,
		    const char *parent)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		char path[128], api[128], below[130];
		(void)snprintf(path, sizeof(path), "%s%s%s", parent, *parent ? "." : "", f->key);
		(void)snprintf(api, sizeof(api), "%s%s", prefix, f->api ? f->api : "");
		if (f->api)
			(void)snprintf(add_row(rows, api, "", sent_type(f))->here,
				       sizeof(rows->items[0].here), "`%s`", path);
		if (f->api && (f->type == SCHEMA_TAGS || f->type == SCHEMA_PAIRS))
			add_members(rows, f->type == SCHEMA_TAGS ? ".Key" : ".Code", api, path);
		(void)snprintf(below, sizeof(below), "%s%s", api, f->api ? "." : "");
		if (f->type == SCHEMA_MAPS)
			(void)strncat(path, "[]", sizeof(path) - strlen(path) - 1);
		if (f->table)
			collect(rows, f->table, below, path);
	}
	for (const struct schema_note *n = s->notes; n && n->key; n++) {
		char api[128];
		(void)snprintf(api, sizeof(api), "%s%s", prefix, n->api);
		if (*n->api && !find_row(rows, api))
			(void)snprintf(add_row(rows, api, "", NULL)->here,
				       sizeof(rows->items[0].here), "no key: %s", n->note);
	}
}

static const char *decoded_type(const struct field *f)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_ADDRESS:
	case FIELD_ID:
	case FIELD_INT_TEXT:
		return "string";
	case FIELD_INT:
		return "integer";
	case FIELD_BOOL:
		return "boolean";
	case FIELD_OBJECT:
		return "object";
	case FIELD_LIST:
		return "array<object>";
	case FIELD_TEXTS:
	case FIELD_IDS:
		return "array";
	case FIELD_JSON:
		break;
	}
	return NULL;
}

static void collect_fields(struct rows *rows, const struct field_table *table, const char *prefix)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct field *f = &table->fields[i];
		struct row *row = add_row(rows, prefix, f->name, decoded_type(f));
		char below[130];
		(void)snprintf(row->here, sizeof(row->here), "`%s.%s`", table->record, f->member);
		(void)snprintf(below, sizeof(below), "%s.", row->api);
		if (f->of)
			collect_fields(rows, f->of, below);
	}
}

/* --- what every reply and every page has ---------------------------------------------- */

#define SAMPLE                                                                                     \
	"{\"RequestId\": \"1A923337\", \"TotalCount\": 7, \"NextToken\": \"AAAA\","                \
	" \"InstanceModel\": [{}]}"

static void add_request_id(struct rows *rows)
{
	auto_json_arena struct json_arena *arena = json_arena_new();
	auto_strbuf struct strbuf message = STRBUF_INIT(4096);
	const struct credential_keys keys = {"id", "secret", ""};
	struct http_response response = {.status = 200,
					 .body = SAMPLE,
					 .body_len = strlen(SAMPLE),
					 .date = "",
					 .request_id = "",
					 .acs_retry_after = "",
					 .retry_after = "",
					 .content_type = ""};
	struct reply reply;
	assert_non_null(arena);
	reply_read(arena, &response, &keys, &message, &reply);
	assert_string_equal(reply.request_id, "1A923337");
	(void)snprintf(add_row(rows, "", "RequestId", "string")->here, sizeof(rows->items[0].here),
		       "`reply.request_id`");
}

static void add_page(struct rows *rows)
{
	static const char *const fields[][3] = {{"TotalCount", "integer", "`page.total`"},
						{"NextToken", "string", "`page.next_token`"},
						{"InstanceModel", "array<object>", "`page.rows`"}};
	auto_json_arena struct json_arena *arena = json_arena_new();
	const cJSON *root = NULL;
	struct page page;
	assert_non_null(arena);
	assert_int_equal(json_parse(arena, SAMPLE, strlen(SAMPLE), &root), 0);
	assert_int_equal(page_decode(OP_DESCRIBE_ANDROID_INSTANCES, root, &page), 0);
	assert_int_equal(page.total, 7);
	assert_string_equal(page.next_token, "AAAA");
	assert_int_equal(page.n, 1);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		(void)snprintf(add_row(rows, "", fields[i][0], fields[i][1])->here,
			       sizeof(rows->items[0].here), "%s", fields[i][2]);
}

/* --- against the pages ---------------------------------------------------------------- */

/* One parameter is text that holds JSON (bssopenapi 1.1). */
static bool is_of_type(const struct row *row, const char *type)
{
	bool is_json_text = strcmp(row->api, "Logistics") == 0 && strcmp(type, "string") == 0;
	bool is_long = strcmp(type, "long") == 0 && row->type && strcmp(row->type, "integer") == 0;
	return !row->type || strcmp(row->type, type) == 0 || is_json_text || is_long;
}

/* Writes the table of one page, and fails when something on it has no place here. */
static void compare(struct strbuf *out, struct rows *rows, const char *list, const char *what,
		    size_t expected)
{
	auto_free char *names = read_whole(list, NULL);
	size_t n = 0;
	strbuf_addf(out, "| %s | type | here |\n|---|---|---|\n", what);
	for (char *save, *line = strtok_r(names, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char api[128], type[32];
		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%127s %31s", api, type), 2);
		struct row *row = find_row(rows, api);
		if (!row)
			fail_msg("%s: nothing for %s", list, api);
		if (!is_of_type(row, type))
			fail_msg("%s: %s is %s, here it is %s", list, api, type, row->type);
		strbuf_addf(out, "| `%s` | `%s` | %s |\n", api, type, row->here);
		row->on_page = true;
		n++;
	}
	assert_int_equal(n, expected);
}

/* What drover has beyond the page: newer parameters, members that the page does not list. */
static void add_beyond(struct strbuf *out, const struct rows *rows)
{
	bool is_first = true;
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->items[i];
		if (row->on_page || row->here[0] != '`')
			continue;
		strbuf_addf(out, "%s`%s` %s", is_first ? "\nBeyond the page: " : ", ", row->api,
			    row->here);
		is_first = false;
	}
	strbuf_add(out, is_first ? "" : ".\n");
}

static void add_request(struct strbuf *out, enum kind kind, const char *operation, const char *list,
			size_t expected)
{
	struct rows rows = {0};
	collect(&rows, schema_kind(kind), "", "");
	strbuf_addf(out, "\n### %s, kind %s\n\n", operation, kind_name(kind));
	compare(out, &rows, list, "parameter", expected);
	add_beyond(out, &rows);
}

static void add_requests(struct strbuf *out)
{
	add_request(out, KIND_CLOUD_PHONE, "CreateAndroidInstanceGroup",
		    TEST_DATA_DIR "/api/create-android-instance-group.params", 39);
	add_request(out, KIND_APP_STREAMING, "CreateAppInstanceGroup",
		    TEST_DATA_DIR "/api/create-app-instance-group.params", 78);
	add_request(out, KIND_PURCHASE, "CreateInstance",
		    TEST_DATA_DIR "/api/create-instance.params", 12);
}

static void add_response(struct strbuf *out, const struct field_table *table, const char *operation,
			 const char *list, size_t expected)
{
	struct rows rows = {0};
	bool is_listing = table == android_instance_table();
	collect_fields(&rows, table, is_listing ? "InstanceModel." : "");
	if (!find_row(&rows, "RequestId"))
		add_request_id(&rows);
	if (is_listing)
		add_page(&rows);
	strbuf_addf(out, "\n### %s\n\n", operation);
	compare(out, &rows, list, "field", expected);
	add_beyond(out, &rows);
}

static void add_responses(struct strbuf *out)
{
	add_response(out, android_create_reply_table(), "CreateAndroidInstanceGroup",
		     TEST_DATA_DIR "/api/create-android-instance-group.fields", 9);
	add_response(out, android_instance_table(), "DescribeAndroidInstances",
		     TEST_DATA_DIR "/api/describe-android-instances.fields", 70);
	add_response(out, stream_create_reply_table(), "CreateAppInstanceGroup",
		     TEST_DATA_DIR "/api/create-app-instance-group.fields", 5);
	add_response(out, purchase_create_reply_table(), "CreateInstance",
		     TEST_DATA_DIR "/api/create-instance.fields", 7);
}

static void write_document(const char *text)
{
	FILE *file = fopen(DOCUMENT, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void everything_on_the_pages_is_covered_and_the_document_says_how(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	strbuf_add(&out,
		   "# What of the API is covered\n\n"
		   "Written by `UPDATE_DOCS=1 build/tests/test_coverage` from the tables that "
		   "drover runs on;\nthe test fails when it is out of date, or when a "
		   "documented name has no place here.\n\n"
		   "## Request parameters and keys of fleet.yaml\n");
	add_requests(&out);
	strbuf_add(&out, "\n## Response fields and what they are decoded into\n");
	add_responses(&out);
	assert_int_equal(strbuf_error(&out), 0);
	if (getenv("UPDATE_DOCS"))
		write_document(strbuf_text(&out));
	auto_free char *document = read_whole(DOCUMENT, NULL);
	if (strcmp(document, strbuf_text(&out)) != 0)
		fail_msg("docs/api-coverage.md is out of date: UPDATE_DOCS=1 writes it anew");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_on_the_pages_is_covered_and_the_document_says_how),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
