#pragma once
/* What every list of complaints about a file owes its reader. */
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "config/diag.h"
#include "fuzz/fuzz.h"

/* Errors are why a file is refused, and nothing else is. One line each, fit to print. */
static inline void complaints_check(const struct diags *diags, bool accepted)
{
	CHECK(!diags->no_memory && diags_has_errors(diags) == !accepted);
	CHECK(diags->n <= LIMIT_DIAGS);
	for (size_t i = 0; i < diags->n; i++) {
		auto_strbuf struct strbuf line = STRBUF_INIT(LIMIT_CONFIG_BYTES);
		diag_print(diags, &diags->items[i], &line);
		CHECK(strbuf_error(&line) == 0 && line.len > 0);
		const char *text = strbuf_text(&line), *newline = strchr(text, '\n');
		if (newline) /* may end in one */
			CHECK(newline[1] == '\0');
		auto_free char *body = strndup(text, strcspn(text, "\n"));
		CHECK(body && fuzz_is_printable(body));
	}
}
