#include "cloud/json.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* A page of 100 instances (180 KB) takes 770 KB: room for it in one block. */
#define BLOCK_BYTES ((size_t)1024 * 1024)
/* LIMIT_BODY_BYTES of the densest sensible text; "[0,0,...]" would take 170 MB. */
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define ALIGNMENT 16u
/* Every whole number of up to 15 digits is exact in a double. */
#define EXACT_DIGITS 15u
#define BIG_NUMBER 1e15

struct block {
	struct block *next;
	size_t size;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct json_arena {
	unsigned char *at, *end; /* what is free of the block in use */
	struct block *blocks;    /* the one in use first */
	size_t total;
	int error; /* why an allocation failed: -ENOMEM, -E2BIG */
};

/* What is free of the block in use while this thread parses, then at hand for each of the
 * 20,000 allocations of a page; no arena, and no room, while it does not. The model spares them
 * a call: nobody loads this code at run time. */
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
	unsigned char *at, *end;
	struct json_arena *arena;
} parsing;

static void use_block(struct json_arena *arena, struct block *block)
{
	arena->blocks = block;
	arena->at = block->bytes;
	arena->end = block->bytes + block->size;
}

static size_t rounded(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* One with room for @size bytes. */
static int add_block(struct json_arena *arena, size_t size)
{
	size_t room = size > BLOCK_BYTES ? rounded(size) : BLOCK_BYTES;
	if (size > ARENA_BYTES || room > ARENA_BYTES - arena->total)
		return arena->error = -E2BIG;
	struct block *block = malloc(sizeof(*block) + room);
	if (!block)
		return arena->error = -ENOMEM;
	*block = (struct block){.next = arena->blocks, .size = room};
	arena->total += room;
	use_block(arena, block);
	return 0;
}

static void begin_parsing(struct json_arena *arena)
{
	parsing.at = arena->at;
	parsing.end = arena->end;
	parsing.arena = arena;
}

static void end_parsing(void)
{
	parsing.arena->at = parsing.at;
	parsing.at = parsing.end = NULL;
	parsing.arena = NULL;
}

static void *arena_alloc(struct json_arena *arena, size_t size)
{
	if (size > (size_t)(arena->end - arena->at) && add_block(arena, size) < 0)
		return NULL;
	void *p = arena->at;
	arena->at += rounded(size); /* the ends of blocks are aligned, too */
	return p;
}

/* Out of line: the quick way then saves no registers for it. */
static __attribute__((noinline)) void *malloc_slowly(size_t size)
{
	struct json_arena *arena = parsing.arena;
	if (!arena)
		return malloc(size);
	if (add_block(arena, size) < 0)
		return NULL;
	void *p = arena_alloc(arena, size);
	begin_parsing(arena);
	return p;
}

static void *hook_malloc(size_t size)
{
	unsigned char *p = parsing.at;
	if (size >= (size_t)(parsing.end - p))
		return malloc_slowly(size);
	parsing.at = p + rounded(size);
	return p;
}

/* While parsing, cJSON frees only what it took from the arena (a half-built tree). */
static void hook_free(void *p)
{
	if (!parsing.arena)
		free(p);
}

static void install_hooks(void)
{
	cJSON_Hooks hooks = {.malloc_fn = hook_malloc, .free_fn = hook_free};
	cJSON_InitHooks(&hooks);
}

struct json_arena *json_arena_new(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, install_hooks);
	return calloc(1, sizeof(struct json_arena));
}

static void release(struct block *block)
{
	if (block)
		explicit_bzero(block->bytes, block->size);
	free(block);
}

/* Keeps one block of the usual size: a steady daemon then never allocates here. */
void json_arena_reset(struct json_arena *arena)
{
	struct block *kept = NULL;
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		if (!kept && block->size == BLOCK_BYTES)
			kept = block;
		else
			release(block);
	}
	*arena = (struct json_arena){0};
	if (kept) {
		kept->next = NULL;
		arena->total = kept->size;
		use_block(arena, kept);
	}
}

void json_arena_wipe(struct json_arena *arena)
{
	json_arena_reset(arena);
	if (arena->blocks)
		explicit_bzero(arena->blocks->bytes, arena->blocks->size);
}

struct json_arena *json_arena_free(struct json_arena *arena)
{
	if (!arena)
		return NULL;
	json_arena_reset(arena);
	release(arena->blocks);
	free(arena);
	return NULL;
}

/* What a first look at the tree found. */
struct survey {
	struct json_arena *arena;
	bool inexact; /* a number that only its text tells exactly */
	bool too_deep;
};

static void write_digits(struct survey *s, cJSON *number)
{
	int64_t whole = (int64_t)number->valuedouble;
	if ((double)whole < number->valuedouble || (double)whole > number->valuedouble) {
		s->inexact = true;
		return;
	}
	/* By hand: printf would be a twentieth of a page's whole cost. */
	char digits[EXACT_DIGITS + 2];
	char *end = digits + sizeof(digits), *p = end;
	uint64_t left = (uint64_t)(whole < 0 ? -whole : whole);
	*--p = '\0';
	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (whole < 0)
		*--p = '-';
	char *text = arena_alloc(s->arena, (size_t)(end - p));
	number->valuestring = text ? memcpy(text, p, (size_t)(end - p)) : NULL;
}

/* Gives each whole number its digits as valuestring, which cJSON leaves NULL. @depth is
 * that of the container whose first element is @first; cJSON itself stops at 1000. */
static void survey(struct survey *s, cJSON *first, unsigned depth)
{
	if (depth > LIMIT_JSON_DEPTH) {
		s->too_deep = true;
		return;
	}
	for (cJSON *item = first; item; item = item->next) {
		if (item->child) {
			survey(s, item->child, depth + 1);
		} else if ((item->type & 0xff) == cJSON_Number) { /* not a call for each leaf */
			if (item->valuedouble >= BIG_NUMBER || item->valuedouble <= -BIG_NUMBER)
				s->inexact = true;
			else
				write_digits(s, item);
		}
	}
}

static cJSON *parse_into(struct json_arena *arena, const char *text, size_t len)
{
	const char *end;
	begin_parsing(arena);
	cJSON *root = cJSON_ParseWithLengthOpts(text, len + 1, &end, 1);
	end_parsing();
	return root;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the bare number at @p, and whether a double may not hold it: a whole number of
 * many digits, or a fraction (prices, bssopenapi 3.13). One with an exponent is left as it is:
 * the API writes none. Text is NUL-terminated. */
static size_t number_length(const char *p, bool *ret_quote)
{
	size_t n = *p == '-' ? 1 : 0, digits = 0;
	for (; is_digit(p[n]); n++)
		digits++;
	bool fraction = p[n] == '.' && is_digit(p[n + 1 + strspn(p + n + 1, "0")]);
	bool whole = p[n] != '.';
	n += p[n] == '.';
	while (is_digit(p[n]))
		n++;
	bool exponent = p[n] == 'e' || p[n] == 'E';
	while (is_digit(p[n]) || (p[n] && strchr(".eE+-", p[n])))
		n++;
	*ret_quote = !exponent && (fraction || (whole && digits > EXACT_DIGITS));
	return n;
}

/* Copies the string literal at @p, with \u0000 replaced; returns its end. */
static const char *copy_string(const char *p, char **out)
{
	char *o = *out;
	*o++ = *p++;
	while (*p && *p != '"') {
		if (p[0] != '\\' || !p[1]) {
			*o++ = *p++;
		} else if (strncmp(p, "\\u0000", 6) == 0) {
			memcpy(o, "\\ufffd", 6);
			o += 6;
			p += 6;
		} else {
			*o++ = *p++;
			*o++ = *p++;
		}
	}
	if (*p)
		*o++ = *p++;
	*out = o;
	return p;
}

/* @out takes 2 * len + 1 bytes: a number grows by two quotes, and "0.1" is no shorter than them. */
static size_t rewrite(const char *p, char *out)
{
	char *o = out;
	while (*p) {
		if (*p == '"') {
			p = copy_string(p, &o);
		} else if (is_digit(*p) || (*p == '-' && is_digit(p[1]))) {
			bool quote;
			size_t n = number_length(p, &quote);
			if (quote)
				*o++ = '"';
			memcpy(o, p, n);
			o += n;
			p += n;
			if (quote)
				*o++ = '"';
		} else {
			*o++ = *p++;
		}
	}
	*o = '\0';
	return (size_t)(o - out);
}

static cJSON *parse_rewritten(struct json_arena *arena, const char *text, size_t len)
{
	char *copy = malloc(2 * len + 1);
	if (!copy) {
		arena->error = -ENOMEM;
		return NULL;
	}
	size_t n = rewrite(text, copy);
	cJSON *root = parse_into(arena, copy, n);
	explicit_bzero(copy, n);
	free(copy);
	return root;
}

static bool has_escaped_nul(const char *text, size_t len)
{
	const char *end = text + len;
	for (const char *p = text; (p = memchr(p, '\\', (size_t)(end - p))); p++)
		if (strncmp(p, "\\u0000", 6) == 0)
			return true;
	return false;
}

int json_parse(struct json_arena *arena, const char *text, size_t len, const cJSON **ret_root)
{
	json_arena_reset(arena);
	if (len > LIMIT_BODY_BYTES)
		return -E2BIG;
	if (text[len] != '\0' || memchr(text, '\0', len))
		return -EBADMSG;
	bool again = has_escaped_nul(text, len);
	cJSON *root = again ? parse_rewritten(arena, text, len) : parse_into(arena, text, len);
	if (!root || !cJSON_IsObject(root))
		return arena->error ? arena->error : -EBADMSG;
	struct survey seen = {.arena = arena};
	survey(&seen, root->child, 1);
	if (seen.inexact && !again) {
		json_arena_reset(arena);
		root = parse_rewritten(arena, text, len);
		if (root)
			survey(&seen, root->child, 1);
	}
	if (!root || arena->error || seen.too_deep)
		return arena->error ? arena->error : -EBADMSG;
	*ret_root = root;
	return 0;
}

static bool is_type(const cJSON *item, int type)
{
	return item && (item->type & 0xff) == type;
}

/* cJSON's own search is four calls through the linkage table, and one more for each member. */
const cJSON *json_get(const cJSON *object, const char *key)
{
	const cJSON *item = is_type(object, cJSON_Object) ? object->child : NULL;
	while (item && (item->string[0] != key[0] || strcmp(item->string, key) != 0))
		item = item->next;
	return is_type(item, cJSON_NULL) ? NULL : item;
}

const cJSON *json_object(const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);
	return cJSON_IsObject(item) ? item : NULL;
}

const cJSON *json_array(const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);
	return cJSON_IsArray(item) ? item : NULL;
}

bool json_has(const cJSON *object, const char *key)
{
	return json_get(object, key) != NULL;
}

const char *json_item_text(const cJSON *item)
{
	bool has_text = is_type(item, cJSON_String) || is_type(item, cJSON_Number);
	return has_text && item->valuestring ? item->valuestring : "";
}

const char *json_text(const cJSON *object, const char *key)
{
	return json_item_text(json_get(object, key));
}

/* Digits only, as the API writes them: no blanks, no plus sign. */
static int text_to_int(const char *text, int64_t *ret)
{
	const char *digits = text + (*text == '-');
	if (!is_digit(*digits) || digits[strspn(digits, "0123456789")] != '\0')
		return -EINVAL;
	errno = 0;
	int64_t value = strtoll(text, NULL, 10);
	if (errno)
		return -EINVAL;
	*ret = value;
	return 0;
}

int json_int(const cJSON *object, const char *key, int64_t *ret)
{
	const cJSON *item = json_get(object, key);
	return item ? text_to_int(json_item_text(item), ret) : -ENOENT;
}

int64_t json_int_or(const cJSON *object, const char *key, int64_t otherwise)
{
	int64_t value = otherwise;
	(void)json_int(object, key, &value);
	return value;
}

int json_bool(const cJSON *object, const char *key, bool *ret)
{
	const cJSON *item = json_get(object, key);
	if (!item)
		return -ENOENT;
	const char *text = json_item_text(item);
	if (cJSON_IsTrue(item) || strcmp(text, "true") == 0)
		*ret = true;
	else if (cJSON_IsFalse(item) || strcmp(text, "false") == 0)
		*ret = false;
	else
		return -EINVAL;
	return 0;
}
