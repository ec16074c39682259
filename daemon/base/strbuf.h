#pragma once
/*
 * Growing text with a cap given at init. After any failure (no memory, over
 * the cap) the buffer stays failed and empty of meaning: append as you like and
 * check once with strbuf_error() at the end.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *data; /* always NUL-terminated once anything was appended */
	size_t len;
	size_t cap;
	size_t max; /* most bytes of text, terminator excluded */
	int error;  /* 0, -ENOMEM or -E2BIG */
};

#define STRBUF_INIT(max_bytes)                                                                     \
	{                                                                                          \
		.max = (max_bytes)                                                                 \
	}

void strbuf_init(struct strbuf *s, size_t max_bytes);
void strbuf_fini(struct strbuf *s);
/* Makes room for @more bytes: text that holds a secret must not leave copies behind in
 * memory that growing has released. */
void strbuf_reserve(struct strbuf *s, size_t more);
void strbuf_clear(struct strbuf *s); /* empties, keeps the memory, clears the error */

void strbuf_add(struct strbuf *s, const char *text);
void strbuf_add_n(struct strbuf *s, const char *bytes, size_t n);
void strbuf_add_char(struct strbuf *s, char c);
/* What @other holds; of a failed one, its failure. */
void strbuf_add_buf(struct strbuf *s, const struct strbuf *other);
void strbuf_addf(struct strbuf *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *s, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* 0, or the first error met. */
int strbuf_error(const struct strbuf *s);
/* The text, "" when empty or failed. Valid until the next append. */
const char *strbuf_text(const struct strbuf *s);
/* Hands the text to the caller (free()); NULL on any error. Empties @s. */
char *strbuf_take(struct strbuf *s);
/* Overwrites the memory before releasing it: for text that held a secret. */
void strbuf_wipe(struct strbuf *s);
#define auto_strbuf __attribute__((__cleanup__(strbuf_fini)))
