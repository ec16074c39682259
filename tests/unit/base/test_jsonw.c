#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <cjson/cJSON.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"

static void commas_stand_between_values_only(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(1000);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key(&w, "empty");
	jsonw_begin_array(&w);
	jsonw_end_array(&w);
	jsonw_key(&w, "list");
	jsonw_begin_array(&w);
	jsonw_int(&w, -1);
	jsonw_begin_object(&w);
	jsonw_end_object(&w);
	jsonw_uint(&w, UINT64_MAX);
	jsonw_end_array(&w);
	jsonw_key_bool(&w, "yes", true);
	jsonw_key_text(&w, "none", NULL);
	jsonw_key_int(&w, "low", INT64_MIN);
	jsonw_end_object(&w);
	assert_int_equal(strbuf_error(&out), 0);
	assert_string_equal(strbuf_text(&out),
			    "{\"empty\":[],\"list\":[-1,{},18446744073709551615],"
			    "\"yes\":true,\"none\":null,\"low\":-9223372036854775808}");
}

static void texts_are_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"", "\"\""},
		{"plain", "\"plain\""},
		{"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
		{"\x1b[31m\x01\x7f", "\"\\u001b[31m\\u0001\\u007f\""},
		{"\xc3\xa4 \xe4\xb8\x8a\xe6\xb5\xb7 \xf0\x9f\x98\x80",
		 "\"\xc3\xa4 \xe4\xb8\x8a\xe6\xb5\xb7 \xf0\x9f\x98\x80\""},
		{"\xff", "\"\\ufffd\""},
		{"\xc3", "\"\\ufffd\""},
		{"\xc0\x80", "\"\\ufffd\\ufffd\""},
		{"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
		{"\xe0\x80\x80x", "\"\\ufffd\\ufffd\\ufffdx\""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(1000);
		struct jsonw w = JSONW_INIT(&out);
		jsonw_text(&w, cases[i].text);
		assert_string_equal(strbuf_text(&out), cases[i].json);
	}
}

static void every_byte_gives_valid_json_that_reads_back(void **state)
{
	(void)state;
	for (int c = 1; c < 128; c++) {
		char text[] = {'<', (char)c, '>', 0};
		auto_strbuf struct strbuf out = STRBUF_INIT(1000);
		struct jsonw w = JSONW_INIT(&out);
		jsonw_text(&w, text);
		cJSON *json = cJSON_Parse(strbuf_text(&out));
		assert_non_null(json);
		assert_string_equal(json->valuestring, text);
		cJSON_Delete(json);
	}
}

static void the_cap_makes_the_buffer_fail(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(5);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_text(&w, "longer than five");
	assert_int_not_equal(strbuf_error(&out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_values_only),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(every_byte_gives_valid_json_that_reads_back),
		cmocka_unit_test(the_cap_makes_the_buffer_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
