#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/observed.h"

static void equal_text_is_one_pointer(void **state)
{
	struct observed o;
	char text[] = "acp.basic.small";
	(void)state;
	observed_init(&o);
	const char *first = observed_intern(&o, "acp.basic.small");
	assert_ptr_not_equal(first, text);
	assert_ptr_equal(observed_intern(&o, text), first);
	text[0] = 'b';
	assert_string_equal(first, "acp.basic.small");
	assert_ptr_not_equal(observed_intern(&o, text), first);
	assert_string_equal(observed_intern(&o, NULL), "");
	assert_ptr_equal(observed_intern(&o, ""), observed_intern(&o, NULL));
	observed_fini(&o);
}

static void interned_text_stays_where_it_is(void **state)
{
	enum { MANY = 3000 };
	static const char *kept[MANY];
	struct observed o;
	(void)state;
	observed_init(&o);
	for (int i = 0; i < MANY; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "t%d", i);
		kept[i] = observed_intern(&o, text);
	}
	for (int i = 0; i < MANY; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "t%d", i);
		assert_string_equal(kept[i], text);
		assert_ptr_equal(observed_intern(&o, text), kept[i]);
	}
	observed_fini(&o);
	assert_null(o.strings);
}

static void groups_and_instances_are_found_in_sorted_rows(void **state)
{
	struct observed o;
	(void)state;
	observed_init(&o);
	assert_null(observed_find_group(&o, "ag-1"));
	o.groups = calloc(3, sizeof(*o.groups));
	assert_non_null(o.groups);
	static const char *const ids[] = {"ag-1", "ag-10", "ag-2"};
	for (; o.n_groups < 3; o.n_groups++)
		strcpy(o.groups[o.n_groups].id, ids[o.n_groups]);
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(observed_find_group(&o, ids[i]), &o.groups[i]);
	assert_null(observed_find_group(&o, "ag-"));
	assert_null(observed_find_group(&o, "ag-3"));
	observed_fini(&o);
}

static void known_words_go_there_and_back(void **state)
{
	(void)state;
	for (int s = 0; s <= INSTANCE_UNKNOWN; s++)
		assert_int_equal(
			instance_status_from_text(instance_status_name((enum instance_status)s)),
			s);
	for (int s = 0; s <= GROUP_UNKNOWN; s++)
		assert_int_equal(group_status_from_text(group_status_name((enum group_status)s)),
				 s);
}

static void other_words_are_unknown_and_committed(void **state)
{
	static const char *const words[] = {"",    "running",  "RUNNING ",
					    "RUN", "RUNNINGX", "IN_MAINTENANCE"};
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(instance_status_from_text(words[i]), INSTANCE_UNKNOWN);
		assert_int_equal(group_status_from_text(words[i]), GROUP_UNKNOWN);
	}
	assert_int_equal(instance_status_from_text(NULL), INSTANCE_UNKNOWN);
	assert_true(instance_is_committed(INSTANCE_UNKNOWN));
}

static void all_but_the_leaving_are_committed(void **state)
{
	(void)state;
	for (int s = 0; s <= INSTANCE_UNKNOWN; s++)
		assert_int_equal(instance_is_committed((enum instance_status)s),
				 s != INSTANCE_DELETING && s != INSTANCE_DELETED);
}

static void what_changes_by_itself_is_transient(void **state)
{
	(void)state;
	assert_true(instance_is_transient(INSTANCE_CREATING));
	assert_true(instance_is_transient(INSTANCE_DELETING));
	assert_true(instance_is_transient(INSTANCE_RECOVERING));
	assert_false(instance_is_transient(INSTANCE_RUNNING));
	assert_false(instance_is_transient(INSTANCE_STOPPED));
	assert_false(instance_is_transient(INSTANCE_FAILED));
	assert_false(instance_is_transient(INSTANCE_UNAVAILABLE));
	assert_false(instance_is_transient(INSTANCE_UNKNOWN));
}

#define PAIR(k, v) k "\x1f" v "\x1e"

static void tags_are_found_by_their_whole_key(void **state)
{
	static const char tags[] = PAIR("drover:fleet", "qa") PAIR("drover:fleet2", "no")
		PAIR("empty", "") PAIR("team", "drover:fleet");
	const char *value = NULL;
	(void)state;
	assert_int_equal(tags_get(tags, MARK_FLEET, &value), 2);
	assert_memory_equal(value, "qa", 2);
	assert_int_equal(tags_get(tags, "empty", &value), 0);
	assert_int_equal(tags_get(tags, "drover", &value), -1);
	assert_int_equal(tags_get(tags, "qa", &value), -1);
	assert_true(tags_has(tags, MARK_FLEET, "qa"));
	assert_false(tags_has(tags, MARK_FLEET, "q"));
	assert_false(tags_has(tags, MARK_FLEET, "qa2"));
	assert_true(tags_has(tags, "empty", ""));
	assert_false(tags_has(tags, "absent", ""));
}

static void broken_or_missing_tags_have_nothing(void **state)
{
	const char *value = NULL;
	(void)state;
	assert_int_equal(tags_get(NULL, "a", &value), -1);
	assert_int_equal(tags_get("", "a", &value), -1);
	assert_int_equal(tags_get("a\x1f"
				  "1",
				  "a", &value),
			 -1);
	assert_int_equal(tags_get("a\x1e", "a", &value), -1);
	assert_null(value);
}

static void an_id_is_short_and_visible(void **state)
{
	static const struct {
		const char *text;
		bool is_id;
	} rows[] = {
		{"acp-25nt4kk9whjh****", true},
		{"a", true},
		{"0123456789012345678901234567890123456~!", true},
		{"0123456789012345678901234567890123456789", false},
		{"", false},
		{"acp 1", false},
		{"acp-1\nacp-2", false},
		{"acp-1\x7f", false},
		{"acp-\xc3\xa9", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(observed_is_id(rows[i].text), rows[i].is_id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_text_is_one_pointer),
		cmocka_unit_test(interned_text_stays_where_it_is),
		cmocka_unit_test(groups_and_instances_are_found_in_sorted_rows),
		cmocka_unit_test(known_words_go_there_and_back),
		cmocka_unit_test(other_words_are_unknown_and_committed),
		cmocka_unit_test(all_but_the_leaving_are_committed),
		cmocka_unit_test(what_changes_by_itself_is_transient),
		cmocka_unit_test(tags_are_found_by_their_whole_key),
		cmocka_unit_test(broken_or_missing_tags_have_nothing),
		cmocka_unit_test(an_id_is_short_and_visible),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
