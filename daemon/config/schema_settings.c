/*
 * drover.yaml: every field of struct settings has a row; its default repeats
 * settings_init(), and a test holds the two together.
 */
#include <stddef.h>
#include <stdio.h>

#include "base/duration.h"
#include "config/check.h"
#include "config/schema.h"
#include "model/settings.h"

#define IN_SETTINGS(kind_of_store, member)                                                         \
	.store = (kind_of_store), .offset = offsetof(struct settings, member)

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const char *const words_site[] = {"china", "international", NULL};
static const char *const words_mode[] = {"act", "observe", NULL};
static const char *const words_price[] = {"allow", "hold", NULL};
static const char *const words_form[] = {"auto", "journal", "text", "json", NULL};
/* In the order of syslog's numbers. */
static const char *const words_level[] = {"emerg", "alert", "crit", "error", "warning",
					  "notice", "info", "debug", NULL};

static const struct schema credentials, rates, poll;

/* Complains where @low is above @high, at the one of them that is written. */
static void check_order(struct check *c, const struct schema *s, const struct source *own,
			const char *low, const char *high)
{
	int64_t at_low = 0, at_high = 0;
	char shown[CHECK_SHOW_SIZE];
	if (!check_number(s, own->node, low, &at_low) ||
	    !check_number(s, own->node, high, &at_high) || at_low <= at_high)
		return;
	const struct yaml_node *node = yaml_get(own->node, low);
	bool is_low = node != NULL;
	const char *key = is_low ? low : high, *other = is_low ? high : low;
	node = is_low ? node : yaml_get(own->node, high);
	const struct yaml_node *other_node = yaml_get(own->node, other);
	struct path path = {.up = own->path, .key = key};
	check_complain(c, &path, node->pos, "must be at %s %s (%s), is %s",
		       is_low ? "most" : "least", other,
		       other_node ? other_node->text : schema_find(s, other)->initial,
		       check_show(node, shown));
}

static void check_rates(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	check_order(c, &rates, own, "reads_per_s", "max_per_s");
	check_order(c, &rates, own, "writes_per_s", "max_per_s");
	check_order(c, &rates, own, "backoff_base", "backoff_cap");
	check_order(c, &rates, own, "denied_min", "denied_max");
}

static void check_poll(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	check_order(c, &poll, own, "fast", "slow");
	check_order(c, &poll, own, "connect", "read");
	check_order(c, &poll, own, "connect", "write");
}

/* What says how a role is assumed needs the role. */
static void check_role(struct check *c, const struct source *own)
{
	static const char *const keys[] = {"role_session_name", "external_id", "role_duration"};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct yaml_node *node = yaml_get(own->node, keys[i]);
		struct path path = {.up = own->path, .key = keys[i]};
		if (node && !yaml_get(own->node, "role_arn"))
			check_complain(c, &path, node->pos, "needs role_arn");
	}
}

/* Keys of a role that are renewed as long before their end as they live are renewed for ever. */
static void check_credentials(struct check *c, const struct source *own,
			      const struct source *defaults)
{
	int64_t life = 0, refresh = 0;
	const struct yaml_node *node = yaml_get(own->node, "role_duration");
	const struct yaml_node *other = yaml_get(own->node, "refresh");
	struct path path = {.up = own->path, .key = node ? "role_duration" : "refresh"};
	char shown[CHECK_SHOW_SIZE];
	(void)defaults;
	check_role(c, own);
	if (!check_number(&credentials, own->node, "role_duration", &life) ||
	    !check_number(&credentials, own->node, "refresh", &refresh))
		return;
	if (node && life % SECOND != 0)
		check_complain(c, &path, node->pos, "must be whole seconds, is %s",
			       check_show(node, shown));
	else if (node && life <= refresh)
		check_complain(c, &path, node->pos, "must be more than refresh (%s), is %s",
			       other ? other->text : schema_find(&credentials, "refresh")->initial,
			       check_show(node, shown));
	else if (other && yaml_get(own->node, "role_arn") && life <= refresh)
		check_complain(c, &path, other->pos, "must be less than role_duration (%s), is %s",
			       schema_find(&credentials, "role_duration")->initial,
			       check_show(other, shown));
}

#define ENDPOINT(word, service, words)                                                             \
	{                                                                                          \
		.key = (word), .type = SCHEMA_TEXT, .rule = &rule_endpoint, .max = 300,            \
		IN_SETTINGS(STORE_TEXT, endpoints[service]), .doc = (words)                        \
	}

static const struct schema_field endpoint_fields[] = {
	ENDPOINT("eds-aic", SERVICE_EDS_AIC, "Cloud phones. Default: by site."),
	ENDPOINT("appstream-center", SERVICE_APPSTREAM, "App streaming. Default: by site."),
	ENDPOINT("bssopenapi", SERVICE_BSS, "Orders and purchases. Default: by site."),
	ENDPOINT("sts", SERVICE_STS, "Temporary credentials. Default: by site."),
	{.key = "metadata", .type = SCHEMA_TEXT, .rule = &rule_metadata, .max = 300,
	 IN_SETTINGS(STORE_TEXT, endpoints[SERVICE_METADATA]),
	 .doc = "Credentials of the machine's role. Default: http://100.100.100.200."},
	{0}};

static const struct schema endpoints = {
	.name = "endpoints", .fields = endpoint_fields,
	.doc = "Addresses of the services: https; http only to literal loopback addresses (a "
	       "rehearsal) and, for metadata, to 100.100.100.200."};

#define WAIT(word, member, least, most, value, words)                                              \
	{                                                                                          \
		.key = (word), .type = SCHEMA_DURATION, .min = (least), .max = (most),             \
		.initial = (value), IN_SETTINGS(STORE_UINT64, member), .doc = (words)              \
	}

static const struct schema_field credential_fields[] = {
	{.key = "profile", .type = SCHEMA_TEXT, .rule = &rule_profile,
	 IN_SETTINGS(STORE_TEXT, credentials.profile),
	 .doc = "Profile of the shared credential files. Default: the one they name."},
	{.key = "file", .type = SCHEMA_TEXT, .rule = &rule_path, .max = 4000,
	 IN_SETTINGS(STORE_TEXT, credentials.file),
	 .doc = "Credential file to read instead of searching the usual places."},
	{.key = "role_arn", .type = SCHEMA_TEXT, .rule = &rule_role_arn,
	 IN_SETTINGS(STORE_TEXT, credentials.role_arn),
	 .doc = "Role to assume with the keys found, acs:ram::ACCOUNT:role/NAME. Default: none."},
	{.key = "role_session_name", .type = SCHEMA_TEXT, .rule = &rule_session_name,
	 IN_SETTINGS(STORE_TEXT, credentials.role_session_name),
	 .doc = "How the role's sessions are called in the cloud's logs. Default: drover."},
	{.key = "external_id", .type = SCHEMA_TEXT, .rule = &rule_external_id,
	 IN_SETTINGS(STORE_TEXT, credentials.external_id),
	 .doc = "External id that the role asks for. Default: none."},
	WAIT("role_duration", credentials.role_duration_ms, 15 * MINUTE, 12 * HOUR, "1h",
	     "How long the role's keys are valid, whole seconds; the role itself may allow less."),
	{.key = "ecs_role", .type = SCHEMA_TEXT, .rule = &rule_role_name,
	 IN_SETTINGS(STORE_TEXT, credentials.ecs_role),
	 .doc = "Role of the machine whose keys are used, by way of its metadata service; \"\": "
		"whichever it has. Default: not used."},
	WAIT("refresh", credentials.refresh_ms, 1, 6 * HOUR, "15m",
	     "Temporary keys are renewed this long before they end."),
	WAIT("change_margin", credentials.change_margin_ms, 1, 30 * MINUTE, "5m",
	     "No changing call is made with temporary keys that have less left: it waits."),
	{0}};

static const struct schema credentials = {
	.name = "credentials", .fields = credential_fields, .rules = check_credentials,
	.doc = "Where the keys come from; never the keys."};

static const struct schema_field limit_fields[] = {
	{.key = "instances_total", .type = SCHEMA_INT, .max = 1000000, .initial = "2000",
	 IN_SETTINGS(STORE_INT64, limits.instances_total),
	 .doc = "Most instances that may exist or be on their way, all groups together."},
	{.key = "new_per_hour", .type = SCHEMA_INT, .max = 100000, .initial = "500",
	 IN_SETTINGS(STORE_INT64, limits.new_per_hour),
	 .doc = "Most instances ordered in any hour. 0 holds every order."},
	{.key = "deletes_per_hour", .type = SCHEMA_INT, .min = 1, .max = 100000,
	 IN_SETTINGS(STORE_INT64, limits.deletes_per_hour),
	 .doc = "Most instances deleted in any hour. Default: a tenth of the group's desired "
		"count, at least 1."},
	{.key = "missing_brake", .type = SCHEMA_PERCENT, .max = 100, .initial = "20%",
	 IN_SETTINGS(STORE_DOUBLE, limits.missing_brake),
	 .doc = "When more than this part of the known instances is missing at once, nothing is "
		"created or deleted."},
	{.key = "spend_per_day", .type = SCHEMA_TEXT, .rule = &rule_money, .max = 32,
	 IN_SETTINGS(STORE_TEXT, limits.spend_per_day),
	 .doc = "Most money that the orders of any 24 hours may cost, such as 1000 CNY. Default: no "
		"limit."},
	{.key = "spend_per_month", .type = SCHEMA_TEXT, .rule = &rule_money, .max = 32,
	 IN_SETTINGS(STORE_TEXT, limits.spend_per_month),
	 .doc = "The same of any 30 days. Default: no limit."},
	{.key = "unknown_price", .type = SCHEMA_WORD, .words = words_price, .initial = "allow",
	 IN_SETTINGS(STORE_BOOL, limits.hold_unknown_price),
	 .doc = "An order whose price nobody says, or that is in another currency than a limit, is "
		"let through or held."},
	{0}};

static const struct schema limits = {
	.name = "limits", .fields = limit_fields,
	.doc = "Brakes: what exceeds one is held until approved."};

#define RATE(word, member, value, words)                                                           \
	{                                                                                          \
		.key = (word), .type = SCHEMA_RATE, .min = 10, .max = 1000000, .initial = (value), \
		IN_SETTINGS(STORE_DOUBLE, rates.member), .doc = (words)                            \
	}
static const struct schema_field rate_fields[] = {
	RATE("reads_per_s", reads_per_s, "5", "Reading calls per second to begin with."),
	RATE("writes_per_s", writes_per_s, "2", "Changing calls per second to begin with."),
	RATE("max_per_s", max_per_s, "100", "Where the doubling ends."),
	WAIT("double_every", rates.double_every_ms, 1, DAY, "5s",
	     "Rates double this often until the first throttle."),
	WAIT("storm_after", rates.storm_after_ms, 1, HOUR, "10s",
	     "When nothing was taken for so long, or so long a pause is asked for, one call tries at a "
	     "time, and those of one service this far apart."),
	WAIT("backoff_base", rates.backoff_base_ms, 1, MINUTE, "200ms",
	     "First pause of a retry, drawn at random up to this."),
	WAIT("backoff_cap", rates.backoff_cap_ms, 1, HOUR, "60s", "Longest pause of a retry."),
	WAIT("denied_min", rates.denied_min_ms, 1, DAY, "5m",
	     "First pause after sold out, quota reached or account in arrears."),
	WAIT("denied_max", rates.denied_max_ms, 1, 7 * DAY, "6h", "Longest such pause."),
	{.key = "reads_in_flight", .type = SCHEMA_INT, .min = 1, .max = 64, .initial = "8",
	 IN_SETTINGS(STORE_INT, rates.reads_in_flight), .doc = "Reading calls to one service at the same time."},
	{.key = "writes_in_flight", .type = SCHEMA_INT, .min = 1, .max = 64, .initial = "8",
	 IN_SETTINGS(STORE_INT, rates.writes_in_flight), .doc = "Changing calls to one service at the same time."},
	{0}};

static const struct schema rates = {.name = "rates",
				    .fields = rate_fields,
				    .rules = check_rates,
				    .doc = "How fast the API is called, per operation."};

static const struct schema_field poll_fields[] = {
	WAIT("fast", poll.fast_ms, 1, HOUR, "2s",
	     "First interval of looking at a group in transition."),
	WAIT("slow", poll.slow_ms, 1, HOUR, "15s", "Longest such interval."),
	WAIT("sweep", poll.sweep_ms, 1, DAY, "60s", "Interval of looking at a steady fleet."),
	WAIT("audit", poll.audit_ms, 1, 30 * DAY, "6h",
	     "Interval of listing every instance of a steady fleet."),
	WAIT("orders", poll.orders_ms, 1, DAY, "30s", "Interval of asking after unpaid orders."),
	WAIT("remind", poll.remind_ms, 1, 7 * DAY, "1h",
	     "Interval of reminding of an order still unpaid."),
	WAIT("stuck_after", poll.stuck_after_ms, 1, 7 * DAY, "30m",
	     "A wait longer than this is reported; nothing is created anew."),
	WAIT("replay_window", poll.replay_window_ms, 1, DAY, "30m",
	     "How long after its first sending an unclear call may be sent again with its token; a "
	     "call without a token is not sent anew inside it."),
	WAIT("twice_apart", poll.twice_apart_ms, 1, HOUR, "2s",
	     "Least time between two listings that must agree."),
	WAIT("absent_after", poll.absent_after_ms, 1, 7 * DAY, "10m",
	     "An instance that vanished is given up after this."),
	WAIT("fresh", poll.fresh_ms, 1, HOUR, "5s",
	     "Greatest age of the listing by which an instance is released, restarted or reset."),
	WAIT("settle", poll.settle_ms, 0, HOUR, "2s",
	     "How long a changed file must keep still before it is read."),
	WAIT("young_ledger", poll.young_ledger_ms, 0, 365 * DAY, "30d",
	     "A ledger younger than this looks for unknown orders before it orders PrePaid."),
	WAIT("connect", poll.connect_ms, 1, MINUTE, "5s", "Longest time to connect."),
	WAIT("read", poll.read_ms, 1, HOUR, "30s", "Longest time of a reading call."),
	WAIT("write", poll.write_ms, 1, HOUR, "60s",
	     "Longest time of a changing call; then it is unclear and looked into."),
	WAIT("stop", poll.stop_ms, 0, HOUR, "30s",
	     "How long to wait at the end for answers under way."),
	{.key = "pace_max", .type = SCHEMA_INT, .min = 1, .max = 1000, .initial = "64",
	 IN_SETTINGS(STORE_INT64, poll.pace_max),
	 .doc = "A group creates 1, 2, 4, ... at once, up to this."},
	{.key = "max_sends", .type = SCHEMA_INT, .min = 1, .max = 20, .initial = "5",
	 IN_SETTINGS(STORE_INT, poll.max_sends), .doc = "Most sendings of one token."},
	{0}};

static const struct schema poll = {.name = "poll",
				   .fields = poll_fields,
				   .rules = check_poll,
				   .doc = "Intervals, windows and time limits."};

static const struct schema_field log_fields[] = {
	{.key = "form", .type = SCHEMA_WORD, .words = words_form, .initial = "auto",
	 IN_SETTINGS(STORE_INT, log.form),
	 .doc = "journal, text or json; auto is journal under systemd, else text."},
	{.key = "level", .type = SCHEMA_WORD, .words = words_level, .initial = "info",
	 IN_SETTINGS(STORE_INT, log.level), .doc = "The least important that is still logged."},
	{0}};

static const struct schema log_table = {.name = "log", .fields = log_fields, .doc = "The log."};

static const struct schema_field fields[] = {
	{.key = "version", .type = SCHEMA_INT, .required = true, .min = 1, .max = 1,
	 .doc = "Version of this file's form."},
	{.key = "site", .type = SCHEMA_WORD, .words = words_site, .initial = "china",
	 IN_SETTINGS(STORE_INT, site),
	 .doc = "Where the account was opened; chooses the endpoints."},
	{.key = "mode", .type = SCHEMA_WORD, .words = words_mode, .initial = "act",
	 IN_SETTINGS(STORE_INT, mode),
	 .doc = "observe never changes anything: for the first day on a real account."},
	{.key = "endpoints", .type = SCHEMA_MAP, .table = &endpoints,
	 .doc = "Addresses of the services."},
	{.key = "credentials", .type = SCHEMA_MAP, .table = &credentials,
	 .doc = "Where the keys come from."},
	{.key = "limits", .type = SCHEMA_MAP, .table = &limits,
	 .doc = "Brakes: what exceeds one is held until approved."},
	{.key = "rates", .type = SCHEMA_MAP, .table = &rates, .doc = "How fast the API is called."},
	{.key = "poll", .type = SCHEMA_MAP, .table = &poll,
	 .doc = "Intervals, windows and time limits."},
	{.key = "log", .type = SCHEMA_MAP, .table = &log_table, .doc = "The log."},
	{.key = "listen", .type = SCHEMA_TEXT, .rule = &rule_socket,
	 IN_SETTINGS(STORE_TEXT, listen),
	 .doc = "Control socket. Default: $RUNTIME_DIRECTORY/drover.sock, else in the state "
		"directory."},
	{0}};

const struct schema schema_settings = {
	.name = "drover.yaml", .fields = fields, .doc = "The daemon's own settings."};
