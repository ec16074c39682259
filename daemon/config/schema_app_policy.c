/*
 * The network and the policies of kind app-streaming (appstream-center 3.1), with the
 * rules of appstream-center 9.5; the numbers in the comments are its.
 */
#include <string.h>

#include "config/check.h"
#include "config/schema_app_streaming.h"

#define MAX_ROWS 100       /* of lists; not documented, bounds the request */
#define MAX_IP_MINUTES 525600 /* a year; not documented */
#define MAX_PIXELS 16384   /* not documented */

static const char *const words_network[] = {"Mixed", "Shared", NULL};
static const char *const words_egress[] = {"Shared", NULL};
static const char *const words_domain[] = {"allow", "block", NULL};
static const char *const words_storage[] = {"OFF", "PDS", NULL};
static const char *const words_remote[] = {"NAS", NULL};
static const char *const words_stream[] = {"video", "mix", NULL};
static const char *const words_session[] = {"CONSOLE", "NORMAL", NULL};
static const char *const words_debug[] = {"OFF", "ON", NULL};
static const char *const words_generation[] = {"wyid", NULL};
static const char *const words_schedule[] = {"DYNAMIC", "FIX_NODE", NULL};

static bool is_word(const struct yaml_node *map, const char *key, const char *word)
{
	const char *text = check_text(map, key);
	return text && strcmp(text, word) == 0;
}

/* Complains at @key, which is there. */
static void complain_at(struct check *c, const struct source *own, const char *key,
			const char *what)
{
	struct path path = {.up = own->path, .key = key};
	check_complain(c, &path, yaml_get(own->node, key)->pos, "%s", what);
}

/* --- network -------------------------------------------------------------------------- */

/* Rule 21. */
static void check_network(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	if (yaml_get(own->node, "routes") && !is_word(own->node, "strategy_type", "Mixed"))
		complain_at(c, own, "routes", "needs strategy_type: Mixed");
	if (yaml_get(own->node, "v_switch_ids") && !yaml_get(own->node, "office_site_id"))
		complain_at(c, own, "v_switch_ids",
			    "needs office_site_id: switches belong to a custom office network");
}

static const struct schema_field route_fields[] = {
	{.key = "destination", .type = SCHEMA_TEXT, .required = true, .rule = &rule_cidr,
	 .api = "Destination", .doc = "Address block, for example 139.196.0.0/16."},
	{.key = "mode", .type = SCHEMA_WORD, .words = words_egress, .api = "Mode",
	 .doc = "Shared: leaves through the NAT gateway."},
	{0}};

static const struct schema routes = {
	.name = "routes", .fields = route_fields, .doc = "A route of a Mixed network."};

static const struct schema_field domain_fields[] = {
	{.key = "domain", .type = SCHEMA_TEXT, .required = true, .rule = &rule_domain,
	 .api = "Domain", .doc = "Domain name."},
	{.key = "policy", .type = SCHEMA_WORD, .required = true, .words = words_domain,
	 .api = "Policy", .doc = "What happens to it."},
	{0}};

static const struct schema domain_rules = {
	.name = "domain_rules", .fields = domain_fields, .doc = "A domain, and whether it may be used."};

static const struct schema_field network_fields[] = {
	{.key = "strategy_type", .type = SCHEMA_WORD, .words = words_network, .api = "StrategyType",
	 .doc = "Mixed: two interfaces and an own public address; Shared: one, behind a NAT "
		"gateway."},
	{.key = "routes", .type = SCHEMA_MAPS, .max = MAX_ROWS, .table = &routes, .api = "Routes",
	 .doc = "Routes; only with strategy_type Mixed."},
	{.key = "ip_expire_minutes", .type = SCHEMA_INT, .min = 60, .max = MAX_IP_MINUTES,
	 .api = "IpExpireMinutes",
	 .doc = "Age after which the public address is replaced at the next logon."},
	{.key = "office_site_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "OfficeSiteId",
	 .doc = "Office network, for example cn-hongkong+dir-8425671234."},
	{.key = "v_switch_ids", .type = SCHEMA_TEXTS, .max = MAX_ROWS, .rule = &rule_id,
	 .api = "VSwitchIds", .doc = "Switches (vsw-...) of a custom office network."},
	{.key = "domain_rules", .type = SCHEMA_MAPS, .max = MAX_ROWS, .table = &domain_rules,
	 .api = "DomainRules", .doc = "Domains that may or may not be used."},
	{0}};

const struct schema schema_app_network = {
	.name = "network", .fields = network_fields, .rules = check_network,
	.doc = "The network. The cloud wants a ticket before it is used."};

/* --- storage -------------------------------------------------------------------------- */

static const struct schema_field profile_fields[] = {
	{.key = "user_profile_switch", .type = SCHEMA_BOOL, .api = "UserProfileSwitch",
	 .doc = "true: users' data go with them."},
	{.key = "remote_storage_type", .type = SCHEMA_WORD, .words = words_remote,
	 .api = "RemoteStorageType", .doc = "Where they are kept."},
	{.key = "remote_storage_path", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 1024,
	 .api = "RemoteStoragePath",
	 .doc = "In which path; groups that share users' data name the same. The cloud's default "
		"is the delivery group's id."},
	{0}};

static const struct schema user_profile = {
	.name = "user_profile", .fields = profile_fields, .doc = "Roaming of users' data."};

static const struct schema_field storage_fields[] = {
	{.key = "storage_type_list", .type = SCHEMA_TEXTS, .max = 2, .words = words_storage,
	 .api = "StorageTypeList", .doc = "OFF, or PDS (Photo and Drive Service)."},
	{.key = "user_profile", .type = SCHEMA_MAP, .table = &user_profile, .api = "UserProfile",
	 .doc = "Roaming of users' data."},
	{0}};

const struct schema schema_app_storage = {
	.name = "storage_policy", .fields = storage_fields, .doc = "Where users' data lies."};

/* --- video ---------------------------------------------------------------------------- */

static bool is_frame_rate(int64_t n)
{
	return n == 30 || n == 60;
}

static const struct number_rule rule_frame_rate = {"30 or 60", is_frame_rate};

/* Rule 23; true with mix is a pair that is not documented. */
static void check_video(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	if (is_word(own->node, "webrtc", "true") && !is_word(own->node, "streaming_mode", "video"))
		complain_at(c, own, "webrtc", "needs streaming_mode: video");
}

static const struct schema_field video_fields[] = {
	{.key = "frame_rate", .type = SCHEMA_INT, .min = 30, .max = 60, .numbers = &rule_frame_rate,
	 .api = "FrameRate", .doc = "Pictures per second, 30 or 60."},
	{.key = "terminal_resolution_adaptive", .type = SCHEMA_BOOL,
	 .api = "TerminalResolutionAdaptive",
	 .doc = "true: the picture follows the client's window up to the width and height below; "
		"false: it always has that size."},
	{.key = "session_resolution_width", .type = SCHEMA_INT, .min = 1, .max = MAX_PIXELS,
	 .api = "SessionResolutionWidth", .doc = "Width in pixels."},
	{.key = "session_resolution_height", .type = SCHEMA_INT, .min = 1, .max = MAX_PIXELS,
	 .api = "SessionResolutionHeight", .doc = "Height in pixels."},
	{.key = "streaming_mode", .type = SCHEMA_WORD, .words = words_stream, .api = "StreamingMode",
	 .doc = "video with webrtc true is a WebRTC stream, with false a video stream; mix is a "
		"mixed stream."},
	{.key = "webrtc", .type = SCHEMA_BOOL, .api = "Webrtc",
	 .doc = "true needs streaming_mode video."},
	{0}};

const struct schema schema_app_video = {
	.name = "video_policy", .fields = video_fields, .rules = check_video, .doc = "The picture."};

/* --- runtime, security, user-defined -------------------------------------------------- */

/* Rule 22; the cloud's default of session_pre_open is true. */
static void check_runtime(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	if (is_word(own->node, "session_user_generation_mode", "wyid") &&
	    !is_word(own->node, "session_pre_open", "false"))
		complain_at(c, own, "session_user_generation_mode",
			    "wyid needs session_pre_open: false");
}

static const struct schema_field runtime_fields[] = {
	{.key = "session_type", .type = SCHEMA_WORD, .words = words_session, .api = "SessionType",
	 .doc = "CONSOLE, or NORMAL: a remote desktop session."},
	{.key = "debug_mode", .type = SCHEMA_WORD, .words = words_debug, .api = "DebugMode",
	 .doc = "ON is needed to make an image from the group."},
	{.key = "session_user_generation_mode", .type = SCHEMA_WORD, .words = words_generation,
	 .api = "SessionUserGenerationMode",
	 .doc = "How the users of sessions are made. Needs session_pre_open false."},
	{.key = "session_pre_open", .type = SCHEMA_BOOL, .sent_as_text = true,
	 .api = "SessionPreOpen",
	 .doc = "Whether sessions are started in advance. The cloud's default is true."},
	{.key = "per_session_per_app", .type = SCHEMA_BOOL, .api = "PerSessionPerApp",
	 .doc = "true: every application takes a session of its own."},
	{.key = "persistent_app_instance_schedule_mode", .type = SCHEMA_WORD,
	 .words = words_schedule, .api = "PersistentAppInstanceScheduleMode",
	 .doc = "Whether a persistent session may move between nodes."},
	{0}};

const struct schema schema_app_runtime = {
	.name = "runtime_policy", .fields = runtime_fields, .rules = check_runtime,
	.doc = "How sessions run."};

static const struct schema_field security_fields[] = {
	{.key = "reset_after_unbind", .type = SCHEMA_BOOL, .api = "ResetAfterUnbind",
	 .doc = "true: reset when a user is taken off."},
	{.key = "skip_user_auth_check", .type = SCHEMA_BOOL, .api = "SkipUserAuthCheck",
	 .doc = "true: users' permissions are not checked. The cloud's default is false."},
	{0}};

const struct schema schema_app_security = {
	.name = "security_policy", .fields = security_fields, .doc = "Security."};

static const struct schema_field user_define_fields[] = {
	{.key = "custom_config", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 16384,
	 .api = "CustomConfig",
	 .doc = "Text as the image wants it, for example a list of JSON objects."},
	{0}};

const struct schema schema_app_user_define = {
	.name = "user_define_policy", .fields = user_define_fields,
	.doc = "A policy of one's own. The cloud wants a ticket before it is used."};
