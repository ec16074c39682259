#pragma once
/* What the targets of decoders have in common: an input is the name of an operation in a line of
 * its own, or anything else for all of them, and then the JSON of its answer. */
#include <string.h>

#include "cloud/operations.h"
#include "fuzz/fuzz.h"

struct answer {
	enum operation op; /* OP_MAX_: any */
	char *text;
	size_t len;
	const cJSON *root; /* NULL: no JSON object */
};

static inline void answer_fini(struct answer *a)
{
	free(a->text);
}
#define auto_answer cleanup(answer_fini)

static inline struct answer answer_read(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	auto_free char *name = fuzz_line(&in);
	struct answer a = {.op = operation_from_name(name)};
	a.text = fuzz_rest(&in, &a.len);
	a.root = fuzz_json(a.text, a.len);
	return a;
}

static inline bool answer_is_of(const struct answer *a, enum operation op)
{
	return a->op == op || a->op == OP_MAX_;
}
