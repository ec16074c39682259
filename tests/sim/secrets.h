#pragma once
/*
 * Keys that can be told from everything else, and whether one of them has come to where none
 * may be: the log, the ledger's bytes, an answer of the control socket.
 */
#include <stddef.h>

#define SECRETS_KEY_ID "LTAI5tQzCanaryKeyId00042"
#define SECRETS_KEY_SECRET "zQcanarySecret00042Xw7Lk9"
#define SECRETS_MARK "CanaryMark00042" /* in every secret and token that the cloud issues */

void secrets_start(void);
/* Looks through @n bytes of @where ("the log"). */
void secrets_scan(const char *where, const char *bytes, size_t n);
/* NULL, or the first place that had one. */
const char *secrets_wrong(void);
