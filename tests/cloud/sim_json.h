#pragma once
/*
 * Writes JSON straight into a strbuf: pages of 100 rows are the bulk of what the
 * simulator does, and a tree per page would cost more than the rest together.
 * Commas look after themselves: a member or element put after '{' or '[' gets none.
 */
#include <stdint.h>

#include "base/strbuf.h"

#define json_literal(out, text) strbuf_add_n((out), "" text, sizeof(text) - 1)

void json_string(struct strbuf *out, const char *text);
/* "key": for the value that the caller appends next. */
void json_key(struct strbuf *out, const char *key);
void json_text(struct strbuf *out, const char *key, const char *value);
void json_int(struct strbuf *out, const char *key, int64_t value);
/* Money as a decimal string: "12.30". */
void json_cents(struct strbuf *out, const char *key, uint64_t cents);
void json_bool(struct strbuf *out, const char *key, bool value);
/* An element of an array of strings. */
void json_item(struct strbuf *out, const char *text);
/* The comma, if one is due, before an element written by hand. */
void json_comma(struct strbuf *out);
