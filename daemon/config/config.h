#pragma once
/*
 * Text → struct desired and struct settings, or a list of complaints: all of them at
 * once, each with file:line:column. Never logs. The same code serves droverd, `drover
 * check` and the fuzzer.
 */
#include <stddef.h>
#include <stdint.h>

#include "config/diag.h"
#include "model/desired.h"
#include "model/settings.h"

enum config_result {
	CONFIG_OK,
	CONFIG_E_REFUSED, /* @diags says why; nothing is returned */
};

/* All three return 0, CONFIG_E_REFUSED or -ENOMEM, and add to @diags, which the caller has
 * initialised; its name becomes @name ("fleet.yaml"; borrowed). The text need not be terminated. */
/* With @wall_now_ms (0: not known) dates in the past are warned of; no verdict depends on it, so
 * that what was accepted stays acceptable. */
int config_parse_fleet(const char *name, const char *text, size_t len, uint64_t wall_now_ms,
		       struct diags *diags, struct desired **ret_desired);
/* Fills @ret (not initialised) over the defaults; on any failure @ret holds the defaults. */
int config_parse_settings(const char *name, const char *text, size_t len, struct diags *diags,
			  struct settings *ret);

/* Reads a whole file safely: a regular file (or a link to one) of at most LIMIT_CONFIG_BYTES, not
 * changed while it was read, not writable by everybody. The text is terminated; free() it. -EIO,
 * -EMFILE, -ENFILE or -ENOMEM: nobody has seen what is in it. */
int config_read_file(const char *path, struct diags *diags, char **ret_text, size_t *ret_len);
