#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/args.h"

#define MAX_WORDS 12

/* Splits at blanks; argv points into @line. */
static int split(char *line, char *argv[MAX_WORDS])
{
	int n = 0;
	argv[n++] = (char *)"drover";
	for (char *word = strtok(line, " "); word && n < MAX_WORDS; word = strtok(NULL, " "))
		argv[n++] = word;
	return n;
}

static int parse(const char *line, struct args *args, struct strbuf *error)
{
	static char copy[300];
	char *argv[MAX_WORDS];
	(void)strcpy(copy, line);
	return args_parse(split(copy, argv), argv, args, error);
}

static void every_command_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum command command;
		int n_words;
	} cases[] = {
		{"check", COMMAND_CHECK, 0},
		{"check f.yaml", COMMAND_CHECK, 1},
		{"plan", COMMAND_PLAN, 0},
		{"plan f.yaml --json --detailed-exitcode", COMMAND_PLAN, 1},
		{"status --watch phones", COMMAND_STATUS, 1},
		{"orders --json", COMMAND_ORDERS, 0},
		{"explain phones", COMMAND_EXPLAIN, 1},
		{"whoami --json", COMMAND_WHOAMI, 0},
		{"intents", COMMAND_INTENTS, 0},
		{"intents adopt 7 ag-1", COMMAND_INTENTS, 3},
		{"intents abandon 7", COMMAND_INTENTS, 2},
		{"approve abc", COMMAND_APPROVE, 1},
		{"pause", COMMAND_PAUSE, 0},
		{"pause phones", COMMAND_PAUSE, 1},
		{"resume phones", COMMAND_RESUME, 1},
		{"release phones", COMMAND_RELEASE, 1},
		{"reload --wait", COMMAND_RELOAD, 0},
		{"help plan", COMMAND_HELP, 1},
		{"--help", COMMAND_HELP, 0},
		{"-h", COMMAND_HELP, 0},
		{"--version", COMMAND_VERSION, 0},
		{"explain --help", COMMAND_EXPLAIN, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct args args = {0};
		auto_strbuf struct strbuf error = STRBUF_INIT(1000);
		assert_int_equal(parse(cases[i].line, &args, &error), 0);
		assert_int_equal(args.command, cases[i].command);
		assert_int_equal(args.n_words, cases[i].n_words);
	}
}

static void options_stand_anywhere_and_take_both_forms(void **state)
{
	(void)state;
	struct args args = {0};
	auto_strbuf struct strbuf error = STRBUF_INIT(1000);
	assert_int_equal(parse("--socket=/a/b --json status --state-dir /s phones", &args, &error),
			 0);
	assert_string_equal(args.socket, "/a/b");
	assert_string_equal(args.state_dir, "/s");
	assert_string_equal(args.words[0], "phones");
	assert_true(args.json);
	assert_false(args.watch);
	assert_null(args.config);
}

static void wrong_usage_is_refused_with_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *line, *needle;
	} cases[] = {
		{"", "a command is missing"},
		{"--json", "a command is missing"},
		{"stauts", "did you mean \"status\"?"},
		{"aprove x", "did you mean \"approve\"?"},
		{"frobnicate", "there is no command \"frobnicate\""},
		{"explain", "usage: drover explain GROUP"},
		{"whoami me", "one word too many"},
		{"approve", "usage: drover approve HASH"},
		{"release", "usage: drover release GROUP"},
		{"status a b", "\"b\" is one word too many"},
		{"reload now", "one word too many"},
		{"intents adopt 7", "usage: drover intents"},
		{"intents abandon 7 x", "usage: drover intents"},
		{"intents drop 7", "usage: drover intents"},
		{"pause --json", "does not belong to this command"},
		{"orders --watch", "does not belong to this command"},
		{"status --wach", "there is no option \"--wach\""},
		{"status --json=yes", "--json takes no value"},
		{"status --socket", "--socket needs a value"},
		{"status --socket=", "--socket needs a value"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct args args = {.n_words = -7};
		auto_strbuf struct strbuf error = STRBUF_INIT(1000);
		assert_int_equal(parse(cases[i].line, &args, &error), -EINVAL);
		assert_non_null(strstr(strbuf_text(&error), cases[i].needle));
		assert_int_equal(args.n_words, -7); /* untouched */
	}
}

static void the_hint_survives_absurd_words(void **state)
{
	(void)state;
	char word[200];
	char *argv[] = {(char *)"drover", word};
	struct args args;
	auto_strbuf struct strbuf error = STRBUF_INIT(1000);
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_int_equal(args_parse(2, argv, &args, &error), -EINVAL);
	assert_null(strstr(strbuf_text(&error), "did you mean"));
}

static void every_command_has_a_usage(void **state)
{
	(void)state;
	auto_strbuf struct strbuf all = STRBUF_INIT(10000);
	args_usage(COMMAND_HELP, &all);
	for (int i = 0; i < COMMAND_MAX_; i++) {
		auto_strbuf struct strbuf one = STRBUF_INIT(10000);
		args_usage((enum command)i, &one);
		assert_int_equal(strncmp(strbuf_text(&one), "usage: drover ", 14), 0);
	}
	assert_non_null(strstr(strbuf_text(&all), "explain"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_read),
		cmocka_unit_test(options_stand_anywhere_and_take_both_forms),
		cmocka_unit_test(wrong_usage_is_refused_with_a_sentence),
		cmocka_unit_test(the_hint_survives_absurd_words),
		cmocka_unit_test(every_command_has_a_usage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
