#pragma once
/*
 * The SDKs' shared ini file (protocol d). Read here and not by libinih, which cuts
 * lines at 199 bytes (a security token is longer) and leaves secrets on its stack.
 */
#include "cloud/credential_file.h"

/* @text is the whole file, in locked memory. As credential_file_read(). */
int credential_ini_read(const struct credential_file *file, const char *text,
			struct credential_set *ret, struct strbuf *reterr);
