#include "ledger/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *find_migration(int version)
{
	char mark[32];
	(void)snprintf(mark, sizeof(mark), "\n-- migration %d\n", version);
	return strstr(ledger_schema_sql, mark);
}

int schema_migration(int version, const char **ret_sql, size_t *ret_length)
{
	const char *start = find_migration(version), *end = find_migration(version + 1);
	if (!start)
		return -ENOENT;
	*ret_sql = start;
	*ret_length = end ? (size_t)(end - start) : strlen(start);
	return 0;
}
