#include "cloud/credential_ini.h"

#include <string.h>

/* A piece of the file; nothing is copied but the values that are kept. */
struct span {
	const char *start;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span s)
{
	for (; s.len > 0 && is_blank(s.start[0]); s.start++)
		s.len--;
	while (s.len > 0 && is_blank(s.start[s.len - 1]))
		s.len--;
	return s;
}

static bool is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.start, text, s.len) == 0;
}

/* A comment after a value begins with a blank, then # or ;. */
static struct span without_comment(struct span s)
{
	for (size_t i = 1; i < s.len; i++)
		if ((s.start[i] == '#' || s.start[i] == ';') && is_blank(s.start[i - 1]))
			return trim((struct span){s.start, i});
	return s;
}

struct section {
	const struct credential_file *file;
	const char *name;
	struct credential_set *ret;
	struct strbuf *reterr;
	struct span type;
	bool inside, found;
};

static int complain(struct section *s, unsigned line, const char *what)
{
	strbuf_addf(s->reterr, "%s:%u: %s", s->file->path, line, what);
	return CREDENTIAL_FILE_E_BAD;
}

static int store(struct section *s, unsigned line, char *out, size_t size, struct span value)
{
	if (*out)
		return complain(s, line, "given twice");
	if (value.len == 0)
		return CREDENTIAL_FILE_OK;
	if (!credential_copy(out, size, value.start, value.len))
		return complain(s, line, "too long, or has odd characters");
	return CREDENTIAL_FILE_OK;
}

static int take_pair(struct section *s, unsigned line, struct span key, struct span value)
{
	struct credential_set *ret = s->ret;
	if (is(key, "access_key_id"))
		return store(s, line, ret->access_key_id, sizeof(ret->access_key_id), value);
	if (is(key, "access_key_secret"))
		return store(s, line, ret->access_key_secret, sizeof(ret->access_key_secret),
			     value);
	if (is(key, "security_token") || is(key, "sts_token"))
		return store(s, line, ret->security_token, sizeof(ret->security_token), value);
	if (is(key, "type"))
		s->type = value;
	return CREDENTIAL_FILE_OK;
}

static int take_line(struct section *s, unsigned number, struct span line)
{
	line = trim(line);
	if (line.len == 0 || line.start[0] == '#' || line.start[0] == ';')
		return CREDENTIAL_FILE_OK;
	if (line.start[0] == '[') {
		line = without_comment(line);
		if (line.start[line.len - 1] != ']')
			return complain(s, number, "a section without its closing bracket");
		s->inside = is(trim((struct span){line.start + 1, line.len - 2}), s->name);
		s->found = s->found || s->inside;
		return CREDENTIAL_FILE_OK;
	}
	/* Other sections may hold what this reader does not know, e.g. a policy over lines. */
	if (!s->inside)
		return CREDENTIAL_FILE_OK;
	const char *equals = memchr(line.start, '=', line.len);
	if (!equals)
		return complain(s, number, "not of the form \"name = value\"");
	size_t at = (size_t)(equals - line.start);
	struct span value = trim((struct span){equals + 1, line.len - at - 1});
	return take_pair(s, number, trim((struct span){line.start, at}), without_comment(value));
}

static int judge(struct section *s)
{
	const char *path = s->file->path;
	if (!s->found) {
		strbuf_addf(s->reterr, "%s: no profile \"%s\"", path, s->name);
		return CREDENTIAL_FILE_E_NO_PROFILE;
	}
	bool sts = is(s->type, "sts");
	if (s->type.len > 0 && !sts && !is(s->type, "access_key")) {
		strbuf_addf(s->reterr,
			    "%s: profile \"%s\" has type \"%.*s\", which drover does not take; use "
			    "a profile of type access_key or sts, or set credentials.profile in "
			    "drover.yaml",
			    path, s->name, s->type.len < 32 ? (int)s->type.len : 32, s->type.start);
		return CREDENTIAL_FILE_E_BAD;
	}
	const char *missing = !*s->ret->access_key_id           ? "access_key_id"
			      : !*s->ret->access_key_secret     ? "access_key_secret"
			      : sts && !*s->ret->security_token ? "security_token"
								: NULL;
	if (!missing)
		return CREDENTIAL_FILE_OK;
	strbuf_addf(s->reterr, "%s: profile \"%s\": %s is missing", path, s->name, missing);
	return CREDENTIAL_FILE_E_BAD;
}

int credential_ini_read(const struct credential_file *file, const char *text,
			struct credential_set *ret, struct strbuf *reterr)
{
	static const char bom[] = "\xef\xbb\xbf"; /* editors elsewhere put it there */
	if (strncmp(text, bom, strlen(bom)) == 0)
		text += strlen(bom);
	struct section s = {.file = file,
			    .name = file->profile ? file->profile : "default",
			    .ret = ret,
			    .reterr = reterr,
			    .type = {"", 0}};
	ret->access_key_id[0] = ret->access_key_secret[0] = ret->security_token[0] = '\0';
	for (unsigned number = 1; *text; number++) {
		size_t len = strcspn(text, "\n");
		int r = take_line(&s, number, (struct span){text, len});
		if (r != CREDENTIAL_FILE_OK)
			return r;
		text += len + (text[len] == '\n');
	}
	return judge(&s);
}
