#include "cloud/credential_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cloud/credential_ini.h"
#include "cloud/credential_profile.h"
#include "cloud/locked.h"
#include "cloud/secret_json.h"

bool credential_copy(char *out, size_t size, const char *value, size_t len)
{
	if (len == 0 || len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		if (value[i] <= ' ' || value[i] > '~')
			return false;
	memcpy(out, value, len);
	out[len] = '\0';
	return true;
}

bool credential_copy_text(char *out, size_t size, const char *value, size_t len)
{
	if (len == 0 || len >= size)
		return false;
	memcpy(out, value, len);
	out[len] = '\0';
	return true;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool credential_is_role_name(const char *name)
{
	size_t n = strlen(name);
	return n >= 1 && n <= 64 && strspn(name, LETTERS ".-_") == n;
}

/* acs:ram::<account>:role/<name> */
static bool is_role_arn(const char *arn)
{
	static const char start[] = "acs:ram::", middle[] = ":role/";
	if (strncmp(arn, start, strlen(start)) != 0)
		return false;
	arn += strlen(start);
	size_t digits = strspn(arn, "0123456789");
	arn += digits;
	return digits > 0 && strncmp(arn, middle, strlen(middle)) == 0 &&
	       credential_is_role_name(arn + strlen(middle));
}

const char *credential_check_role(struct credential_role *role)
{
	if (!*role->session)
		memcpy(role->session, ROLE_SESSION_DEFAULT, sizeof(ROLE_SESSION_DEFAULT));
	if (!role->duration_s)
		role->duration_s = ROLE_DURATION_DEFAULT_S;
	size_t n = strlen(role->session);
	if (!is_role_arn(role->arn))
		return "its name has to read acs:ram::ACCOUNT:role/NAME";
	if (n < 2 || strspn(role->session, LETTERS ".@-_") != n)
		return "the session's name has to be 2 to 64 letters, digits or .@-_";
	if (role->duration_s < ROLE_DURATION_MIN_S || role->duration_s > ROLE_DURATION_MAX_S)
		return "its keys can live 900 to 43200 seconds";
	return NULL;
}

/* --- the file itself --- */

struct content {
	char *text;
	size_t len, size;
};

static void content_fini(struct content *c)
{
	c->text = locked_free(c->text, c->size);
}
#define auto_content cleanup(content_fini)

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int refuse_file(const struct credential_file *file, const struct stat *st,
		       struct strbuf *reterr)
{
	if (!S_ISREG(st->st_mode))
		strbuf_addf(reterr, "%s: not a regular file", file->path);
	else if (!file->guarded && (st->st_mode & (S_IRWXG | S_IRWXO)))
		strbuf_addf(reterr, "%s: open to other users (mode %04o); run: chmod 600 %s",
			    file->path, (unsigned)st->st_mode & 07777u, file->path);
	else if (st->st_size > (off_t)LIMIT_CREDENTIAL_FILE_BYTES)
		strbuf_addf(reterr, "%s: larger than %u KiB", file->path,
			    LIMIT_CREDENTIAL_FILE_BYTES / 1024);
	else
		return CREDENTIAL_FILE_OK;
	return CREDENTIAL_FILE_E_BAD;
}

/* Never trusts st_size: the file may grow between the two calls. */
static int fill(int fd, struct content *c)
{
	while (c->len < c->size - 1) {
		ssize_t n = read(fd, c->text + c->len, c->size - 1 - c->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		c->len += (size_t)n;
	}
	return c->len > LIMIT_CREDENTIAL_FILE_BYTES ? -EFBIG : 0;
}

static int read_content(const struct credential_file *file, struct content *c,
			struct strbuf *reterr)
{
	/* Without O_NONBLOCK a FIFO in this place would hold the daemon for ever. */
	int fd cleanup(close_fd) = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return CREDENTIAL_FILE_E_ABSENT;
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		strbuf_addf(reterr, "%s: %s", file->path, strerror(errno));
		return CREDENTIAL_FILE_E_BAD;
	}
	int r = refuse_file(file, &st, reterr);
	if (r != CREDENTIAL_FILE_OK)
		return r;
	c->size = LIMIT_CREDENTIAL_FILE_BYTES + 2;
	c->text = locked_new(c->size);
	if (!c->text)
		return -ENOMEM;
	r = fill(fd, c);
	if (r < 0) {
		strbuf_addf(reterr, "%s: %s", file->path, strerror(-r));
		return CREDENTIAL_FILE_E_BAD;
	}
	return CREDENTIAL_FILE_OK;
}

/* --- JSON --- */

static unsigned line_of(const char *text, const char *at)
{
	unsigned line = 1;
	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static int from_json(const struct credential_file *file, const struct content *c,
		     struct credential_set *ret, struct strbuf *reterr)
{
	const char *end = NULL;
	auto_secret_json cJSON *root = secret_json_parse(c->text, c->len, &end);
	if (root)
		return credential_profile_read(file, root, ret, reterr);
	strbuf_addf(reterr, "%s:%u: broken JSON", file->path, line_of(c->text, end));
	return CREDENTIAL_FILE_E_BAD;
}

int credential_file_read(const struct credential_file *file, struct credential_set *ret,
			 struct strbuf *reterr)
{
	auto_content struct content c = {0};
	int r = read_content(file, &c, reterr);
	if (r != CREDENTIAL_FILE_OK)
		return r;
	size_t start = strspn(c.text, " \t\r\n");
	if (c.text[start] == '\0' || strlen(c.text) != c.len) {
		strbuf_addf(reterr, "%s: %s", file->path,
			    c.text[start] ? "holds a NUL byte" : "empty");
		return CREDENTIAL_FILE_E_BAD;
	}
	if (c.text[start] == '{')
		return from_json(file, &c, ret, reterr);
	return credential_ini_read(file, c.text, ret, reterr);
}
