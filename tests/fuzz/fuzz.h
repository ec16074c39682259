#pragma once
/*
 * What the fuzz targets share. A target is fuzz_NAME.c: one function that gets bytes, hands them
 * to the daemon's own code and checks what that code promises about them, not only that it does
 * not crash. A broken promise aborts, which is what a fuzzer looks for.
 *
 * The same file is a regression test: without libFuzzer it is linked with replay.c, which feeds
 * it every file of its corpus.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/cleanup.h"

/* The target's: 0, or -1 for bytes that no corpus should keep. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(promise)                                                                             \
	do {                                                                                       \
		if (!(promise))                                                                    \
			fuzz_broken(#promise, __FILE__, __LINE__);                                 \
	} while (0)
/* Two texts that have to be the same; shown where they are not. */
#define CHECK_TEXT(a, b) fuzz_same((a), (b), __FILE__, __LINE__)
void fuzz_same(const char *a, const char *b, const char *file, int line);
_Noreturn void fuzz_broken(const char *promise, const char *file, int line);

/* The bytes that are left of an input, which is text with a head of lines. */
struct fuzz_input {
	const char *at, *end;
};
struct fuzz_input fuzz_begin(const uint8_t *data, size_t size);
/* The next line without its end, or what is left, as text that ends at its first NUL; "" when
 * nothing is left. The caller frees it. */
char *fuzz_line(struct fuzz_input *in);
/* All that is left, NUL-terminated behind *ret_len bytes, in memory of just that size. The
 * caller frees it. */
char *fuzz_rest(struct fuzz_input *in, size_t *ret_len);

/* A whole object, of which the tree lives until the next call; NULL when it is none. */
const cJSON *fuzz_json(const char *text, size_t len);
/* The same with a tree of its own, beside that of fuzz_json(). */
const cJSON *fuzz_json_again(const char *text, size_t len);

/* No control characters, and whole UTF-8: fit for a terminal and the journal. */
bool fuzz_is_printable(const char *text);
/* Fit to be an id: short, printable ASCII, not empty. */
bool fuzz_is_id(const char *text);
