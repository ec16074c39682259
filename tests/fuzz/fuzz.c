#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "cloud/json.h"
#include "model/observed.h"

void fuzz_broken(const char *promise, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: broken: %s\n", file, line, promise);
	abort();
}

void fuzz_same(const char *a, const char *b, const char *file, int line)
{
	if (a && b && strcmp(a, b) == 0)
		return;
	(void)fprintf(stderr, "--- first\n%s\n--- second\n%s\n", a ? a : "(none)",
		      b ? b : "(none)");
	fuzz_broken("both are the same", file, line);
}

struct fuzz_input fuzz_begin(const uint8_t *data, size_t size)
{
	const char *start = size > 0 ? (const char *)data : "";
	return (struct fuzz_input){start, start + size};
}

static char *copy(const char *start, size_t len)
{
	char *text = malloc(len + 1);
	CHECK(text);
	memcpy(text, start, len);
	text[len] = '\0';
	return text;
}

char *fuzz_line(struct fuzz_input *in)
{
	size_t left = (size_t)(in->end - in->at);
	const char *newline = memchr(in->at, '\n', left);
	char *line = copy(in->at, newline ? (size_t)(newline - in->at) : left);
	in->at = newline ? newline + 1 : in->end;
	return line;
}

char *fuzz_rest(struct fuzz_input *in, size_t *ret_len)
{
	*ret_len = (size_t)(in->end - in->at);
	return copy(in->at, *ret_len);
}

/* Arenas live as long as the process, as the daemon's does. */
static const cJSON *parse(struct json_arena **arena, const char *text, size_t len)
{
	const cJSON *root = NULL;
	if (!*arena)
		*arena = json_arena_new();
	CHECK(*arena);
	return json_parse(*arena, text, len, &root) == 0 ? root : NULL;
}

const cJSON *fuzz_json(const char *text, size_t len)
{
	static struct json_arena *arena;
	return parse(&arena, text, len);
}

const cJSON *fuzz_json_again(const char *text, size_t len)
{
	static struct json_arena *arena;
	return parse(&arena, text, len);
}

bool fuzz_is_printable(const char *text)
{
	for (size_t n; *text; text += n) {
		n = utf8_length(text);
		if (n == 0 || (unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	}
	return true;
}

bool fuzz_is_id(const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return n > 0 && n < OBSERVED_ID_SIZE;
}
