/* The manual pages and the tables of the program name the same things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/args.h"
#include "config/schema.h"
#include "model/plan_result.h"

#define MANUAL_DIR TEST_DATA_DIR "/../../docs/man/"

static char *read_page(const char *name)
{
	struct strbuf path = STRBUF_INIT(4096), text = STRBUF_INIT(1u << 20);
	strbuf_addf(&path, MANUAL_DIR "%s", name);
	FILE *file = fopen(strbuf_text(&path), "r");
	assert_non_null(file);
	for (int c; (c = fgetc(file)) != EOF;)
		strbuf_add_char(&text, (char)c);
	(void)fclose(file);
	strbuf_fini(&path);
	char *page = strbuf_take(&text);
	assert_non_null(page);
	return page;
}

/* scdoc wants underscores escaped. */
static void add_escaped(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("_*#<>\\", *text))
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *text);
	}
}

static void expect_key(void *data, const char *path, const struct schema_field *field)
{
	auto_strbuf struct strbuf head = STRBUF_INIT(1000), value = STRBUF_INIT(1000);
	strbuf_add(&head, "\n*");
	add_escaped(&head, path);
	strbuf_add(&head, field->required ? "* (required)\n" : "*\n");
	const char *entry = strstr(data, strbuf_text(&head));
	if (!entry)
		fail_msg("not in the manual, or not as required: %s", path);
	if (!field->initial)
		return;
	strbuf_add(&value, "Default: ");
	add_escaped(&value, field->initial);
	strbuf_add(&value, ".");
	const char *found = strstr(entry, strbuf_text(&value));
	const char *next = strstr(entry + strlen(strbuf_text(&head)), "\n*");
	if (!found || (next && found > next))
		fail_msg("the manual does not give the default of %s", path);
}

/* Kinds have keys of the same name and with other defaults. */
static char *section_of(const char *page, enum kind kind)
{
	char head[100];
	(void)snprintf(head, sizeof(head), "\n# KEYS OF A GROUP OF KIND %s\n", kind_name(kind));
	const char *start = strcasestr(page, head);
	if (!start)
		fail_msg("no section for %s", kind_name(kind));
	const char *end = strstr(start + strlen(head), "\n# ");
	assert_non_null(end);
	char *section = strndup(start, (size_t)(end - start));
	assert_non_null(section);
	return section;
}

static void every_key_of_the_fleet_file_is_described(void **state)
{
	(void)state;
	auto_free char *page = read_page("fleet.yaml.5.scd");
	schema_walk(&schema_fleet, expect_key, page);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		auto_free char *section = section_of(page, (enum kind)kind);
		schema_walk(schema_kind((enum kind)kind), expect_key, section);
	}
}

static void every_setting_is_described(void **state)
{
	(void)state;
	auto_free char *page = read_page("drover.yaml.5.scd");
	schema_walk(&schema_settings, expect_key, page);
}

static void every_command_is_described(void **state)
{
	(void)state;
	auto_free char *page = read_page("drover.1.scd");
	for (int i = 0; i < COMMAND_MAX_; i++) {
		auto_strbuf struct strbuf usage = STRBUF_INIT(1000), head = STRBUF_INIT(1000);
		if (i == COMMAND_HELP)
			continue; /* its usage is the overview */
		args_usage((enum command)i, &usage);
		const char *name = strbuf_text(&usage) + strlen("usage: drover ");
		strbuf_add_char(&head, '*');
		strbuf_add_n(&head, name, strcspn(name, " \n"));
		strbuf_add_char(&head, '*');
		if (!strstr(page, strbuf_text(&head)))
			fail_msg("not in the manual: %s", strbuf_text(&head));
	}
}

static void every_hold_is_described(void **state)
{
	(void)state;
	auto_free char *page = read_page("drover.1.scd");
	const char *holds = strstr(page, "\n# HOLDS\n");
	assert_non_null(holds);
	for (int hold = HOLD_NONE + 1; hold < HOLD_MAX_; hold++) {
		auto_strbuf struct strbuf head = STRBUF_INIT(100);
		strbuf_addf(&head, "\n*%s*\n\t", hold_name((enum hold)hold));
		if (!strstr(holds, strbuf_text(&head)))
			fail_msg("not in the manual: %s", hold_name((enum hold)hold));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_of_the_fleet_file_is_described),
		cmocka_unit_test(every_setting_is_described),
		cmocka_unit_test(every_command_is_described),
		cmocka_unit_test(every_hold_is_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
