/*
 * Credential files: JSON (keys, or the CLI's profiles) and ini. An input is the profile asked for,
 * in a line of its own ("" = the file's), and the file. What is taken is whole: keys that can
 * stand in a header, or a way to some; what is refused says why without quoting what stands where
 * a secret stands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cloud/credential_ini.h"
#include "cloud/credential_profile.h"
#include "cloud/secret_json.h"
#include "fuzz/fuzz.h"

static bool is_visible(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static void check_role(const struct credential_set *set)
{
	struct credential_role role = set->role;
	if (!*role.arn)
		return;
	CHECK(!credential_check_role(&role)); /* as it is: nothing was left to fill in */
	CHECK(memcmp(&role, &set->role, sizeof(role)) == 0);
	CHECK(is_visible(role.arn) && is_visible(role.session) && is_visible(role.external_id));
	if (*role.sts_url)
		CHECK(endpoint_is_allowed(SERVICE_STS, role.sts_url));
}

static void check_set(const struct credential_set *set)
{
	CHECK(is_visible(set->access_key_id) && is_visible(set->access_key_secret) &&
	      is_visible(set->security_token));
	if (set->of_instance)
		CHECK(!*set->instance_role || credential_is_role_name(set->instance_role));
	else
		CHECK(*set->access_key_id && *set->access_key_secret);
	check_role(set);
}

/* A secret is no name: it stands in the set when the file was refused for something else. */
static void check_complaint(const struct credential_set *set, const char *text, const char *profile)
{
	const char *secret = set->access_key_secret;
	CHECK(*text);
	/* Unless the file has it as a name as well. */
	if (strlen(secret) >= 16 && !strstr(profile, secret) && !strstr(set->access_key_id, secret))
		CHECK(!strstr(text, secret));
}

static int read_file(const struct credential_file *file, const char *text, size_t len,
		     struct credential_set *ret, struct strbuf *error)
{
	if (text[strspn(text, " \t\r\n")] != '{')
		return credential_ini_read(file, text, ret, error);
	auto_secret_json cJSON *root = secret_json_parse(text, len, NULL);
	if (root)
		return credential_profile_read(file, root, ret, error);
	strbuf_add(error, "broken JSON");
	return CREDENTIAL_FILE_E_BAD;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct credential_set set, again;
	struct fuzz_input in = fuzz_begin(data, size);
	size_t len;
	auto_free char *profile = fuzz_line(&in);
	auto_free char *text = fuzz_rest(&in, &len);
	const struct credential_file file = {.path = "credentials",
					     .profile = *profile ? profile : NULL};
	auto_strbuf struct strbuf error = STRBUF_INIT(LIMIT_CREDENTIAL_FILE_BYTES);
	auto_strbuf struct strbuf ignored = STRBUF_INIT(LIMIT_CREDENTIAL_FILE_BYTES);
	if (strlen(text) != len)
		return 0; /* refused before either reader sees it */
	int r = read_file(&file, text, len, &set, &error);
	CHECK(r == CREDENTIAL_FILE_OK || r == CREDENTIAL_FILE_E_BAD ||
	      r == CREDENTIAL_FILE_E_NO_PROFILE);
	CHECK(read_file(&file, text, len, &again, &ignored) == r);
	CHECK(memcmp(&set, &again, sizeof(set)) == 0);
	if (r == CREDENTIAL_FILE_OK)
		check_set(&set);
	else
		check_complaint(&set, strbuf_text(&error), profile);
	return 0;
}
