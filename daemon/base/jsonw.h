#pragma once
/*
 * Writes JSON text onto a strbuf, piece by piece: commas, colons and escapes are its
 * business, nesting the caller's. Bytes that are not UTF-8 become U+FFFD, so that the
 * result is always valid. Errors stay in the strbuf (strbuf_error()).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct jsonw {
	struct strbuf *out; /* borrowed */
	bool comma;         /* a value stands before: the next one needs a comma */
};

#define JSONW_INIT(strbuf)                                                                         \
	{                                                                                          \
		.out = (strbuf)                                                                    \
	}

void jsonw_begin_object(struct jsonw *w);
void jsonw_end_object(struct jsonw *w);
void jsonw_begin_array(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
void jsonw_key(struct jsonw *w, const char *key);

void jsonw_text(struct jsonw *w, const char *text); /* NULL is null */
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_uint(struct jsonw *w, uint64_t value);
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
/* @json is already JSON text. */
void jsonw_raw(struct jsonw *w, const char *json);

/* Key and value in one. */
void jsonw_key_text(struct jsonw *w, const char *key, const char *text);
void jsonw_key_int(struct jsonw *w, const char *key, int64_t value);
void jsonw_key_uint(struct jsonw *w, const char *key, uint64_t value);
void jsonw_key_bool(struct jsonw *w, const char *key, bool value);

/* Length of the UTF-8 character at @p (1..4), 0 when the bytes are not one. */
size_t utf8_length(const char *p);
