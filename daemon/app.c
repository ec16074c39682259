/*
 * Start, stop, and the process: signals, watchdog, --once.
 */
#include "app.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "app_internal.h"
#include "base/memory.h"
#include "report/log.h"
#include "report/notify.h"

#define WITNESS_BYTES 1024 /* some dozen order ids say enough */
#define LOG_FLUSH_MS 2000        /* for the journal, at the end */
#define JOURNAL_POLL_MS 100      /* while an order's record is on its way to the journal */
#define META_RUNNING "running"   /* "1" between start and a clean end */
#define META_UNCLEAN "unclean_ends"
#define META_HEARD "heard_wall_ms" /* the cloud's time at the last clean end */
#define UNCLEAN_WINDOW_MS 60000
#define UNCLEAN_LIMIT 3
#define UNCLEAN_DELAY_MS 10000
#define KEEP_ROWS_MS (400 * UINT64_C(86400000))

/* ---- --once ---- */

struct verdict {
	unsigned waiting, refused, open;
};

static struct verdict judge_groups(const struct plan *plan)
{
	struct verdict v = {0};
	for (size_t k = 0; k < plan->n_groups; k++) {
		const struct group_report *g = &plan->groups[k];
		if (g->condition == CONDITION_CONVERGED || g->condition == CONDITION_UNMANAGED)
			continue;
		if (g->waits_on_person)
			v.waiting++;
		else if (g->refused)
			v.refused++;
		else
			v.open++;
	}
	return v;
}

/* Every kind that the fleet has was seen, and nothing is in doubt. */
static bool is_seen(struct app *a)
{
	struct driver_wants wants;
	driver_wants(a->driver, &wants);
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		const struct cycle *c = &a->cycles[k];
		bool looked = c->ended > 0 && !c->incomplete && !c->unreachable;
		if ((!looked && !c->idle) || wants.groups[k])
			return false;
	}
	return true;
}

static bool is_settled(struct app *a)
{
	return is_seen(a) && a->plan && !preflight_is_busy(a->preflight) && driver_is_writable(a->driver) &&
	       cloud_changes_in_flight(a->cloud) == 0 && a->orders_read_once &&
	       a->orders_look != LOOK_RUNNING && a->orders_look != LOOK_WANTED &&
	       a->strays.n == 0 && !orders_are_announcing(a->orders);
}

void app_once_check(struct app *a)
{
	if (!a->options->once || a->stopping)
		return;
	if (app_is_refused(a)) { /* told by on_auth(), with the RequestId */
		app_stop(a, APP_EXIT_FAILED);
		return;
	}
	if (!is_settled(a))
		return;
	struct verdict v = judge_groups(a->plan);
	if (v.open > 0)
		return;
	if (v.refused > 0) {
		log_event(EV_ONCE_REFUSED, LOG_INT("GROUPS", v.refused));
		app_stop(a, APP_EXIT_FAILED);
	} else if (v.waiting > 0) {
		log_event(EV_ONCE_WAITS_ON_PERSON, LOG_INT("GROUPS", v.waiting));
		app_stop(a, APP_EXIT_PERSON);
	} else {
		log_event(EV_ONCE_CONVERGED, LOG_NONE);
		app_stop(a, APP_EXIT_OK);
	}
}

static void on_once_timeout(uv_timer_t *timer)
{
	struct app *a = timer->data;
	log_event(EV_ONCE_TIMEOUT, LOG_STR("WAITS_FOR_KEYS", app_keys_missing(a)));
	app_stop(a, APP_EXIT_FAILED);
}

/* ---- stopping, in the order of dependency ---- */

static void on_last_handle(uv_handle_t *handle)
{
	(void)handle;
}

static void close_handles(struct app *a)
{
	uv_handle_t *handles[] = {
		(uv_handle_t *)&a->order_timer,	   (uv_handle_t *)&a->settle_timer,
		(uv_handle_t *)&a->watch,
		(uv_handle_t *)&a->on_term,	   (uv_handle_t *)&a->on_int,
		(uv_handle_t *)&a->on_hup,	   (uv_handle_t *)&a->watchdog_timer,
		(uv_handle_t *)&a->once_timer,	   (uv_handle_t *)&a->stop_timer,
		(uv_handle_t *)&a->journal_timer,  (uv_handle_t *)&a->key_timer,
	};
	for (size_t k = 0; k < ARRAY_SIZE(handles); k++)
		if (handles[k]->loop) /* a start that was cut short leaves some without */
			uv_close(handles[k], on_last_handle);
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		if (a->cycles[k].timer.loop)
			uv_close((uv_handle_t *)&a->cycles[k].timer, on_last_handle);
}

static void on_driver_closed(void *data)
{
	struct app *a = data;
	a->driver = NULL;
}

static void close_driver(struct app *a)
{
	if (a->driver) {
		(void)driver_end(a->driver);
		driver_close(a->driver, on_driver_closed, a);
	}
	close_handles(a);
}

static void on_net_closed(void *data)
{
	struct app *a = data;
	if (--a->closing == 0) {
		a->cloud = NULL;
		a->http = NULL;
		close_driver(a);
	}
}

static void close_net(struct app *a)
{
	a->closing = 1;
	if (a->cloud && ++a->closing)
		cloud_close(a->cloud, on_net_closed, a);
	if (a->http && ++a->closing)
		http_close(a->http, on_net_closed, a);
	on_net_closed(a);
}

static void on_reader_closed(void *data)
{
	struct app *a = data;
	if (--a->closing == 0) {
		a->observer = NULL;
		close_net(a);
	}
}

/* Nobody may ask any more; then the readers: what they hear no longer matters. After a start
 * that was cut short some do not exist. */
static void close_readers(void *data)
{
	struct app *a = data;
	a->closing = 1;
	if (a->renewal && ++a->closing)
		key_renewal_close(TAKE(a->renewal), on_reader_closed, a);
	if (a->preflight && ++a->closing)
		preflight_close(a->preflight, on_reader_closed, a);
	if (a->order_reader && ++a->closing)
		order_reader_close(a->order_reader, on_reader_closed, a);
	if (a->instance_reader && ++a->closing)
		instance_reader_close(a->instance_reader, on_reader_closed, a);
	if (a->observer && ++a->closing)
		observer_close(a->observer, on_reader_closed, a);
	on_reader_closed(a);
}

static void on_stop_timer(uv_timer_t *timer)
{
	struct app *a = timer->data;
	bool late = uv_now(&a->loop) >= a->stop_deadline_ms;
	if (cloud_changes_in_flight(a->cloud) > 0 && !late)
		return;
	(void)uv_timer_stop(&a->stop_timer);
	struct control *control = TAKE(a->control);
	if (control)
		control_close(control, close_readers, a);
	else
		close_readers(a);
}

/* Nothing may begin any more: what the timers would use is closed one after the other. */
static void stop_timers(struct app *a)
{
	uv_timer_t *timers[] = {&a->order_timer, &a->settle_timer, &a->once_timer, &a->key_timer};
	app_cycles_stop(a);
	for (size_t k = 0; k < ARRAY_SIZE(timers); k++)
		(void)uv_timer_stop(timers[k]);
	(void)uv_fs_event_stop(&a->watch);
}

/* No new sends; answers on their way are waited for, since each may be worth money. */
void app_stop(struct app *a, int exit_code)
{
	if (a->stopping)
		return;
	a->stopping = true;
	a->exit_code = exit_code;
	stop_timers(a);
	notify_stopping("stopping");
	log_event(EV_DAEMON_STOPPING, LOG_INT("ANSWERS_AWAITED", cloud_changes_in_flight(a->cloud)));
	cloud_stop_changes(a->cloud);
	app_reloads_answer(a, false);
	a->stop_deadline_ms = uv_now(&a->loop) + a->settings.poll.stop_ms;
	(void)uv_timer_start(&a->stop_timer, on_stop_timer, 1, 50);
}

static void on_stop_signal(uv_signal_t *handle, int number)
{
	(void)number;
	app_stop(handle->data, APP_EXIT_OK);
}

static void on_reload_signal(uv_signal_t *handle, int number)
{
	struct app *a = handle->data;
	(void)number;
	if (!a->stopping)
		app_config_reload_soon(a);
}

/* ---- timers of the process ---- */

static void on_announced(void *data, const char *order_id)
{
	struct app *a = data;
	orders_announced(a->orders, order_id, env_wall_ms(a->env));
}

static void on_journal_timer(uv_timer_t *timer)
{
	struct app *a = timer->data;
	log_accepted(on_announced, a);
	if (books_has_marks(a->books))
		(void)driver_flush(a->driver);
	if (!orders_are_announcing(a->orders)) {
		(void)uv_timer_stop(&a->journal_timer);
		app_once_check(a);
	}
}

/* How long a cycle should have begun; 0: none is late. */
static uint64_t cycles_late_ms(const struct app *a)
{
	uint64_t now = env_mono_ms(a->env), limit = a->settings.poll.sweep_ms * 2 + 10 * 60000;
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		const struct cycle *c = &a->cycles[k];
		if (!observer_is_busy(a->observer, c->kind) && now > c->next_mono_ms &&
		    now - c->next_mono_ms > limit)
			return now - c->next_mono_ms;
	}
	return 0;
}

/* Fed only while the cycles still advance: a loop that turns without looking is stuck too. */
static void on_watchdog_timer(uv_timer_t *timer)
{
	struct app *a = timer->data;
	if (a->stopping) { /* bounded by stop_deadline_ms: not the watchdog's matter */
		notify_watchdog();
		return;
	}
	uint64_t late_ms = cycles_late_ms(a);
	if (late_ms > 0)
		log_event(EV_WATCHDOG_WITHHELD, LOG_INT("LATE_MS", late_ms));
	else
		notify_watchdog();
	uint64_t dropped = log_dropped();
	if (dropped > a->dropped_told)
		log_event(EV_LOG_DROPPED, LOG_INT("RECORDS", dropped - a->dropped_told));
	a->dropped_told = dropped;
}

/* ---- episodes of the cloud ---- */

static void on_auth(void *data, const struct cloud_reply *reply, enum operation op)
{
	(void)data;
	bool refused = reply->outcome == OUTCOME_AUTH;
	log_event(refused ? EV_AUTH_REFUSED : EV_AUTH_MENDED,
		  LOG_STR("OPERATION", operation_info(op)->name), LOG_STR("CODE", reply->code),
		  LOG_STR("API_MESSAGE", reply->message), LOG_STR("REQUEST_ID", reply->request_id));
}

/* What is remembered has the cloud's time, however the machine's clock jumps. */
static void on_time(void *data, uint64_t wall_ms)
{
	struct app *a = data;
	a->time_heard = true;
	steady_hear(&a->steady, wall_ms);
}

static void on_clock(void *data, int64_t offset_ms)
{
	struct app *a = data;
	metrics_set(&a->metrics, METRIC_CLOCK_OFFSET_MS, NULL, NULL, offset_ms);
	log_event(offset_ms ? EV_CLOCK_OFFSET : EV_CLOCK_MENDED, LOG_INT("OFFSET_MS", offset_ms));
}

static void on_site(void *data, enum site site)
{
	struct app *a = data;
	if (site != a->settings.site)
		log_event(EV_SITE_OTHER, LOG_STR("SITE", site_name(site)));
	app_plan_now(a);
}

/* ---- starting ---- */

static void prepare_process(void)
{
	const struct rlimit none = {0, 0};
	memory_keep_freed();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core, no ptrace: there are keys in here */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a full quota is an error of the ledger, not the end */
}

/* What was settled long ago serves no decision any more. How long ago only the cloud can tell: to a
 * machine whose clock is a year ahead everything is old. */
static int forget_old_rows(struct app *a)
{
	auto_free char *heard = NULL;
	int r = ledger_meta_get(a->ledger, META_HEARD, &heard);
	uint64_t then = heard ? strtoull(heard, NULL, 10) : 0;
	return r == 0 && then > KEEP_ROWS_MS ? ledger_compact(a->ledger, then - KEEP_ROWS_MS) : r;
}

static int start_ledger(struct app *a)
{
	auto_free char *text = NULL;
	uint64_t before = env_wall_ms(a->env);
	int r = ledger_open(a->options->state_dir, a->env, &a->ledger, &text);
	a->ledger_mono_ms = env_mono_ms(a->env); /* opening reads all of it */
	if (r == LEDGER_OK && ledger_since_wall_ms(a->ledger) >= before)
		log_event(EV_LEDGER_CREATED, LOG_STR("STATE_DIR", a->options->state_dir));
	if (r == LEDGER_OK)
		r = forget_old_rows(a);
	if (r == 0)
		r = books_load(a->ledger, &a->books);
	if (r == 0) {
		a->prospects = prospect_book_new(&a->settings, a->env);
		a->orders = orders_new(a->books, &a->settings);
		return a->prospects && a->orders ? APP_EXIT_OK : APP_EXIT_FAILED;
	}
	static const enum event events[] = {[LEDGER_E_BUSY] = EV_DAEMON_SECOND,
					    [LEDGER_E_NEWER] = EV_LEDGER_NEWER,
					    [LEDGER_E_CORRUPT] = EV_LEDGER_CORRUPT};
	enum event ev = r > 0 && (size_t)r < ARRAY_SIZE(events) ? events[r] : EV_DAEMON_FAILED;
	log_event(ev, LOG_STR("STATE_DIR", a->options->state_dir),
		  LOG_STR("ERROR", text ? text : strerror(-r)));
	return r == LEDGER_E_BUSY ? APP_EXIT_SECOND : r > 0 ? APP_EXIT_CONFIG : APP_EXIT_FAILED;
}

static int start_cloud(struct app *a)
{
	const struct http_curl_options http = {.env = a->os};
	int r = http_curl_new(&a->loop, &http, &a->http);
	const struct cloud_options cloud = {
		.env = a->os,
		.loop = &a->loop,
		.http = a->http,
		.settings = &a->settings,
		.on_auth = on_auth,
		.on_clock = on_clock,
		.on_time = on_time,
		.on_site = on_site,
		.data = a,
	};
	return r < 0 ? r : cloud_new(&cloud, &a->cloud);
}

static int start_rooms(struct app *a)
{
	const struct observer_options observer = {a->env, a->cloud, app_on_groups, app_on_cycle, a};
	const struct preflight_options preflight = {a->cloud, app_on_checked, a};
	const struct order_reader_options reader = {a->cloud, app_on_order, app_on_found_order,
						    app_on_order_search, a};
	const struct driver_options driver = {
		.env = a->env,
		.loop = &a->loop,
		.ledger = a->ledger,
		.books = a->books,
		.cloud = a->cloud,
		.prospects = a->prospects,
		.settings = &a->settings,
		.on_change = app_on_change,
		.on_witness = app_on_witness,
		.on_payment_failed = app_on_payment_failed,
		.data = a,
	};
	int r = observer_new(&observer, &a->observer);
	if (r == 0)
		r = preflight_new(&preflight, &a->preflight);
	if (r == 0)
		r = order_reader_new(&reader, &a->order_reader);
	if (r == 0)
		r = instance_reader_new(a->cloud, &a->instance_reader);
	if (r == 0)
		r = driver_new(&driver, &a->driver);
	if (r == 0)
		r = driver_restore(a->driver, a->desired);
	return r;
}

static void start_control(struct app *a)
{
	char path[512];
	const char *runtime = getenv("RUNTIME_DIRECTORY");
	if (a->settings.listen)
		(void)snprintf(path, sizeof(path), "%s", a->settings.listen);
	else
		(void)snprintf(path, sizeof(path), "%s/drover.sock",
			       runtime && *runtime ? runtime : a->options->state_dir);
	int r = control_open(&a->loop, path, &app_control_ops, a, &a->control);
	if (r == 0)
		log_event(EV_CONTROL_LISTENING, LOG_STR("PATH", path));
	else
		log_event(EV_CONTROL_FAILED, LOG_STR("PATH", path), LOG_STR("ERROR", strerror(-r)));
}

static void init_timer(struct app *a, uv_timer_t *timer)
{
	(void)uv_timer_init(&a->loop, timer);
	timer->data = a;
}

static int init_signal(struct app *a, uv_signal_t *handle, uv_signal_cb cb, int number)
{
	int r = uv_signal_init(&a->loop, handle);
	if (r < 0)
		return r;
	handle->data = a;
	return uv_signal_start(handle, cb, number);
}

/* One that does not hear SIGTERM would die of it, with answers on their way. */
static int start_signals(struct app *a)
{
	int r = init_signal(a, &a->on_term, on_stop_signal, SIGTERM);
	if (r == 0)
		r = init_signal(a, &a->on_int, on_stop_signal, SIGINT);
	if (r == 0)
		r = init_signal(a, &a->on_hup, on_reload_signal, SIGHUP);
	return r;
}

static void start_process(struct app *a)
{
	uv_timer_t *timers[] = {&a->order_timer, &a->settle_timer, &a->watchdog_timer,
				&a->once_timer,  &a->stop_timer,   &a->journal_timer};
	app_cycles_init(a);
	for (size_t k = 0; k < ARRAY_SIZE(timers); k++)
		init_timer(a, timers[k]);
	(void)uv_fs_event_init(&a->loop, &a->watch);
	a->watch.data = a;
	(void)uv_timer_start(&a->journal_timer, on_journal_timer, JOURNAL_POLL_MS, JOURNAL_POLL_MS);
	(void)uv_timer_stop(&a->journal_timer); /* uv_timer_again() starts it when needed */
	uint64_t interval = notify_watchdog_interval_ms();
	if (interval > 0)
		(void)uv_timer_start(&a->watchdog_timer, on_watchdog_timer, interval, interval);
	if (a->options->once)
		(void)uv_timer_start(&a->once_timer, on_once_timeout, a->options->timeout_ms, 0);
	else
		app_config_watch(a);
}

/* Three unclean ends within a minute: something kills us; do not hammer the cloud meanwhile. */
static uint64_t start_delay(struct app *a)
{
	auto_free char *running = NULL;
	auto_free char *ends = NULL;
	uint64_t now = env_wall_ms(a->env), since = now;
	unsigned count = 0;
	if (ledger_meta_get(a->ledger, META_RUNNING, &running) < 0 ||
	    ledger_meta_get(a->ledger, META_UNCLEAN, &ends) < 0)
		return 0;
	if (ends)
		(void)sscanf(ends, "%u %" SCNu64, &count, &since);
	if (now < since || now - since > UNCLEAN_WINDOW_MS) {
		count = 0;
		since = now;
	}
	count += running && strcmp(running, "1") == 0;
	char text[64];
	(void)snprintf(text, sizeof(text), "%u %" PRIu64, count, since);
	(void)ledger_meta_set(a->ledger, META_UNCLEAN, text);
	(void)ledger_meta_set(a->ledger, META_RUNNING, "1");
	if (count < UNCLEAN_LIMIT || a->options->once)
		return 0;
	return env_random_below(a->env, UNCLEAN_DELAY_MS);
}

static void first_cycle(struct app *a)
{
	uint64_t delay = start_delay(a);
	if (delay > 0)
		log_event(EV_START_DELAYED, LOG_INT("DELAY_MS", delay));
	app_cycles_start(a, delay);
	app_orders_look(a);
	app_orders_schedule(a, true);
}

/* The settings' own words about the log can only be known with a log to complain to. */
static int start_log(struct app *a)
{
	enum log_form form = a->options->log_given ? a->options->log : LOG_AUTO;
	int level = a->settings.log.level;
	if (log_start(form, level, a->os) < 0)
		return APP_EXIT_FAILED;
	log_event(EV_DAEMON_START, LOG_STR("VERSION", DROVER_VERSION), LOG_STR("FLEET_FILE", a->options->fleet),
		  LOG_STR("STATE_DIR", a->options->state_dir));
	int code = app_config_settings(a, &a->settings);
	if (code != APP_EXIT_OK)
		return code;
	if (!a->options->log_given)
		form = a->settings.log.form;
	if (form == LOG_AUTO && a->settings.log.level == level)
		return APP_EXIT_OK;
	log_stop(LOG_FLUSH_MS);
	return log_start(form, a->settings.log.level, a->os) < 0 ? APP_EXIT_FAILED : APP_EXIT_OK;
}

static int start_loop(struct app *a)
{
	int r = uv_loop_init(&a->loop);
	a->has_loop = r == 0;
	if (r < 0)
		log_event(EV_DAEMON_FAILED, LOG_STR("ERROR", uv_strerror(r)));
	return r < 0 ? APP_EXIT_FAILED : APP_EXIT_OK;
}

static int start(struct app *a)
{
	int code = start_log(a);
	if (code == APP_EXIT_OK)
		code = start_loop(a);
	if (code == APP_EXIT_OK)
		code = start_ledger(a);
	if (code == APP_EXIT_OK)
		code = app_config_start(a);
	auto_credentials struct credentials *way = NULL;
	if (code == APP_EXIT_OK)
		code = app_keys_find(a, &way);
	if (code != APP_EXIT_OK)
		return code;
	int r = start_cloud(a);
	if (r == 0)
		r = app_keys_start(a, way);
	if (r == 0)
		r = start_rooms(a);
	if (r == 0)
		r = start_signals(a);
	if (r < 0) {
		log_event(EV_DAEMON_FAILED, LOG_STR("ERROR", strerror(-r)));
		return APP_EXIT_FAILED;
	}
	start_process(a);
	start_control(a);
	return APP_EXIT_OK;
}

static void note_clean_end(struct app *a)
{
	char heard[24];
	(void)snprintf(heard, sizeof(heard), "%" PRIu64, env_wall_ms(a->env));
	if (a->time_heard)
		(void)ledger_meta_set(a->ledger, META_HEARD, heard);
	(void)ledger_meta_set(a->ledger, META_RUNNING, "0");
}

static void finish(struct app *a)
{
	if (a->ledger)
		note_clean_end(a);
	(void)plan_free(a->plan);
	app_report_forget(a);
	app_searches_forget(a);
	metrics_fini(&a->metrics);
	(void)orders_free(a->orders);
	(void)prospect_book_free(a->prospects);
	(void)books_free(a->books);
	(void)ledger_close(a->ledger);
	(void)desired_free(a->desired);
	settings_fini(&a->settings);
	log_event(EV_DAEMON_STOPPED, LOG_INT("EXIT_CODE", a->exit_code));
	log_stop(LOG_FLUSH_MS);
}

static void run(struct app *a)
{
	log_event(EV_DAEMON_READY, LOG_STR("FLEET", a->desired->fleet), LOG_INT("GROUPS", a->desired->n_groups));
	if (a->settings.mode == MODE_OBSERVE)
		log_event(EV_MODE_OBSERVE, LOG_NONE);
	notify_ready("looking at the cloud for the first time");
	first_cycle(a);
	(void)uv_run(&a->loop, UV_RUN_DEFAULT);
}

/* What a start that was cut short has made is closed in the order of a stop. */
static void close_half_started(struct app *a)
{
	if (!a->has_loop)
		return;
	a->stopping = true;
	close_readers(a);
	(void)uv_run(&a->loop, UV_RUN_DEFAULT);
}

int app_run(const struct app_options *options)
{
	struct app a = {.options = options, .os = env_os()};
	prepare_process();
	steady_init(&a.steady, a.os, env_since_boot_ms);
	a.env = &a.steady.env;
	strbuf_init(&a.witness, WITNESS_BYTES);
	settings_init(&a.settings);
	a.exit_code = start(&a);
	if (a.exit_code == APP_EXIT_OK)
		run(&a);
	else
		close_half_started(&a);
	finish(&a);
	if (a.has_loop)
		(void)uv_loop_close(&a.loop);
	return a.exit_code;
}
