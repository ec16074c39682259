#pragma once
/*
 * The state directory: made when missing, held by one process, its files readable by
 * nobody else. Knows nothing of SQLite. Every failure leaves a sentence for the operator.
 */
#include <sys/types.h>

/* Sets *reterr_text to the formatted sentence (NULL without memory); returns @result. */
int place_explain(int result, char **reterr_text, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with what @error (a negative errno) means for @path. */
int place_explain_errno(int error, char **reterr_text, const char *path);

/* Makes @dir (mode 0700, one level) unless it is a directory already. 0 or negative errno. */
int place_make_directory(const char *dir, char **reterr_text);
/* Takes <dir>/lock for the life of *ret_fd, without waiting. 0, LEDGER_E_BUSY or errno. */
int place_lock(const char *dir, int *ret_fd, char **reterr_text);
/* Makes sure that @path may be read and written by us and by nobody else; *ret_size is
 * its size. 0 or negative errno, -ENOENT (without a sentence) when it does not exist. */
int place_check_file(const char *path, off_t *ret_size, char **reterr_text);
/* Makes an empty @path, mode 0600. */
int place_make_file(const char *path);
/* Makes renames and new names in @dir durable. */
int place_sync(const char *dir);
/* Makes what has been written to @path durable, whoever wrote it. 0, also when there is no
 * such file, or negative errno. */
int place_sync_file(const char *path);
