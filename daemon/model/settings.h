#pragma once
/*
 * The daemon's own settings (drover.yaml), every one with a default. Built by
 * config/, handed to the modules by the composition root. All durations are
 * milliseconds, all rates are calls per second.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

enum site { SITE_CHINA, SITE_INTERNATIONAL };
enum mode { MODE_ACT, MODE_OBSERVE };
enum log_form { LOG_AUTO, LOG_JOURNAL, LOG_TEXT, LOG_JSON };

enum service { SERVICE_EDS_AIC, SERVICE_APPSTREAM, SERVICE_BSS, SERVICE_STS, SERVICE_METADATA, SERVICE_MAX_ };

struct settings {
	enum site site;
	enum mode mode;
	char *endpoints[SERVICE_MAX_]; /* NULL = by site; "https://host[:port]" or loopback http */

	struct {
		char *profile; /* of the shared files; NULL = their default */
		char *file;    /* a credential file instead of the search; NULL = search */
		char *role_arn;          /* a role to assume with the keys found; NULL = none */
		char *role_session_name; /* NULL = "drover" */
		char *external_id;       /* NULL = none */
		uint64_t role_duration_ms; /* 1 h; 15 min and more, whole seconds */
		char *ecs_role;          /* the instance's own role: its name, "" = ask; NULL = not used */
		uint64_t refresh_ms;     /* 15 min before their end temporary keys are renewed */
		uint64_t change_margin_ms; /* 5 min: no changing call with keys that have less left */
	} credentials;

	struct {
		int64_t instances_total;        /* 2000 */
		int64_t new_per_hour;           /* 500 */
		int64_t deletes_per_hour;       /* 0 = max(1, 10 %) of the group's desired count */
		double missing_brake;           /* 0.2 of the known missing at once: stop */
		char *spend_per_day;            /* "1000 CNY" in any 24 h; NULL = no limit */
		char *spend_per_month;          /* in any 30 days */
		bool hold_unknown_price;        /* false */
	} limits;

	struct {
		double reads_per_s;        /* 5 */
		double writes_per_s;       /* 2 */
		double max_per_s;          /* 100: where the doubling ends */
		uint64_t double_every_ms;  /* 5 s */
		uint64_t storm_after_ms;   /* 10 s of nothing but refusals: one call tries at a time */
		uint64_t backoff_base_ms;  /* 200 ms */
		uint64_t backoff_cap_ms;   /* 60 s */
		uint64_t denied_min_ms;    /* 5 min: stock, quota, arrears */
		uint64_t denied_max_ms;    /* 6 h */
		int reads_in_flight;       /* 8, to each service */
		int writes_in_flight;      /* likewise */
	} rates;

	struct {
		uint64_t fast_ms;          /* 2 s: groups in transition, growing to slow_ms */
		uint64_t slow_ms;          /* 15 s */
		uint64_t sweep_ms;         /* 60 s: steady state */
		uint64_t audit_ms;         /* 6 h: every instance by identity */
		uint64_t orders_ms;        /* 30 s: unpaid orders */
		uint64_t remind_ms;        /* 1 h: orders still unpaid */
		uint64_t stuck_after_ms;   /* 30 min */
		uint64_t replay_window_ms; /* 30 min: a token is replayed within it */
		uint64_t twice_apart_ms;   /* 2 s between two agreeing listings */
		uint64_t absent_after_ms;  /* 10 min until a vanished instance is gone */
		uint64_t fresh_ms;         /* 5 s: the listing before a whole-group delete */
		uint64_t settle_ms;        /* 2 s after a file event */
		uint64_t young_ledger_ms;  /* 30 d: look for unknown orders first */
		uint64_t connect_ms;       /* 5 s */
		uint64_t read_ms;          /* 30 s total for a read */
		uint64_t write_ms;         /* 60 s total for a changing call */
		uint64_t stop_ms;          /* 30 s for answers at SIGTERM */
		int64_t pace_max;          /* 64 creates at once after 1, 2, 4, ... */
		int max_sends;             /* 5 sends of one token */
	} poll;

	struct {
		enum log_form form;
		int level; /* syslog number; 6 = info */
	} log;

	char *listen; /* control socket path; NULL = $RUNTIME_DIRECTORY or state dir */
};

/* "china" or "international" */
const char *site_name(enum site site);
/* Where a person pays the orders of the site's accounts (eds-aic 7). */
const char *site_console_url(enum site site);

/* Fills in every default. */
void settings_init(struct settings *s);
void settings_fini(struct settings *s);
