#include "base/percent.h"

#include <errno.h>
#include <string.h>

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

/* By runs: nearly everything that is sent is unreserved. */
void percent_encode(struct strbuf *out, const char *bytes, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < n;) {
		size_t from = i;
		while (i < n && is_unreserved((unsigned char)bytes[i]))
			i++;
		strbuf_add_n(out, bytes + from, i - from);
		for (; i < n && !is_unreserved((unsigned char)bytes[i]); i++) {
			unsigned char c = (unsigned char)bytes[i];
			strbuf_add_n(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
		}
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int percent_decode(struct strbuf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '%') {
			strbuf_add_char(out, text[i]);
			continue;
		}
		if (n - i < 3)
			return -EINVAL;
		int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return -EINVAL;
		strbuf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return strbuf_error(out);
}
