/*
 * What is logged, with texts of the cloud in it. An input is the values of fields, a line each.
 * Every form is one line that is fit for a terminal, and JSON is JSON that gives the values back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "fuzz/fuzz.h"
#include "report/record.h"

#define FIELDS 4
#define TEXT_BYTES (1u << 20)

static const char *const names[FIELDS] = {"REQUEST_ID", "code", "A-B", "TEXT"};

static void check_text(const struct record *record)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(TEXT_BYTES), line = STRBUF_INIT(TEXT_BYTES);
	record_text(record, &text);
	record_line(record, &line);
	CHECK(strbuf_error(&text) == 0 && strbuf_error(&line) == 0);
	CHECK(fuzz_is_printable(strbuf_text(&text)));
	const char *end = strchr(strbuf_text(&line), '\n');
	CHECK(end && end[1] == '\0');
	CHECK(strstr(strbuf_text(&line), strbuf_text(&text)));
}

static void check_json(const struct record *record, char *const *values)
{
	auto_strbuf struct strbuf json = STRBUF_INIT(TEXT_BYTES);
	record_json(record, &json);
	CHECK(strbuf_error(&json) == 0 && json.len > 0);
	size_t len = json.len - 1;
	auto_free char *text = strndup(strbuf_text(&json), len);
	CHECK(text && !strchr(text, '\n') && strbuf_text(&json)[len] == '\n');
	const cJSON *root = fuzz_json(text, len);
	CHECK(root);
	for (const cJSON *item = root->child; item; item = item->next)
		if (strcmp(item->string, "request_id") == 0 && fuzz_is_printable(values[0]))
			CHECK_TEXT(cJSON_GetStringValue(item), values[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	struct log_field fields[FIELDS + 2] = {{.type = LOG_FIELD_END}};
	char *values[FIELDS];
	if (size > LIMIT_LOG_RECORD_BYTES)
		return -1; /* would be cut */
	for (size_t i = 0; i < FIELDS; i++) {
		values[i] = fuzz_line(&in);
		fields[i] = (struct log_field)LOG_STR(names[i], values[i]);
	}
	fields[FIELDS] = (struct log_field)LOG_INT("SIZE", (int64_t)size);
	fields[FIELDS + 1] = (struct log_field)LOG_NONE;
	struct record *record = record_new((enum event)(size % EV_MAX_), __FILE__, __LINE__,
					   __func__, fields, NULL);
	CHECK(record);
	check_text(record);
	check_json(record, values);
	(void)record_free(record);
	for (size_t i = 0; i < FIELDS; i++)
		free(values[i]);
	return 0;
}
