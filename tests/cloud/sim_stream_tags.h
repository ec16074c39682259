#pragma once
/*
 * Tags as App Streaming shows them: with a scope.
 */
#include "base/strbuf.h"
#include "sim_tags.h"

/* A member of that name: [{"Key", "Scope", "Value"}]. */
void sim_stream_add_tags(struct strbuf *out, const char *name, const struct sim_tags *tags);
