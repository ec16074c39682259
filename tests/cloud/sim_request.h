#pragma once
/*
 * The parts of a request that everything else looks at: path, decoded parameters
 * with the place each came from, headers by name.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"
#include "sim.h"

struct sim_pair {
	char *name;
	char *value;
	bool in_form;
};

struct sim_input {
	const struct sim_request *request;
	char *path;
	VEC(struct sim_pair) pairs; /* sorted by name in byte order */
};

/* 0, -ENOMEM, or -EINVAL for text that is not percent-encoded UTF-8 as it should be. */
int sim_input_parse(const struct sim_request *request, struct sim_input *ret_input);
void sim_input_fini(struct sim_input *input);

/* The header's value without blanks around it, in @out; false when it was not sent.
 * Header names compare without case. */
bool sim_header_get(const struct sim_request *request, const char *name, char *out, size_t size);
/* The value of a parameter wherever it was sent, or NULL. */
const char *sim_input_get(const struct sim_input *input, const char *name);
