/*
 * The keys of the daemon: found at the start and at a reload, asked for and renewed while it
 * runs, and what people are told of it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app_internal.h"
#include "report/log.h"

static void on_key_timer(uv_timer_t *timer)
{
	struct app *a = timer->data;
	key_renewal_wake(a->renewal);
}

static void arm(void *data, uint64_t delay_ms)
{
	struct app *a = data;
	if (!a->stopping)
		(void)uv_timer_start(&a->key_timer, on_key_timer, delay_ms, 0);
}

static int load(void *data, struct credentials **ret, char **reterr_text)
{
	struct app *a = data;
	return credentials_load(&a->settings, NULL, ret, reterr_text);
}

/* ---- what people are told */

static enum event event_of(enum key_event event)
{
	static const enum event events[] = {
		[KEY_EVENT_OBTAINED] = EV_CREDENTIALS_LOADED,
		[KEY_EVENT_RENEWED] = EV_CREDENTIALS_RENEWED,
		[KEY_EVENT_FAILED] = EV_CREDENTIALS_NOT_RENEWED,
		[KEY_EVENT_REFUSED] = EV_CREDENTIALS_REFUSED,
		[KEY_EVENT_LOW] = EV_CREDENTIALS_LOW,
		[KEY_EVENT_ENDED] = EV_CREDENTIALS_ENDED,
	};
	return events[event];
}

static void expiry_text(const struct credentials *c, char out[TIMEFMT_SIZE])
{
	out[0] = '\0';
	if (c && credentials_expires_ms(c) > 0)
		timefmt_iso(credentials_expires_ms(c), out);
}

static bool has_good_keys(const struct app *a, const struct credentials *c)
{
	return c && (credentials_expires_ms(c) == 0 ||
		     credentials_expires_ms(c) > cloud_wall_ms(a->cloud));
}

static void on_news(void *data, const struct key_news *news)
{
	struct app *a = data;
	char expires[TIMEFMT_SIZE];
	expiry_text(news->in_force, expires);
	log_event(event_of(news->event), LOG_STR("SOURCE", news->source),
		  LOG_STR("KEY", news->in_force ? credentials_hint(news->in_force) : ""),
		  LOG_STR("EXPIRES", expires), LOG_STR("CODE", news->code),
		  LOG_STR("ERROR", news->text), LOG_STR("REQUEST_ID", news->request_id));
	if (news->event == KEY_EVENT_REFUSED && !has_good_keys(a, news->in_force)) {
		app_note_refusal(a);
		app_once_check(a);
	}
}

const char *app_keys_missing(const struct app *a)
{
	if (has_good_keys(a, cloud_credentials(a->cloud)))
		return "";
	const char *trouble = key_renewal_trouble(a->renewal);
	return *trouble ? trouble : "the answer of whoever gives the keys";
}

/* ---- start and reload */

int app_keys_find(struct app *a, struct credentials **ret)
{
	auto_free char *text = NULL;
	int r = load(a, ret, &text);
	if (r == CREDENTIALS_OK)
		return APP_EXIT_OK;
	log_event(EV_CREDENTIALS_MISSING, LOG_STR("ERROR", text ? text : strerror(-r)));
	return r > 0 ? APP_EXIT_CONFIG : APP_EXIT_FAILED;
}

int app_keys_start(struct app *a, struct credentials *way)
{
	const char *no_fallback = getenv("ALIBABA_CLOUD_IMDSV1_DISABLED");
	const struct key_renewal_options options = {
		.env = a->os,
		.cloud = a->cloud,
		.http = a->http,
		.settings = &a->settings,
		.needs_token = no_fallback && strcasecmp(no_fallback, "true") == 0,
		.arm = arm,
		.load = load,
		.on_news = on_news,
		.data = a,
	};
	(void)uv_timer_init(&a->loop, &a->key_timer);
	a->key_timer.data = a;
	return key_renewal_new(&options, way, &a->renewal);
}

/* Unusable ones change nothing. */
void app_keys_reload(struct app *a)
{
	auto_credentials struct credentials *way = NULL;
	key_renewal_configure(a->renewal, &a->settings);
	if (app_keys_find(a, &way) == APP_EXIT_OK)
		key_renewal_replace(a->renewal, way);
}
