#include "cloud/key_renewal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/pacing.h"

#define RETRY_MIN_MS 1000u
#define RETRY_MAX_MS 60000u
#define LOOK_MS 60000u     /* a wall clock may jump: the end is looked at so often */
#define QUIET_FAILURES 2u  /* told of from the next one on, while there are good keys */
#define JITTER_PARTS 1000u /* of the time that renewing begins before the end */
#define JITTER_MOST 100u

struct key_renewal {
	struct key_renewal_options o; /* settings is not kept */
	uint64_t refresh_ms, margin_ms, denied_ms;
	char metadata_url[ENDPOINT_URL_SIZE];

	struct credentials *way, *in_force; /* a reference each; in_force may be NULL */
	uint64_t obtained_ms;               /* monotonic: when in_force came */
	unsigned jitter;
	uint64_t not_before_ms; /* monotonic: no sooner is anybody asked again */
	bool due;               /* whatever the clock says */
	unsigned failures;      /* in a row */
	enum { EPISODE_NONE, EPISODE_FAILED, EPISODE_REFUSED } episode;
	bool low_told, ended_told;
	char trouble[256];

	struct instance_role instance;
	struct assume_role assume;
	enum { ASKING_NOBODY, ASKING_INSTANCE, ASKING_STS } asking;
	bool outdated; /* what is asked for is not wanted any more */
	bool closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void tell(struct key_renewal *k, enum key_event event, const struct fresh_keys *answer)
{
	const struct key_news news = {
		.event = event,
		.source = credentials_source(k->way),
		.in_force = k->in_force,
		.code = answer ? answer->code : "",
		.request_id = answer ? answer->request_id : "",
		.text = answer ? answer->text : "",
	};
	k->o.on_news(k->o.data, &news);
}

/* ---- when */

static uint64_t random_below(struct key_renewal *k, uint64_t bound)
{
	return env_random_below(k->o.env, bound);
}

static bool is_asked_for(const struct key_renewal *k)
{
	return credentials_role(k->way) || credentials_instance_role(k->way);
}

static uint64_t end_of(const struct key_renewal *k)
{
	return k->in_force ? credentials_expires_ms(k->in_force) : 0;
}

static uint64_t left_of(const struct key_renewal *k)
{
	uint64_t end = end_of(k), now = cloud_wall_ms(k->o.cloud);
	return end > now ? end - now : 0;
}

/* How long before their end keys are renewed. Counted anew each time, since the first answer
 * may have shown that our clock is wrong. */
static uint64_t lead_of(const struct key_renewal *k)
{
	uint64_t life = left_of(k) + (env_mono_ms(k->o.env) - k->obtained_ms);
	uint64_t lead = k->refresh_ms < life / 2 ? k->refresh_ms : life / 2;
	return lead + lead * k->jitter / JITTER_PARTS;
}

static bool is_due(const struct key_renewal *k)
{
	if (k->due || !k->in_force)
		return true;
	return end_of(k) > 0 && left_of(k) <= lead_of(k);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Until the next thing that may have to be told or done. */
static uint64_t next_look_ms(const struct key_renewal *k)
{
	uint64_t now = env_mono_ms(k->o.env), left = left_of(k), wait = LOOK_MS;
	uint64_t lead = lead_of(k);
	if (left > 0)
		wait = smaller(wait, left);
	if (left >= k->margin_ms)
		wait = smaller(wait, left - k->margin_ms + 1);
	if (k->asking != ASKING_NOBODY)
		return wait;
	if (is_due(k))
		wait = smaller(wait, k->not_before_ms > now ? k->not_before_ms - now : 1);
	else if (left > lead)
		wait = smaller(wait, left - lead);
	return wait;
}

/* Keys that never end, once in force, need no timer. */
static void rearm(struct key_renewal *k)
{
	bool at_rest = k->in_force && end_of(k) == 0 && !k->due;
	if (!k->closing && !at_rest)
		k->o.arm(k->o.data, next_look_ms(k));
}

/* ---- what came of it */

static void maybe_closed(struct key_renewal *k)
{
	if (!k->closing || k->asking != ASKING_NOBODY)
		return;
	void (*closed)(void *data) = k->closed;
	void *data = k->closed_data;
	(void)credentials_free(k->way);
	(void)credentials_free(k->in_force);
	explicit_bzero(&k->instance, sizeof(k->instance));
	free(k);
	closed(data);
}

static uint64_t retry_in_ms(struct key_renewal *k, bool refused)
{
	if (refused)
		return k->denied_ms + random_below(k, k->denied_ms / 10 + 1);
	uint64_t random;
	k->o.env->random_bytes(k->o.env, &random, sizeof(random));
	return RETRY_MIN_MS +
	       pacing_backoff(RETRY_MIN_MS, RETRY_MAX_MS - RETRY_MIN_MS, k->failures, random);
}

static void fail(struct key_renewal *k, const struct fresh_keys *answer)
{
	k->not_before_ms = env_mono_ms(k->o.env) + retry_in_ms(k, answer->refused);
	k->failures++;
	(void)snprintf(k->trouble, sizeof(k->trouble), "%s%s%s%s%s", answer->code,
		       *answer->code ? ": " : "", answer->text,
		       *answer->request_id ? ", RequestId " : "", answer->request_id);
	bool quiet = left_of(k) > 0 && k->failures <= QUIET_FAILURES;
	if (answer->refused && k->episode != EPISODE_REFUSED) {
		k->episode = EPISODE_REFUSED;
		tell(k, KEY_EVENT_REFUSED, answer);
	} else if (!answer->refused && k->episode == EPISODE_NONE && !quiet) {
		k->episode = EPISODE_FAILED;
		tell(k, KEY_EVENT_FAILED, answer);
	}
}

static void fail_with(struct key_renewal *k, const char *text)
{
	const struct fresh_keys answer = {.code = "", .request_id = "", .text = text};
	fail(k, &answer);
}

/* The source may give the same keys again until it renews them itself: no failure, but no
 * reason to ask at once either. */
static bool is_news(const struct key_renewal *k, const struct credentials *fresh)
{
	return !k->in_force || credentials_expires_ms(fresh) == 0 ||
	       credentials_expires_ms(fresh) > end_of(k) ||
	       (k->due && !credentials_equal(fresh, k->in_force));
}

static void take(struct key_renewal *k, struct credentials *fresh)
{
	if (!is_news(k, fresh)) {
		k->not_before_ms = env_mono_ms(k->o.env) + retry_in_ms(k, false);
		k->failures++;
		return;
	}
	bool first = !k->in_force || k->episode != EPISODE_NONE || k->ended_told || k->low_told;
	(void)credentials_free(k->in_force);
	k->in_force = credentials_ref(fresh);
	k->obtained_ms = env_mono_ms(k->o.env);
	k->not_before_ms = k->obtained_ms + RETRY_MIN_MS;
	k->jitter = (unsigned)random_below(k, JITTER_MOST + 1);
	k->failures = 0;
	k->episode = EPISODE_NONE;
	k->due = k->low_told = k->ended_told = false;
	k->trouble[0] = '\0';
	cloud_set_credentials(k->o.cloud, fresh);
	tell(k, first ? KEY_EVENT_OBTAINED : KEY_EVENT_RENEWED, NULL);
}

/* Asking is over: keys that nobody wants any more are dropped. */
static bool is_wanted(struct key_renewal *k)
{
	bool wanted = !k->outdated && !k->closing;
	k->asking = ASKING_NOBODY;
	k->outdated = false;
	return wanted;
}

static int obtain(struct key_renewal *k, const struct fresh_keys *answer,
		  struct credentials **ret)
{
	int r = credentials_obtained(k->way, &answer->keys, answer->expires_ms, ret);
	if (r < 0)
		fail_with(k, r == -EINVAL ? "the answer holds no keys" : "no memory");
	return r;
}

static void on_assumed(struct assume_role *a, const struct fresh_keys *answer)
{
	struct key_renewal *k = container_of(a, struct key_renewal, assume);
	auto_credentials struct credentials *fresh = NULL;
	if (is_wanted(k)) {
		if (!answer->good)
			fail(k, answer);
		else if (obtain(k, answer, &fresh) == 0)
			take(k, fresh);
	}
	rearm(k);
	maybe_closed(k);
}

static void assume(struct key_renewal *k, struct credentials *base)
{
	k->assume.done = on_assumed;
	int r = assume_role_start(&k->assume, k->o.cloud, credentials_role(k->way), base);
	if (r == 0)
		k->asking = ASKING_STS;
	else
		fail_with(k, strerror(-r));
}

static void on_instance(struct instance_role *i, const struct fresh_keys *answer)
{
	struct key_renewal *k = container_of(i, struct key_renewal, instance);
	auto_credentials struct credentials *fresh = NULL;
	if (is_wanted(k)) {
		if (!answer->good)
			fail(k, answer);
		else if (obtain(k, answer, &fresh) == 0 && credentials_role(k->way))
			assume(k, fresh);
		else if (fresh)
			take(k, fresh);
	}
	rearm(k);
	maybe_closed(k);
}

/* ---- asking */

static void read_again(struct key_renewal *k)
{
	struct credentials *fresh = NULL;
	auto_free char *text = NULL;
	int r = k->o.load(k->o.data, &fresh, &text);
	if (r != CREDENTIALS_OK)
		fail_with(k, text ? text : strerror(-r));
	else if (credentials_expires_ms(fresh) > 0 && credentials_expires_ms(fresh) <= end_of(k))
		fail_with(k, "no newer keys are there");
	else
		key_renewal_replace(k, fresh);
	(void)credentials_free(fresh);
}

static void ask(struct key_renewal *k)
{
	const char *role = credentials_instance_role(k->way);
	if (role) {
		int r = instance_role_start(&k->instance, k->metadata_url, role);
		if (r == 0)
			k->asking = ASKING_INSTANCE;
		else
			fail_with(k, strerror(-r));
	} else if (credentials_role(k->way)) {
		assume(k, k->way);
	} else if (k->in_force) {
		read_again(k);
	} else {
		take(k, k->way);
	}
}

static void tell_end(struct key_renewal *k)
{
	uint64_t left = left_of(k);
	if (end_of(k) == 0)
		return;
	if (left == 0 && !k->ended_told) {
		k->ended_told = true;
		tell(k, KEY_EVENT_ENDED, NULL);
	} else if (left > 0 && left < k->margin_ms && !k->low_told) {
		k->low_told = true;
		tell(k, KEY_EVENT_LOW, NULL);
	}
}

void key_renewal_wake(struct key_renewal *k)
{
	if (k->closing)
		return;
	tell_end(k);
	if (k->asking == ASKING_NOBODY && is_due(k) &&
	    env_mono_ms(k->o.env) >= k->not_before_ms)
		ask(k);
	rearm(k);
}

/* The cloud says so: whatever the clock says, they are renewed now. A failing source is not
 * asked faster for it. */
static void on_ended(void *data)
{
	struct key_renewal *k = data;
	k->due = true;
	if (k->failures == 0)
		k->not_before_ms = 0;
	if (!k->ended_told) {
		k->ended_told = true;
		tell(k, KEY_EVENT_ENDED, NULL);
	}
	rearm(k);
}

/* ---- life */

void key_renewal_configure(struct key_renewal *k, const struct settings *settings)
{
	k->refresh_ms = settings->credentials.refresh_ms;
	k->margin_ms = settings->credentials.change_margin_ms;
	k->denied_ms = settings->rates.denied_min_ms;
	char url[ENDPOINT_URL_SIZE];
	if (endpoint_url(settings, SERVICE_METADATA, url) == 0)
		memcpy(k->metadata_url, url, sizeof(url));
}

void key_renewal_replace(struct key_renewal *k, struct credentials *way)
{
	bool same = credentials_equal(k->way, way), troubled = k->failures > 0;
	if (!same) {
		bool keep = credentials_same_identity(k->way, way) && is_asked_for(k);
		struct credentials *old = k->way;
		k->way = credentials_ref(way);
		(void)credentials_free(old);
		if (!keep) {
			k->in_force = credentials_free(k->in_force);
			cloud_set_credentials(k->o.cloud, NULL);
		}
		k->outdated = k->asking != ASKING_NOBODY;
		k->due = true;
	}
	if (!same || troubled) { /* a person may have mended what was refused */
		k->failures = 0;
		k->not_before_ms = 0;
		k->episode = EPISODE_NONE;
	}
	if (!is_asked_for(k) && !same) /* given keys are in force when this returns */
		take(k, k->way);
	rearm(k);
}

int key_renewal_new(const struct key_renewal_options *options, struct credentials *way,
		    struct key_renewal **ret)
{
	struct key_renewal *k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->o = *options;
	key_renewal_configure(k, options->settings);
	if (!*k->metadata_url) {
		free(k);
		return -EINVAL;
	}
	k->o.settings = NULL;
	k->way = credentials_ref(way);
	k->instance.env = options->env;
	k->instance.http = options->http;
	k->instance.needs_token = options->needs_token;
	k->instance.done = on_instance;
	cloud_watch_keys(options->cloud, on_ended, k);
	if (!is_asked_for(k))
		take(k, k->way);
	rearm(k);
	*ret = k;
	return 0;
}

void key_renewal_close(struct key_renewal *k, void (*closed)(void *data), void *data)
{
	k->closing = true;
	k->closed = closed;
	k->closed_data = data;
	cloud_watch_keys(k->o.cloud, NULL, NULL);
	if (k->asking == ASKING_INSTANCE)
		instance_role_cancel(&k->instance);
	else if (k->asking == ASKING_STS)
		assume_role_cancel(&k->assume);
	maybe_closed(k);
}

const char *key_renewal_trouble(const struct key_renewal *k)
{
	return k->trouble;
}

const char *key_renewal_sts_url(const struct key_renewal *k)
{
	const struct credential_role *role = credentials_role(k->way);
	return role && *role->sts_url ? role->sts_url : NULL;
}
