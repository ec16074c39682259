/*
 * drover.yaml. What is accepted is within what the daemon can live with; what is refused leaves
 * the defaults in force.
 */
#include <math.h>
#include <string.h>

#include "config/config.h"
#include "fuzz/complaints.h"
#include "fuzz/fuzz.h"

#define LONGEST_MS (UINT64_C(10000) * 86400000)

static void check_defaults(const struct settings *s)
{
	struct settings defaults;
	settings_init(&defaults);
	CHECK(s->site == defaults.site && s->mode == defaults.mode && !s->listen);
	for (int i = 0; i < SERVICE_MAX_; i++)
		CHECK(!s->endpoints[i]);
	CHECK(!s->credentials.file && !s->credentials.role_arn && !s->credentials.ecs_role);
	CHECK(s->limits.instances_total == defaults.limits.instances_total);
	CHECK(s->limits.new_per_hour == defaults.limits.new_per_hour);
	CHECK(s->rates.reads_in_flight == defaults.rates.reads_in_flight);
	CHECK(s->poll.sweep_ms == defaults.poll.sweep_ms);
	CHECK(s->poll.max_sends == defaults.poll.max_sends);
	settings_fini(&defaults);
}

static void check_times(const struct settings *s)
{
	const uint64_t all[] = {
		s->credentials.role_duration_ms,
		s->credentials.refresh_ms,
		s->credentials.change_margin_ms,
		s->rates.double_every_ms,
		s->rates.storm_after_ms,
		s->rates.backoff_base_ms,
		s->rates.backoff_cap_ms,
		s->rates.denied_min_ms,
		s->rates.denied_max_ms,
		s->poll.fast_ms,
		s->poll.slow_ms,
		s->poll.sweep_ms,
		s->poll.audit_ms,
		s->poll.orders_ms,
		s->poll.remind_ms,
		s->poll.stuck_after_ms,
		s->poll.replay_window_ms,
		s->poll.twice_apart_ms,
		s->poll.absent_after_ms,
		s->poll.fresh_ms,
		s->poll.settle_ms,
		s->poll.young_ledger_ms,
		s->poll.connect_ms,
		s->poll.read_ms,
		s->poll.write_ms,
		s->poll.stop_ms,
	};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		CHECK(all[i] <= LONGEST_MS);
	/* With 0 of these the daemon would spin, or no call would ever end well. */
	CHECK(s->poll.fast_ms > 0 && s->poll.slow_ms > 0 && s->poll.sweep_ms > 0);
	CHECK(s->poll.connect_ms > 0 && s->poll.read_ms > 0 && s->poll.write_ms > 0);
}

static void check_numbers(const struct settings *s)
{
	CHECK(s->limits.instances_total >= 0 && s->limits.new_per_hour >= 0);
	CHECK(s->limits.deletes_per_hour >= 0);
	CHECK(s->limits.missing_brake >= 0 && s->limits.missing_brake <= 1);
	CHECK(s->rates.reads_per_s > 0 && isfinite(s->rates.reads_per_s));
	CHECK(s->rates.writes_per_s > 0 && isfinite(s->rates.writes_per_s));
	CHECK(s->rates.max_per_s > 0 && isfinite(s->rates.max_per_s));
	CHECK(s->rates.reads_in_flight > 0 && s->rates.writes_in_flight > 0);
	CHECK(s->poll.pace_max > 0 && s->poll.max_sends > 0);
	CHECK(s->log.level >= 0 && s->log.level <= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	size_t len;
	auto_free char *text = fuzz_rest(&in, &len);
	auto_diags struct diags diags;
	struct settings settings;
	diags_init(&diags, "drover.yaml");
	int r = config_parse_settings("drover.yaml", text, len, &diags, &settings);
	CHECK(r == CONFIG_OK || r == CONFIG_E_REFUSED);
	complaints_check(&diags, r == CONFIG_OK);
	if (r == CONFIG_OK) {
		check_times(&settings);
		check_numbers(&settings);
	} else {
		check_defaults(&settings);
	}
	settings_fini(&settings);
	return 0;
}
