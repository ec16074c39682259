#include "cloud/credential_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cloud/credential_ini.h"
#include "cloud/locked.h"

#define WHAT_TO_DO                                                                                 \
	"; use a profile with permanent keys (AK) or a security token (StsToken), or set "         \
	"credentials.profile in drover.yaml"

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

static void wipe_json(cJSON *node)
{
	for (cJSON *child = node->child; child; child = child->next)
		wipe_json(child);
	if (cJSON_IsString(node) && node->valuestring)
		OPENSSL_cleanse(node->valuestring, strlen(node->valuestring));
}

static void json_free(cJSON **root)
{
	if (*root)
		wipe_json(*root);
	cJSON_Delete(*root);
}

static const char *text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
	return text ? text : "";
}

static bool take(char *out, size_t size, const cJSON *object, const char *name)
{
	const char *text = text_of(object, name);
	return credential_copy(out, size, text, strlen(text));
}

static int bad_member(const struct credential_file *file, const char *profile, const char *name,
		      struct strbuf *reterr)
{
	strbuf_addf(reterr, "%s:%s%s%s %s is missing, too long or has odd characters", file->path,
		    *profile ? " profile \"" : "", profile, *profile ? "\":" : "", name);
	return CREDENTIAL_FILE_E_BAD;
}

static int take_keys(const struct credential_file *file, const char *profile, const cJSON *object,
		     bool needs_token, struct credential_set *ret, struct strbuf *reterr)
{
	if (!take(ret->access_key_id, sizeof(ret->access_key_id), object, "access_key_id"))
		return bad_member(file, profile, "access_key_id", reterr);
	if (!take(ret->access_key_secret, sizeof(ret->access_key_secret), object,
		  "access_key_secret"))
		return bad_member(file, profile, "access_key_secret", reterr);
	ret->security_token[0] = '\0';
	if (needs_token &&
	    !take(ret->security_token, sizeof(ret->security_token), object, "sts_token"))
		return bad_member(file, profile, "sts_token", reterr);
	return CREDENTIAL_FILE_OK;
}

static const cJSON *find_profile(const cJSON *profiles, const char *name)
{
	const cJSON *p;
	cJSON_ArrayForEach(p, profiles) if (strcmp(text_of(p, "name"), name) == 0) return p;
	return NULL;
}

static int from_profiles(const struct credential_file *file, const cJSON *root,
			 struct credential_set *ret, struct strbuf *reterr)
{
	const char *name = file->profile ? file->profile : text_of(root, "current");
	if (!*name)
		name = "default";
	const cJSON *p = find_profile(cJSON_GetObjectItemCaseSensitive(root, "profiles"), name);
	if (!p) {
		strbuf_addf(reterr, "%s: no profile \"%s\"", file->path, name);
		return CREDENTIAL_FILE_E_NO_PROFILE;
	}
	const char *mode = text_of(p, "mode");
	bool has_token = *text_of(p, "sts_token");
	if (!*mode) /* unset members may be absent (protocol d) */
		mode = has_token ? "StsToken" : "AK";
	if (strcasecmp(mode, "AK") == 0)
		return take_keys(file, name, p, false, ret, reterr);
	if (strcasecmp(mode, "StsToken") == 0)
		return take_keys(file, name, p, true, ret, reterr);
	strbuf_addf(reterr, "%s: profile \"%s\" has mode \"%.32s\", which drover does not take%s",
		    file->path, name, mode, WHAT_TO_DO);
	return CREDENTIAL_FILE_E_BAD;
}

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
	const char *end = c->text;
	cJSON *root cleanup(json_free) = cJSON_ParseWithLengthOpts(c->text, c->len + 1, &end, true);
	if (!cJSON_IsObject(root)) {
		strbuf_addf(reterr, "%s:%u: broken JSON", file->path, line_of(c->text, end));
		return CREDENTIAL_FILE_E_BAD;
	}
	if (cJSON_GetObjectItemCaseSensitive(root, "profiles"))
		return from_profiles(file, root, ret, reterr);
	return take_keys(file, "", root, *text_of(root, "sts_token"), ret, reterr);
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
