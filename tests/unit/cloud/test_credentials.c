#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cloud/credentials.h"

#define SECRET "kKqCanary0123456789abcdefghijk"
#define SECRET2 "kKqCanarySecondSecret012345678"
#define TOKEN "CAISxTokenCanary+/=0123456789"

/* --- a directory and an environment per test --- */

static char dir[64];
static struct {
	const char *name;
	char value[PATH_MAX];
} variables[8];
static size_t n_variables;

static const char *fake_getenv(const char *name)
{
	for (size_t i = 0; i < n_variables; i++)
		if (strcmp(variables[i].name, name) == 0)
			return variables[i].value;
	return NULL;
}

static void set(const char *name, const char *value)
{
	assert_true(n_variables < ARRAY_SIZE(variables));
	variables[n_variables].name = name;
	(void)snprintf(variables[n_variables].value, sizeof(variables[0].value), "%s", value);
	n_variables++;
}

static const char *path_of(const char *name)
{
	static char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, mode_t mode, const char *text, size_t len)
{
	FILE *f = fopen(path_of(name), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static void put_text(const char *name, const char *text)
{
	put(name, 0600, text, strlen(text));
}

static int setup(void **state)
{
	(void)state;
	n_variables = 0;
	(void)snprintf(dir, sizeof(dir), "/tmp/drover-credentials-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	set("HOME", dir);
	return mkdir(path_of(".aliyun"), 0700) || mkdir(path_of(".alibabacloud"), 0700) ||
	       mkdir(path_of("systemd"), 0700);
}

static int teardown(void **state)
{
	(void)state;
	static const char *const names[] = {".aliyun/config.json",
					    ".alibabacloud/credentials",
					    "systemd/acs",
					    "keys",
					    ".aliyun",
					    ".alibabacloud",
					    "systemd"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)remove(path_of(names[i]));
	return rmdir(dir);
}

struct loaded {
	int result;
	struct credentials *c;
	char *error;
};

static struct loaded load(const char *file, const char *profile)
{
	struct settings s;
	settings_init(&s);
	if (file)
		s.credentials.file = strdup(path_of(file));
	if (profile)
		s.credentials.profile = strdup(profile);
	struct loaded l = {0};
	l.result = credentials_load(&s, fake_getenv, &l.c, &l.error);
	settings_fini(&s);
	return l;
}

static void done(struct loaded *l)
{
	(void)credentials_free(l->c);
	free(l->error);
}

static void expect_keys(struct loaded l, const char *id, const char *secret, const char *token)
{
	if (l.result != CREDENTIALS_OK)
		fail_msg("refused: %s", l.error);
	struct credential_keys keys;
	credentials_keys(l.c, &keys);
	assert_string_equal(keys.access_key_id, id);
	assert_string_equal(keys.access_key_secret, secret);
	assert_string_equal(keys.security_token, token);
	assert_null(l.error);
	done(&l);
}

/* Also: no secret may stand in any text. */
static void expect_error(struct loaded l, int result, const char *part)
{
	assert_int_equal(l.result, result);
	assert_null(l.c);
	assert_non_null(l.error);
	if (!strstr(l.error, part))
		fail_msg("\"%s\" lacks \"%s\"", l.error, part);
	assert_null(strstr(l.error, "Canary"));
	done(&l);
}

static const char plain_ini[] = "[default]\ntype = access_key\naccess_key_id = LTAIini4567890xy\n"
				"access_key_secret = " SECRET "\n";
static const char config[] =
	"{\"current\": \"main\", \"profiles\": [\n"
	" {\"name\": \"main\", \"mode\": \"AK\", \"access_key_id\": \"LTAIcli4567890xy\",\n"
	"  \"access_key_secret\": \"" SECRET "\", \"region_id\": \"cn-shanghai\"},\n"
	" {\"name\": \"sts\", \"mode\": \"StsToken\", \"access_key_id\": \"STS.cli4567890xy\",\n"
	"  \"access_key_secret\": \"" SECRET2 "\", \"sts_token\": \"" TOKEN "\"},\n"
	" {\"name\": \"old\", \"access_key_id\": \"LTAIold4567890xy\",\n"
	"  \"access_key_secret\": \"" SECRET "\"},\n"
	" {\"name\": \"role\", \"mode\": \"RamRoleArn\", \"access_key_id\": \"LTAI4\",\n"
	"  \"access_key_secret\": \"" SECRET "\", \"ram_role_arn\": \"acs:ram::1:role/x\"},\n"
	" {\"name\": \"half\", \"mode\": \"StsToken\", \"access_key_id\": \"STS.half\",\n"
	"  \"access_key_secret\": \"" SECRET "\"}]}\n";

/* --- cases --- */

static void the_environment_comes_first(void **state)
{
	(void)state;
	put_text(".alibabacloud/credentials", plain_ini);
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv4567890xy");
	set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET);
	set("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN);
	expect_keys(load(NULL, NULL), "LTAIenv4567890xy", SECRET, TOKEN);
}

static void half_a_pair_in_the_environment_is_refused(void **state)
{
	(void)state;
	put_text(".alibabacloud/credentials", plain_ini);
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv4567890xy");
	expect_error(load(NULL, NULL), CREDENTIALS_E_BAD, "ALIBABA_CLOUD_ACCESS_KEY_SECRET");
}

static void a_secret_with_a_line_break_is_refused(void **state)
{
	(void)state;
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv4567890xy");
	set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET "\r\nx-acs-evil: 1");
	expect_error(load(NULL, NULL), CREDENTIALS_E_BAD, "odd characters");
}

static void the_systemd_directory_comes_second_and_its_mode_does_not_matter(void **state)
{
	(void)state;
	static const char json[] = "{\"access_key_id\": \"LTAIsys4567890xy\",\n"
				   "\"access_key_secret\": \"" SECRET "\"}";
	put_text(".alibabacloud/credentials", plain_ini);
	put("systemd/acs", 0444, json, strlen(json));
	set("CREDENTIALS_DIRECTORY", path_of("systemd"));
	struct loaded l = load(NULL, NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_source(l.c), path_of("systemd/acs"));
	expect_keys(l, "LTAIsys4567890xy", SECRET, "");
}

static void the_systemd_file_may_be_ini_or_config_json_or_hold_a_token(void **state)
{
	(void)state;
	set("CREDENTIALS_DIRECTORY", path_of("systemd"));
	put_text("systemd/acs", plain_ini);
	expect_keys(load(NULL, NULL), "LTAIini4567890xy", SECRET, "");
	put_text("systemd/acs", config);
	expect_keys(load(NULL, "sts"), "STS.cli4567890xy", SECRET2, TOKEN);
	put_text("systemd/acs", "{\"access_key_id\": \"STS.a\", \"access_key_secret\": \"" SECRET
				"\", \"sts_token\": \"" TOKEN "\"}");
	expect_keys(load(NULL, NULL), "STS.a", SECRET, TOKEN);
}

static void the_ini_comes_before_the_cli_file(void **state)
{
	(void)state;
	put_text(".aliyun/config.json", config);
	expect_keys(load(NULL, NULL), "LTAIcli4567890xy", SECRET, "");
	put_text(".alibabacloud/credentials", plain_ini);
	expect_keys(load(NULL, NULL), "LTAIini4567890xy", SECRET, "");
}

static void profiles_are_chosen_by_setting_then_variable_then_file(void **state)
{
	(void)state;
	put_text(".aliyun/config.json", config);
	expect_keys(load(NULL, "old"), "LTAIold4567890xy", SECRET, "");
	set("ALIBABA_CLOUD_PROFILE", "sts");
	expect_keys(load(NULL, NULL), "STS.cli4567890xy", SECRET2, TOKEN);
	expect_keys(load(NULL, "main"), "LTAIcli4567890xy", SECRET, "");
}

static void an_ini_without_the_profile_gives_way_to_the_cli_file(void **state)
{
	(void)state;
	put_text(".alibabacloud/credentials", plain_ini);
	put_text(".aliyun/config.json", config);
	expect_keys(load(NULL, "sts"), "STS.cli4567890xy", SECRET2, TOKEN);
}

static void variables_name_other_files_which_then_must_exist(void **state)
{
	(void)state;
	put_text("keys", plain_ini);
	set("ALIBABA_CLOUD_CREDENTIALS_FILE", path_of("keys"));
	expect_keys(load(NULL, NULL), "LTAIini4567890xy", SECRET, "");
	(void)remove(path_of("keys"));
	expect_error(load(NULL, NULL), CREDENTIALS_E_BAD, "no such file");
}

static void the_config_file_variable_names_the_cli_file(void **state)
{
	(void)state;
	put_text("keys", config);
	set("ALIBABA_CLOUD_CONFIG_FILE", path_of("keys"));
	expect_keys(load(NULL, NULL), "LTAIcli4567890xy", SECRET, "");
}

static void the_cli_file_can_be_switched_off(void **state)
{
	(void)state;
	put_text(".aliyun/config.json", config);
	set("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "True");
	expect_error(load(NULL, NULL), CREDENTIALS_E_NONE, "no keys found");
}

static void a_named_file_replaces_the_search(void **state)
{
	(void)state;
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv4567890xy");
	set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET2);
	put_text("keys", plain_ini);
	expect_keys(load("keys", NULL), "LTAIini4567890xy", SECRET, "");
	expect_error(load("absent", NULL), CREDENTIALS_E_BAD, "no such file");
	expect_error(load("keys", "other"), CREDENTIALS_E_BAD, "no profile \"other\"");
}

static void nothing_anywhere_lists_where_was_looked(void **state)
{
	(void)state;
	struct loaded l = load(NULL, NULL);
	assert_int_equal(l.result, CREDENTIALS_E_NONE);
	assert_non_null(strstr(l.error, ".aliyun/config.json"));
	assert_non_null(strstr(l.error, ".alibabacloud/credentials"));
	expect_error(l, CREDENTIALS_E_NONE, "environment");
}

static void files_open_to_others_are_refused(void **state)
{
	(void)state;
	static const mode_t modes[] = {0640, 0604, 0620, 0601, 0666};
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		put("keys", modes[i], plain_ini, strlen(plain_ini));
		expect_error(load("keys", NULL), CREDENTIALS_E_BAD, "chmod 600");
	}
	put("keys", 0400, plain_ini, strlen(plain_ini));
	expect_keys(load("keys", NULL), "LTAIini4567890xy", SECRET, "");
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path_of("keys"), 0600), 0);
	expect_error(load("keys", NULL), CREDENTIALS_E_BAD, "not a regular file");
	expect_error(load(".aliyun", NULL), CREDENTIALS_E_BAD, "not a regular file");
}

static void a_file_over_the_cap_is_refused(void **state)
{
	(void)state;
	size_t size = 256 * 1024 + 1;
	char *text = malloc(size);
	assert_non_null(text);
	memset(text, '\n', size);
	memcpy(text, plain_ini, strlen(plain_ini));
	put("keys", 0600, text, size);
	expect_error(load("keys", NULL), CREDENTIALS_E_BAD, "larger than 256 KiB");
	put("keys", 0600, text, size - 1);
	expect_keys(load("keys", NULL), "LTAIini4567890xy", SECRET, "");
	free(text);
}

static void other_modes_are_refused_by_name(void **state)
{
	(void)state;
	put_text(".aliyun/config.json", config);
	expect_error(load(NULL, "half"), CREDENTIALS_E_BAD, "sts_token");
	static const char *const modes[] = {"CloudSSO", "OAuth", "BearerToken", "Anonymous",
					    "RsaKeyPair", "RamRoleArnWithRoleName", "OIDC",
					    "CredentialsURI", "External"};
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		char text[512];
		(void)snprintf(text, sizeof(text),
			       "{\"current\": \"p\", \"profiles\": [{\"name\": \"p\", \"mode\": "
			       "\"%s\", \"access_key_secret\": \"" SECRET "\"}]}", modes[i]);
		put_text(".aliyun/config.json", text);
		struct loaded l = load(NULL, NULL);
		assert_int_equal(l.result, CREDENTIALS_E_BAD);
		assert_non_null(strstr(l.error, "config.json"));
		assert_non_null(strstr(l.error, "\"p\""));
		assert_non_null(strstr(l.error, "credentials.profile"));
		assert_non_null(strstr(l.error, "AK, StsToken, RamRoleArn, ChainableRamRoleArn and "
						"EcsRamRole"));
		expect_error(l, CREDENTIALS_E_BAD, modes[i]);
	}
}

/* --- ways to keys */

#define ARN "acs:ram::1234567890123456:role/fleet.role-1_x"
#define BASE_KEYS "\"access_key_id\": \"LTAIcli4567890xy\", \"access_key_secret\": \"" SECRET "\""

static struct loaded load_profile(const char *members)
{
	char text[8192];
	(void)snprintf(text, sizeof(text),
		       "{\"profiles\": [{\"name\": \"default\", %s},\n"
		       "{\"name\": \"keys\", \"mode\": \"AK\", " BASE_KEYS "},\n"
		       "{\"name\": \"ecs\", \"mode\": \"EcsRamRole\"},\n"
		       "{\"name\": \"role\", \"mode\": \"RamRoleArn\", " BASE_KEYS
		       ", \"ram_role_arn\": \"" ARN "\"},\n"
		       "{\"name\": \"self\", \"mode\": \"ChainableRamRoleArn\", "
		       "\"source_profile\": \"self\"}]}", members);
	put_text("keys", text);
	return load("keys", NULL);
}

static void a_role_of_a_profile_is_read_with_all_its_members(void **state)
{
	(void)state;
	struct loaded l = load_profile(
		"\"mode\": \"ramrolearn\", " BASE_KEYS ", \"ram_role_arn\": \"" ARN "\", "
		"\"ram_session_name\": \"me@host\", \"expired_seconds\": 900, "
		"\"sts_region\": \"cn-hangzhou\", \"enable_vpc\": true, "
		"\"policy\": \"{\\\"Version\\\": \\\"1\\\"}\", \"external_id\": \"ext\"");
	if (l.result != CREDENTIALS_OK)
		fail_msg("%s", l.error);
	const struct credential_role *role = credentials_role(l.c);
	assert_non_null(role);
	assert_null(credentials_instance_role(l.c));
	assert_string_equal(role->arn, ARN);
	assert_string_equal(role->session, "me@host");
	assert_string_equal(role->external_id, "ext");
	assert_string_equal(role->policy, "{\"Version\": \"1\"}");
	assert_int_equal(role->duration_s, 900);
	assert_string_equal(role->sts_url, "https://sts-vpc.cn-hangzhou.aliyuncs.com");
	expect_keys(l, "LTAIcli4567890xy", SECRET, "");

	l = load_profile("\"mode\": \"RamRoleArn\", " BASE_KEYS ", \"sts_token\": \"" TOKEN
			 "\", \"ram_role_arn\": \"" ARN "\", \"policy\": \"\", "
			 "\"external_id\": \"\", \"sts_endpoint\": \"sts.example.com\"");
	assert_int_equal(l.result, CREDENTIALS_OK);
	role = credentials_role(l.c);
	assert_string_equal(role->session, "drover");
	assert_int_equal(role->duration_s, 3600);
	assert_string_equal(role->sts_url, "https://sts.example.com");
	expect_keys(l, "LTAIcli4567890xy", SECRET, TOKEN);
}

static void what_is_wrong_with_a_role_is_named(void **state)
{
	(void)state;
#define ROLE_OF(arn) "\"mode\": \"RamRoleArn\", " BASE_KEYS ", \"ram_role_arn\": \"" arn "\""
	static const struct {
		const char *members, *part;
	} cases[] = {
		{"\"mode\": \"RamRoleArn\", " BASE_KEYS, "ram_role_arn is missing"},
		{"\"mode\": \"RamRoleArn\", \"ram_role_arn\": \"" ARN "\"", "access_key_id"},
		{ROLE_OF("fleet-role"), "acs:ram::ACCOUNT:role/NAME"},
		{ROLE_OF("acs:ram::x:role/a"), "acs:ram::ACCOUNT:role/NAME"},
		{ROLE_OF("acs:ram::1:role/"), "acs:ram::ACCOUNT:role/NAME"},
		{ROLE_OF("acs:ram::1:user/a"), "acs:ram::ACCOUNT:role/NAME"},
		{ROLE_OF(ARN) ", \"ram_session_name\": \"x\"", "2 to 64 letters"},
		{ROLE_OF(ARN) ", \"ram_session_name\": \"a/b\"", "2 to 64 letters"},
		{ROLE_OF(ARN) ", \"expired_seconds\": 899", "900 to 43200"},
		{ROLE_OF(ARN) ", \"expired_seconds\": 43201", "900 to 43200"},
		{ROLE_OF(ARN) ", \"expired_seconds\": \"an hour\"", "no number of seconds"},
		{ROLE_OF(ARN) ", \"expired_seconds\": \"nan\"", "no number of seconds"},
		{ROLE_OF(ARN) ", \"external_id\": \"a b\"", "external_id"},
		{ROLE_OF(ARN) ", \"sts_region\": \"cn_x/\"", "sts_region is no region"},
		{ROLE_OF(ARN) ", \"sts_endpoint\": \"http://h\"", "sts_endpoint is no host"},
		{ROLE_OF(ARN) ", \"sts_endpoint\": \"100.100.100.200\"", "sts_endpoint is no host"},
		{"\"mode\": \"EcsRamRole\", \"ram_role_name\": \"a/../b\"", "ram_role_name"},
		{"\"mode\": \"ChainableRamRoleArn\", \"ram_role_arn\": \"" ARN "\"",
		 "source_profile names no profile"},
		{"\"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"none\"",
		 "source_profile names no profile"},
		{"\"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"role\", "
		 "\"ram_role_arn\": \"" ARN "\"", "drover assumes one role"},
		{"\"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"self\", "
		 "\"ram_role_arn\": \"" ARN "\"", "drover assumes one role"},
		{"\"mode\": \"ChainableRamRoleArn\", \"source_profile\": \"keys\"",
		 "ram_role_arn is missing"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_error(load_profile(cases[i].members), CREDENTIALS_E_BAD, cases[i].part);
	char policy[2200];
	memset(policy, 'p', sizeof(policy));
	char members[4096];
	(void)snprintf(members, sizeof(members), ROLE_OF(ARN) ", \"policy\": \"%.2049s\"", policy);
	expect_error(load_profile(members), CREDENTIALS_E_BAD, "policy is longer");
}

static void a_chain_takes_the_keys_of_its_source(void **state)
{
	(void)state;
	struct loaded l = load_profile("\"mode\": \"ChainableRamRoleArn\", "
				       "\"source_profile\": \"ecs\", \"ram_role_arn\": \"" ARN "\"");
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_instance_role(l.c), "");
	assert_string_equal(credentials_role(l.c)->arn, ARN);
	done(&l);
	l = load_profile("\"mode\": \"ChainableRamRoleArn\", "
			 "\"source_profile\": \"keys\", \"ram_role_arn\": \"" ARN "\"");
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_role(l.c)->arn, ARN);
	expect_keys(l, "LTAIcli4567890xy", SECRET, "");
}

static void the_end_of_a_given_token_is_known(void **state)
{
	(void)state;
#define STS_OF(more) "\"mode\": \"StsToken\", " BASE_KEYS ", \"sts_token\": \"" TOKEN "\"" more
	static const struct {
		const char *members;
		uint64_t expires_ms;
	} cases[] = {
		{STS_OF(""), 0},
		{STS_OF(", \"sts_expiration\": 0"), 0},
		{STS_OF(", \"sts_expiration\": 1790000000"), UINT64_C(1790000000000)},
		{STS_OF(", \"sts_expiration\": \"1790000000\""), UINT64_C(1790000000000)},
		{STS_OF(", \"expiration\": \"2026-09-21T14:13:20Z\""), UINT64_C(1790000000000)},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct loaded l = load_profile(cases[i].members);
		assert_int_equal(l.result, CREDENTIALS_OK);
		assert_int_equal(credentials_expires_ms(l.c), cases[i].expires_ms);
		done(&l);
	}
	expect_error(load_profile(STS_OF(", \"sts_expiration\": \"soon\"")), CREDENTIALS_E_BAD,
		     "sts_expiration");
	expect_error(load_profile(STS_OF(", \"sts_expiration\": \"nan\"")), CREDENTIALS_E_BAD,
		     "sts_expiration");
	expect_error(load_profile(STS_OF(", \"sts_expiration\": -5")), CREDENTIALS_E_BAD,
		     "sts_expiration");
	expect_error(load_profile(STS_OF(", \"expiration\": \"tomorrow\"")), CREDENTIALS_E_BAD,
		     "expiration");
}

static void the_ini_names_roles_too(void **state)
{
	(void)state;
	put_text("keys", "[default]\ntype = ram_role_arn\naccess_key_id = LTAIini4567890xy\n"
			 "access_key_secret = " SECRET "\nrole_arn = " ARN "\n"
			 "role_session_name = fleet\npolicy = {\"a\": 1}\nexternal_id = e\n");
	struct loaded l = load("keys", NULL);
	if (l.result != CREDENTIALS_OK)
		fail_msg("%s", l.error);
	assert_string_equal(credentials_role(l.c)->arn, ARN);
	assert_string_equal(credentials_role(l.c)->session, "fleet");
	assert_string_equal(credentials_role(l.c)->policy, "{\"a\": 1}");
	assert_string_equal(credentials_role(l.c)->external_id, "e");
	expect_keys(l, "LTAIini4567890xy", SECRET, "");
	put_text("keys", "[default]\ntype = ecs_ram_role\nrole_name = fleet-role\n");
	l = load("keys", NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_instance_role(l.c), "fleet-role");
	assert_null(credentials_role(l.c));
	done(&l);
	/* what belongs to another type says nothing */
	put_text("keys", "[default]\naccess_key_id = LTAIini4567890xy\naccess_key_secret = " SECRET
			 "\nrole_arn = " ARN "\n");
	l = load("keys", NULL);
	assert_null(credentials_role(l.c));
	expect_keys(l, "LTAIini4567890xy", SECRET, "");
}

static struct loaded load_with(const char *role_arn, const char *ecs_role, const char *session)
{
	struct settings s;
	settings_init(&s);
	s.credentials.role_arn = role_arn ? strdup(role_arn) : NULL;
	s.credentials.ecs_role = ecs_role ? strdup(ecs_role) : NULL;
	s.credentials.role_session_name = session ? strdup(session) : NULL;
	s.credentials.external_id = role_arn ? strdup("ext") : NULL;
	s.credentials.role_duration_ms = UINT64_C(1800000);
	struct loaded l = {0};
	l.result = credentials_load(&s, fake_getenv, &l.c, &l.error);
	settings_fini(&s);
	return l;
}

static void the_settings_name_a_role(void **state)
{
	(void)state;
	put_text(".alibabacloud/credentials", plain_ini);
	struct loaded l = load_with(ARN, NULL, NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	const struct credential_role *role = credentials_role(l.c);
	assert_string_equal(role->arn, ARN);
	assert_string_equal(role->session, "drover");
	assert_string_equal(role->external_id, "ext");
	assert_int_equal(role->duration_s, 1800);
	assert_string_equal(role->sts_url, "");
	expect_keys(l, "LTAIini4567890xy", SECRET, "");
	l = load_with(ARN, "machine", "me");
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_instance_role(l.c), "machine");
	assert_string_equal(credentials_role(l.c)->session, "me");
	assert_string_equal(credentials_source(l.c), "role of the instance machine");
	done(&l);
	expect_error(load_with("nonsense", NULL, NULL), CREDENTIALS_E_BAD, "credentials.role_arn");
	expect_error(load_with(ARN " x", NULL, NULL), CREDENTIALS_E_BAD, "odd characters");
	expect_error(load_with(NULL, "a/b", NULL), CREDENTIALS_E_BAD, "credentials.ecs_role");
	put_text(".alibabacloud/credentials",
		 "[default]\ntype = ram_role_arn\naccess_key_id = LTAIini4567890xy\n"
		 "access_key_secret = " SECRET "\nrole_arn = " ARN "\n");
	expect_error(load_with(ARN, NULL, NULL), CREDENTIALS_E_BAD, "assumes one role");
}

static void the_instance_is_asked_last_and_only_when_it_is_named(void **state)
{
	(void)state;
	set("ALIBABA_CLOUD_ECS_METADATA", "machine");
	struct loaded l = load(NULL, NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_instance_role(l.c), "machine");
	done(&l);
	put_text(".alibabacloud/credentials", plain_ini);
	l = load(NULL, NULL);
	assert_null(credentials_instance_role(l.c));
	expect_keys(l, "LTAIini4567890xy", SECRET, "");
	(void)remove(path_of(".alibabacloud/credentials"));
	set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE");
	expect_error(load(NULL, NULL), CREDENTIALS_E_NONE, "no keys found");
}

static void obtained_keys_name_their_way_and_are_counted(void **state)
{
	(void)state;
	put_text(".alibabacloud/credentials", plain_ini);
	struct loaded l = load_with(ARN, NULL, NULL), other = load_with(ARN, NULL, NULL);
	struct credentials *c = NULL;
	const struct credential_keys keys = {"STS.abcdefghijkl", SECRET2, TOKEN};
	assert_int_equal(credentials_obtained(l.c, &keys, 5000, &c), 0);
	assert_non_null(strstr(credentials_source(c), ".alibabacloud/credentials, as " ARN));
	assert_string_equal(credentials_hint(c), "STS.…kl");
	assert_int_equal(credentials_expires_ms(c), 5000);
	assert_null(credentials_role(c));
	assert_true(credentials_equal(l.c, other.c));
	assert_false(credentials_equal(l.c, c));
	assert_true(credentials_same_identity(l.c, other.c));
	assert_ptr_equal(credentials_ref(c), c);
	(void)credentials_free(c);
	struct credential_keys got;
	credentials_keys(c, &got); /* the reference left keeps them */
	assert_string_equal(got.security_token, TOKEN);
	(void)credentials_free(c);
	const struct credential_keys odd = {"STS.a", SECRET2 "\r\nx: y", TOKEN};
	assert_int_equal(credentials_obtained(l.c, &odd, 5000, &c), -EINVAL);
	done(&l);
	done(&other);
}

static void broken_files_name_the_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *part;
	} cases[] = {
		{"{\"access_key_id\": \"a\",\n\"access_key_secret\": \"" SECRET "\n}", "keys:"},
		{"{\n\n\"current\": }", "keys:3: broken JSON"},
		{"{\"access_key_id\": \"LTAI\"} x", "keys:1: broken JSON"},
		{"{\"access_key_id\": \"LTAI\"}", "access_key_secret is missing"},
		{"{\"access_key_id\": 5, \"access_key_secret\": \"" SECRET "\"}", "access_key_id"},
		{"{\"Access_Key_Id\": \"a\", \"access_key_secret\": \"" SECRET "\"}",
		 "access_key_id"},
		{"{\"profiles\": 5}", "no profile \"default\""},
		{"", "empty"},
		{" \n ", "empty"},
		{"[default]\naccess_key_id = a\n" SECRET "\n", "keys:3: not of the form"},
		{"[default\naccess_key_id = a\n", "keys:1: a section without"},
		{"[default]\naccess_key_id = a\naccess_key_id = b\n", "keys:3: given twice"},
		{"[default]\naccess_key_id = a b\n", "keys:2: too long, or"},
		{"[default]\naccess_key_id = a\n", "access_key_secret is missing"},
		{"[default]\ntype = sts\naccess_key_id = a\naccess_key_secret = " SECRET "\n",
		 "security_token is missing"},
		{"[default]\ntype = oidc_role_arn\nrole_name = x\n", "type \"oidc_role_arn\""},
		{"[default]\ntype = ecs_ram_role\nrole_name = a/b\n", "role_name is no name"},
		{"[default]\ntype = ram_role_arn\naccess_key_id = a\naccess_key_secret = " SECRET "\n",
		 "role_arn is missing"},
		{"[default]\ntype = ram_role_arn\naccess_key_id = a\naccess_key_secret = " SECRET
		 "\nrole_arn = x\n", "the role: its name"},
		{"[other]\naccess_key_id = a\n", "no profile \"default\""},
		{"[]\n", "no profile \"default\""},
		{"[\n", "keys:1: a section without"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_text("keys", cases[i].text);
		expect_error(load("keys", NULL), CREDENTIALS_E_BAD, cases[i].part);
	}
	put("keys", 0600, "[default]\n\0x", 12);
	expect_error(load("keys", NULL), CREDENTIALS_E_BAD, "NUL");
}

static void ini_takes_comments_spaces_and_long_tokens(void **state)
{
	(void)state;
	char token[1500], text[2500];
	memset(token, 't', sizeof(token));
	token[sizeof(token) - 1] = '\0';
	(void)snprintf(text, sizeof(text),
		       "\xef\xbb\xbf# comment\n; another\n[ other ]\npolicy = {\n  odd\n}\n"
		       "[default]   ; chosen\n  type=sts\r\naccess_key_id  =  STS.a # mine\r\n"
		       "access_key_secret=%s\nsecurity_token = %s\nunknown = x",
		       SECRET, token);
	put_text("keys", text);
	expect_keys(load("keys", NULL), "STS.a", SECRET, token);
}

static void the_hint_shows_little(void **state)
{
	(void)state;
	put_text("keys", plain_ini);
	struct loaded l = load("keys", NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_hint(l.c), "LTAI…xy");
	done(&l);
	put_text("keys", "{\"access_key_id\": \"short\", \"access_key_secret\": \"" SECRET "\"}");
	l = load("keys", NULL);
	assert_int_equal(l.result, CREDENTIALS_OK);
	assert_string_equal(credentials_hint(l.c), "…");
	done(&l);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(the_environment_comes_first),
		CASE(half_a_pair_in_the_environment_is_refused),
		CASE(a_secret_with_a_line_break_is_refused),
		CASE(the_systemd_directory_comes_second_and_its_mode_does_not_matter),
		CASE(the_systemd_file_may_be_ini_or_config_json_or_hold_a_token),
		CASE(the_ini_comes_before_the_cli_file),
		CASE(profiles_are_chosen_by_setting_then_variable_then_file),
		CASE(an_ini_without_the_profile_gives_way_to_the_cli_file),
		CASE(variables_name_other_files_which_then_must_exist),
		CASE(the_config_file_variable_names_the_cli_file),
		CASE(the_cli_file_can_be_switched_off),
		CASE(a_named_file_replaces_the_search),
		CASE(nothing_anywhere_lists_where_was_looked),
		CASE(files_open_to_others_are_refused),
		CASE(what_is_no_regular_file_is_refused_without_waiting),
		CASE(a_file_over_the_cap_is_refused),
		CASE(other_modes_are_refused_by_name),
		CASE(a_role_of_a_profile_is_read_with_all_its_members),
		CASE(what_is_wrong_with_a_role_is_named),
		CASE(a_chain_takes_the_keys_of_its_source),
		CASE(the_end_of_a_given_token_is_known),
		CASE(the_ini_names_roles_too),
		CASE(the_settings_name_a_role),
		CASE(the_instance_is_asked_last_and_only_when_it_is_named),
		CASE(obtained_keys_name_their_way_and_are_counted),
		CASE(broken_files_name_the_line),
		CASE(ini_takes_comments_spaces_and_long_tokens),
		CASE(the_hint_shows_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
