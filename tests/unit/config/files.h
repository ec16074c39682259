#pragma once
/*
 * Reading test data, and walking a folder of .yaml files with expected texts.
 */
#include <dirent.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static inline char *read_whole(const char *path, size_t *ret_len)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(4u << 20);
	char chunk[4096];
	size_t n;
	FILE *f = fopen(path, "re");
	if (!f)
		fail_msg("cannot open %s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		strbuf_add_n(&out, chunk, n);
	(void)fclose(f);
	if (ret_len)
		*ret_len = out.len;
	return strbuf_take(&out);
}

/* What stands beside NAME.yaml in NAME.txt. */
static inline char *read_expected(const char *yaml_path)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%.*s.txt", (int)(strlen(yaml_path) - 5), yaml_path);
	return read_whole(path, NULL);
}

typedef void (*file_cb)(const char *path, const char *text, size_t len);

static inline int is_yaml(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

/* Calls @each for the files of @folder whose names begin with settings- or, without
 * @settings, do not. Returns their number. */
static inline size_t each_file(const char *folder, bool settings, file_cb each)
{
	struct dirent **entries = NULL;
	size_t done = 0;
	int n = scandir(folder, &entries, is_yaml, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[4096];
		size_t len = 0;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if ((strncmp(entries[i]->d_name, "settings-", 9) == 0) == settings) {
			auto_free char *text = read_whole(path, &len);
			each(path, text, len);
			done++;
		}
		free(entries[i]);
	}
	free(entries);
	return done;
}
