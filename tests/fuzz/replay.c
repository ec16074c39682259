/*
 * fuzz_NAME [--cuts N] PATH...: feeds every file of PATH (a file, or a folder of files) to the
 * target, whole and cut off at N places, which are the same in every run. What the fuzzer once
 * found stays found in an ordinary build. The last line says how many inputs there were.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

#define PATH_BYTES 4096
#define FILE_BYTES (4u << 20)

static size_t cuts = 16, files, inputs;

/* In memory of exactly that size, so that a read beyond it is seen. */
static void feed(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);
	CHECK(exact);
	memcpy(exact, data, size);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	inputs++;
}

static bool feed_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(FILE_BYTES);
	CHECK(data);
	size_t size = file ? fread(data, 1, FILE_BYTES, file) : 0;
	bool good = file && !ferror(file);
	if (good) {
		/* Told before it is tried: when it aborts, this is the last line. */
		(void)fprintf(stderr, "%s\n", path);
		feed(data, size);
		for (size_t i = 1; i <= cuts; i++)
			feed(data, size * i / (cuts + 1));
		files++;
	} else {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
	}
	if (file)
		(void)fclose(file);
	free(data);
	return good;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool feed_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_visible, alphasort);
	bool good = n >= 0;
	for (int i = 0; i < n; i++) {
		char name[PATH_BYTES];
		(void)snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		good = feed_file(name) && good;
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return good;
}

int main(int argc, char **argv)
{
	bool good = true;
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (strcmp(argv[i], "--cuts") == 0 && i + 1 < argc)
			cuts = strtoul(argv[++i], NULL, 10);
		else if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			good = feed_folder(argv[i]) && good;
		else
			good = feed_file(argv[i]) && good;
	}
	(void)printf("%zu files, %zu inputs\n", files, inputs);
	return good && files > 0 ? 0 : 1;
}
