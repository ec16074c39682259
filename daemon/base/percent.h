#pragma once
/*
 * Percent-encoding as the signature wants it (protocol a): A-Z a-z 0-9 - _ . ~
 * stay, every other byte becomes % and two upper-case hex digits.
 */
#include "base/strbuf.h"

void percent_encode(struct strbuf *out, const char *bytes, size_t n);
/* Decodes %XX; other bytes are copied ('+' is a plus). Returns 0, or -EINVAL on a
 * broken escape or an encoded NUL. */
int percent_decode(struct strbuf *out, const char *text, size_t n);
