#pragma once
/*
 * The members of a JSON credential file: an object of keys, or the CLI's profiles with their
 * modes (protocol d).
 */
#include <cjson/cJSON.h>

#include "cloud/credential_file.h"

/* As credential_file_read(). */
int credential_profile_read(const struct credential_file *file, const cJSON *root,
			    struct credential_set *ret, struct strbuf *reterr);
