#pragma once
/*
 * What stands beside the API: /_sim/..., for tests and rehearsals to look behind the
 * scenes, pay orders, cause faults, move time and change things by hand.
 */
#include <stddef.h>

#include "sim_model.h"

struct sim_input;

/* Writes the JSON answer to @out. Returns the HTTP status, or -ENOMEM. */
int sim_admin_handle(struct sim *sim, const struct sim_input *input, struct strbuf *out);
