#pragma once
/*
 * The versions of the ledger file: schema.sql, embedded by the build, cut into its
 * migrations. Forward only.
 */
#include <stddef.h>

#define SCHEMA_VERSION 3
#define SCHEMA_APPLICATION_ID 0x64726f76 /* "drov": tells file(1) and us whose file it is */

extern const char ledger_schema_sql[]; /* schema.sql, NUL-terminated */

/* Points at the SQL that leads to @version; 0, or -ENOENT when there is none. */
int schema_migration(int version, const char **ret_sql, size_t *ret_length);
