#include "golden.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		abort();
	}
	size_t size = (size_t)ftell(file);
	char *text = calloc(1, size + 1);
	rewind(file);
	if (!text || fread(text, 1, size, file) != size)
		abort();
	(void)fclose(file);
	return text;
}

void golden_make(const char *dir, int version)
{
	char path[300], source[300];
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	(void)snprintf(source, sizeof(source), TEST_DATA_DIR "/ledger/v%d.sql", version);
	auto_free char *text = read_text(source);
	sqlite3 *db = NULL;
	char *message = NULL;
	/* As droverd leaves it; in this mode from its first start on. */
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL", NULL,
			 NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) {
		(void)fprintf(stderr, "%s: %s\n", source, message ? message : sqlite3_errmsg(db));
		abort();
	}
	(void)sqlite3_close(db);
}
