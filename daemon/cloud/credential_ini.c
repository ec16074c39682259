#include "cloud/credential_ini.h"

#include <string.h>

#include "base/cleanup.h"

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

static int take_policy(struct section *s, unsigned line, struct span value)
{
	struct credential_role *role = &s->ret->role;
	if (value.len == 0 ||
	    credential_copy_text(role->policy, sizeof(role->policy), value.start, value.len))
		return CREDENTIAL_FILE_OK;
	return complain(s, line, "longer than 2048 characters");
}

static int take_pair(struct section *s, unsigned line, struct span key, struct span value)
{
	struct credential_set *ret = s->ret;
	const struct {
		const char *name;
		char *out;
		size_t size;
	} members[] = {
		{"access_key_id", ret->access_key_id, sizeof(ret->access_key_id)},
		{"access_key_secret", ret->access_key_secret, sizeof(ret->access_key_secret)},
		{"security_token", ret->security_token, sizeof(ret->security_token)},
		{"sts_token", ret->security_token, sizeof(ret->security_token)},
		{"role_arn", ret->role.arn, sizeof(ret->role.arn)},
		{"role_session_name", ret->role.session, sizeof(ret->role.session)},
		{"external_id", ret->role.external_id, sizeof(ret->role.external_id)},
		{"role_name", ret->instance_role, sizeof(ret->instance_role)},
	};
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (is(key, members[i].name))
			return store(s, line, members[i].out, members[i].size, value);
	if (is(key, "policy"))
		return take_policy(s, line, value);
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

static const struct type {
	const char *name;
	bool keys, token, role, instance;
} types[] = {
	{"", .keys = true},
	{"access_key", .keys = true},
	{"sts", .keys = true, .token = true},
	{"ram_role_arn", .keys = true, .role = true},
	{"ecs_ram_role", .instance = true},
};

static int refuse(struct section *s, const char *what, const char *more)
{
	strbuf_addf(s->reterr, "%s: profile \"%s\": %s%s", s->file->path, s->name, what, more);
	return CREDENTIAL_FILE_E_BAD;
}

/* What belongs to another type is not looked at. */
static int judge_type(struct section *s, const struct type *type)
{
	struct credential_set *ret = s->ret;
	const char *missing = type->keys && !*ret->access_key_id       ? "access_key_id"
			      : type->keys && !*ret->access_key_secret ? "access_key_secret"
			      : type->token && !*ret->security_token   ? "security_token"
			      : type->role && !*ret->role.arn          ? "role_arn"
								       : NULL;
	if (missing)
		return refuse(s, missing, " is missing");
	ret->of_instance = type->instance;
	if (type->instance && *ret->instance_role && !credential_is_role_name(ret->instance_role))
		return refuse(s, "role_name", " is no name of a role");
	if (!type->role)
		ret->role = (struct credential_role){0};
	const char *wrong = type->role ? credential_check_role(&ret->role) : NULL;
	return wrong ? refuse(s, "the role: ", wrong) : CREDENTIAL_FILE_OK;
}

static int judge(struct section *s)
{
	const char *path = s->file->path;
	if (!s->found) {
		strbuf_addf(s->reterr, "%s: no profile \"%s\"", path, s->name);
		return CREDENTIAL_FILE_E_NO_PROFILE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (is(s->type, types[i].name))
			return judge_type(s, &types[i]);
	strbuf_addf(s->reterr,
		    "%s: profile \"%s\" has type \"%.*s\", which drover does not take; it takes "
		    "access_key, sts, ram_role_arn and ecs_ram_role: choose another profile with "
		    "credentials.profile in drover.yaml",
		    path, s->name, s->type.len < 32 ? (int)s->type.len : 32, s->type.start);
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
	*ret = (struct credential_set){0};
	for (unsigned number = 1; *text; number++) {
		size_t len = strcspn(text, "\n");
		int r = take_line(&s, number, (struct span){text, len});
		if (r != CREDENTIAL_FILE_OK)
			return r;
		text += len + (text[len] == '\n');
	}
	return judge(&s);
}
