#pragma once
/* Replies for tests: from a file of tests/data/replies or from text, parsed into one
 * arena that a test program keeps until its end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/json.h"

static inline int replies_setup(void **state)
{
	*state = json_arena_new();
	return *state ? 0 : -1;
}

static inline int replies_teardown(void **state)
{
	(void)json_arena_free(*state);
	return 0;
}

/* The tree of one reply lives until the next one of the same test. */
static inline const cJSON *reply_text(void **state, const char *text)
{
	const cJSON *root = NULL;
	if (json_parse(*state, text, strlen(text), &root) != 0)
		fail_msg("not JSON: %s", text);
	return root;
}

static inline const cJSON *reply_file(void **state, const char *name)
{
	char path[512], text[16384];
	(void)snprintf(path, sizeof(path), "%s/replies/%s", TEST_DATA_DIR, name);
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("%s", path);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return reply_text(state, text);
}

#define REPLY_CASE(f) cmocka_unit_test_setup_teardown(f, replies_setup, replies_teardown)
