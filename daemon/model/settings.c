#include "model/settings.h"

#include <stdlib.h>

#define SECOND 1000u
#define MINUTE (60u * SECOND)
#define HOUR (60u * MINUTE)
#define DAY (24u * (uint64_t)HOUR)

const char *site_name(enum site site)
{
	return site == SITE_INTERNATIONAL ? "international" : "china";
}

const char *site_console_url(enum site site)
{
	return site == SITE_INTERNATIONAL ? "https://usercenter2-intl.aliyun.com/order/list"
					  : "https://usercenter2.aliyun.com/order/list";
}

void settings_init(struct settings *s)
{
	*s = (struct settings){
		.site = SITE_CHINA,
		.mode = MODE_ACT,
		.credentials = {.role_duration_ms = HOUR, .refresh_ms = 15 * MINUTE,
				.change_margin_ms = 5 * MINUTE},
		.limits = {.instances_total = 2000, .new_per_hour = 500, .missing_brake = 0.2},
		.rates = {.reads_per_s = 5, .writes_per_s = 2, .max_per_s = 100,
			  .double_every_ms = 5 * SECOND, .storm_after_ms = 10 * SECOND, .backoff_base_ms = 200,
			  .backoff_cap_ms = MINUTE, .denied_min_ms = 5 * MINUTE,
			  .denied_max_ms = 6 * HOUR, .reads_in_flight = 8, .writes_in_flight = 8},
		.poll = {.fast_ms = 2 * SECOND, .slow_ms = 15 * SECOND, .sweep_ms = MINUTE,
			 .audit_ms = 6 * HOUR, .orders_ms = 30 * SECOND, .remind_ms = HOUR,
			 .stuck_after_ms = 30 * MINUTE, .replay_window_ms = 30 * MINUTE,
			 .twice_apart_ms = 2 * SECOND, .absent_after_ms = 10 * MINUTE,
			 .fresh_ms = 5 * SECOND, .settle_ms = 2 * SECOND,
			 .young_ledger_ms = 30 * DAY, .connect_ms = 5 * SECOND,
			 .read_ms = 30 * SECOND, .write_ms = MINUTE, .stop_ms = 30 * SECOND,
			 .pace_max = 64, .max_sends = 5},
		.log = {.form = LOG_AUTO, .level = 6},
	};
}

void settings_fini(struct settings *s)
{
	for (int i = 0; i < SERVICE_MAX_; i++)
		free(s->endpoints[i]);
	free(s->limits.spend_per_day);
	free(s->limits.spend_per_month);
	free(s->credentials.profile);
	free(s->credentials.file);
	free(s->credentials.role_arn);
	free(s->credentials.role_session_name);
	free(s->credentials.external_id);
	free(s->credentials.ecs_role);
	free(s->listen);
	*s = (struct settings){0};
}
