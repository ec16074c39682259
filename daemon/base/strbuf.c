#include "base/strbuf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_init(struct strbuf *s, size_t max_bytes)
{
	*s = (struct strbuf)STRBUF_INIT(max_bytes);
}

void strbuf_fini(struct strbuf *s)
{
	free(s->data);
	strbuf_init(s, s->max);
}

void strbuf_wipe(struct strbuf *s)
{
	if (s->data)
		explicit_bzero(s->data, s->cap);
	strbuf_fini(s);
}

void strbuf_clear(struct strbuf *s)
{
	s->len = 0;
	s->error = 0;
	if (s->data)
		s->data[0] = '\0';
}

static bool reserve(struct strbuf *s, size_t more)
{
	if (s->error)
		return false;
	if (more > s->max - s->len) {
		s->error = -E2BIG;
		return false;
	}
	size_t need = s->len + more + 1;
	if (need <= s->cap)
		return true;
	size_t cap = s->cap ? s->cap : 64;
	while (cap < need)
		cap *= 2;
	char *data = realloc(s->data, cap);
	if (!data) {
		s->error = -ENOMEM;
		return false;
	}
	s->data = data;
	s->cap = cap;
	return true;
}

void strbuf_reserve(struct strbuf *s, size_t more)
{
	(void)reserve(s, more); /* a failure stays in s->error */
}

void strbuf_add_n(struct strbuf *s, const char *bytes, size_t n)
{
	if (!reserve(s, n))
		return;
	if (n > 0)
		memcpy(s->data + s->len, bytes, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void strbuf_add(struct strbuf *s, const char *text)
{
	strbuf_add_n(s, text, strlen(text));
}

void strbuf_add_buf(struct strbuf *s, const struct strbuf *other)
{
	strbuf_add(s, strbuf_text(other));
	if (s->error == 0)
		s->error = other->error;
}

void strbuf_add_char(struct strbuf *s, char c)
{
	strbuf_add_n(s, &c, 1);
}

void strbuf_vaddf(struct strbuf *s, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	if (n < 0) {
		s->error = s->error ? s->error : -EINVAL;
	} else if (reserve(s, (size_t)n)) {
		(void)vsnprintf(s->data + s->len, (size_t)n + 1, format, again);
		s->len += (size_t)n;
	}
	va_end(again);
}

void strbuf_addf(struct strbuf *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	strbuf_vaddf(s, format, args);
	va_end(args);
}

int strbuf_error(const struct strbuf *s)
{
	return s->error;
}

const char *strbuf_text(const struct strbuf *s)
{
	return s->data && !s->error ? s->data : "";
}

char *strbuf_take(struct strbuf *s)
{
	if (!s->error && !s->data)
		strbuf_add_n(s, "", 0);
	if (s->error) {
		strbuf_fini(s);
		return NULL;
	}
	char *data = s->data;
	s->data = NULL;
	strbuf_fini(s);
	return data;
}
