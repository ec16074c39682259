#include "secrets.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static char wrong[128];

void secrets_start(void)
{
	*wrong = '\0';
}

void secrets_scan(const char *where, const char *bytes, size_t n)
{
	static const char *const canaries[] = {SECRETS_KEY_ID, SECRETS_KEY_SECRET, SECRETS_MARK};
	for (size_t k = 0; k < ARRAY_SIZE(canaries) && !*wrong; k++)
		if (memmem(bytes, n, canaries[k], strlen(canaries[k])))
			(void)snprintf(wrong, sizeof(wrong), "secret: a key is in %s", where);
}

const char *secrets_wrong(void)
{
	return *wrong ? wrong : NULL;
}
