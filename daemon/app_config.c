/*
 * The fleet file: read, checked, judged against what exists, kept as the last good copy,
 * then in force. Whatever is refused changes nothing.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app_internal.h"
#include "base/limits.h"
#include "config/config.h"
#include "report/log.h"
#include "report/notify.h"

#define META_FLEET "fleet"
#define RELOAD_APART_MS 1000 /* a flood of SIGHUPs is one reload a second */
#define TRY_AGAIN_MS 30000   /* a file that was not to blame */
#define META_END_MARKER "end_marker"

/* ---- judging a valid file against what exists ---- */

struct holdings {
	const char *group;
	bool any;
};

static int holds_resource(void *data, const struct resource *r)
{
	struct holdings *h = data;
	h->any = r->state != RESOURCE_GONE && !r->foreign && strcmp(r->group, h->group) == 0;
	return h->any;
}

static int holds_order(void *data, const struct order *o)
{
	struct holdings *h = data;
	h->any = order_is_open(o) && strcmp(o->group, h->group) == 0;
	return h->any;
}

/* An unclear create may have made something that no listing has shown. */
static int holds_intent(void *data, const struct intent *i)
{
	struct holdings *h = data;
	h->any = i->buys && intent_is_open(i) && strcmp(i->group, h->group) == 0;
	return h->any;
}

int app_has_holdings(const struct app *a, const char *group)
{
	struct holdings h = {.group = group};
	int r = books_each_resource(a->books, holds_resource, &h);
	if (r == 0)
		r = books_each_order(a->books, holds_order, &h);
	return r ? r : ledger_each_intent(a->ledger, holds_intent, &h);
}

static bool is_changed(const struct known_group *known, const struct desired_group *g)
{
	return known->kind != g->kind || known->charge != g->charge ||
	       strcmp(known->region, g->region) != 0;
}

/* What cannot be changed in place is refused while the group has resources; @name is its own
 * or the one that it had. */
static int judge_group(const struct app *a, const struct desired_group *g, const char *name,
		       struct diags *diags)
{
	const struct known_group *known = name ? books_known_group(a->books, name) : NULL;
	int r = known && is_changed(known, g) ? app_has_holdings(a, name) : 0;
	if (r <= 0)
		return r;
	static const char remedy[] =
		"add a group with a new name, let it stand, then set this one to count: 0";
	if (known->kind != g->kind)
		diags_add(diags, SEVERITY_ERROR, g->pos, "group %s: kind cannot change from %s to %s while it has "
			  "resources: %s", g->name, kind_name(known->kind), kind_name(g->kind), remedy);
	if (strcmp(known->region, g->region) != 0)
		diags_add(diags, SEVERITY_ERROR, g->pos, "group %s: region cannot change from %s to %s while it has "
			  "resources: %s", g->name, known->region, g->region, remedy);
	if (known->charge != g->charge)
		diags_add(diags, SEVERITY_ERROR, g->pos, "group %s: charge.type cannot change from %s to %s while it "
			  "has resources: %s", g->name, charge_type_name(known->charge),
			  charge_type_name(g->charge), remedy);
	return 0;
}

/* Once the group is known, its former name may well have been forgotten. */
static void judge_former(const struct app *a, const struct desired_group *g, struct diags *diags)
{
	if (g->renamed_from && !books_known_group(a->books, g->renamed_from) &&
	    !books_known_group(a->books, g->name))
		diags_add(diags, SEVERITY_WARNING, g->pos, "group %s: renamed_from: %s is a name that this "
			  "ledger does not know: nothing is taken over but what carries its mark",
			  g->name, g->renamed_from);
}

static int judge(struct app *a, const struct desired *d, struct diags *diags)
{
	auto_free char *fleet = NULL;
	auto_free char *marker = NULL;
	const struct pos top = {1, 1};
	int r = ledger_meta_get(a->ledger, META_FLEET, &fleet);
	if (r == 0)
		r = ledger_meta_get(a->ledger, META_END_MARKER, &marker);
	if (r < 0)
		return r;
	if (fleet && strcmp(fleet, d->fleet) != 0)
		diags_add(diags, SEVERITY_ERROR, top, "fleet: must stay %s, the name on everything this ledger "
			  "has created, is %s; another fleet needs a state directory of its own", fleet,
			  d->fleet);
	if (marker && !d->has_end_marker)
		diags_add(diags, SEVERITY_ERROR, (struct pos){0}, "the end marker ... is missing: an accepted "
			  "version had it, so this file may be cut short; end it with a line of three dots");
	for (size_t k = 0; k < d->n_groups && r == 0; k++) {
		r = judge_group(a, &d->groups[k], d->groups[k].name, diags);
		if (r == 0)
			r = judge_group(a, &d->groups[k], d->groups[k].renamed_from, diags);
		judge_former(a, &d->groups[k], diags);
	}
	return r;
}

/* ---- taking over ---- */

/* Protection outlives the line that asked for it. */
static int remember_groups(struct app *a, struct desired *d)
{
	int r = 0;
	for (size_t k = 0; k < d->n_groups && r == 0; k++) {
		struct desired_group *g = &d->groups[k];
		const struct known_group *old = books_known_group(a->books, g->name);
		const struct known_group *former =
			g->renamed_from ? books_known_group(a->books, g->renamed_from) : NULL;
		g->protect = g->protect || (old && old->protect) || (former && former->protect);
		const struct known_group known = {
			.name = g->name,
			.kind = g->kind,
			.region = g->region,
			.charge = g->charge,
			.protect = g->protect,
			.end_marker = d->has_end_marker,
			.fingerprint = g->fingerprint,
		};
		r = books_put_known_group(a->books, &known);
	}
	return r;
}

static int keep_rows(struct app *a, struct desired *d, struct renamings *renamings,
		     uint64_t *ret_generation)
{
	int r = ledger_save_fleet(a->ledger, d->text, env_wall_ms(a->env), ret_generation);
	if (r == 0)
		r = ledger_meta_set(a->ledger, META_FLEET, d->fleet);
	if (r == 0 && d->has_end_marker)
		r = ledger_meta_set(a->ledger, META_END_MARKER, "1");
	if (r == 0)
		r = remember_groups(a, d);
	if (r == 0)
		r = app_rename_begin(a, d, renamings);
	if (r == 0)
		r = app_release_apply(a, d);
	return r == 0 ? books_save(a->books, a->ledger) : r;
}

/* The last good copy and the facts about it are durable, as one, before the file is in force. */
static int keep(struct app *a, struct desired *d)
{
	struct renamings renamings = {0};
	uint64_t generation = 0;
	int r = ledger_begin(a->ledger);
	if (r < 0)
		return r;
	r = keep_rows(a, d, &renamings, &generation);
	if (r == 0)
		r = ledger_commit(a->ledger);
	else
		ledger_rollback(a->ledger);
	app_rename_end(&renamings, r == 0);
	if (r < 0)
		return r;
	books_saved(a->books);
	d->generation = generation;
	return 0;
}

static void forget_prospects(struct app *a, const struct desired *now)
{
	for (size_t k = 0; k < now->n_groups; k++) {
		const struct desired_group *old = desired_find(a->desired, now->groups[k].name);
		if (!old || old->fingerprint != now->groups[k].fingerprint)
			prospect_edited(a->prospects, now->groups[k].name);
	}
}

static void enforce(struct app *a, struct desired *d)
{
	bool same = a->desired && a->desired->digest == d->digest;
	forget_prospects(a, d);
	(void)desired_free(a->desired);
	a->desired = d;
	if (a->driver)
		driver_reconsider(a->driver, d);
	if (!same)
		log_event(EV_CONFIG_ACCEPTED, LOG_STR("FLEET", d->fleet), LOG_INT("GROUPS", d->n_groups),
			  LOG_INT("GENERATION", d->generation), LOG_STR("PATH", a->options->fleet));
}

/* ---- complaints ---- */

static void tell_complaints(const char *path, const struct diags *diags, enum event verdict)
{
	auto_strbuf struct strbuf line = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
	if (diags->n > 0)
		diag_print(diags, &diags->items[0], &line);
	log_event(verdict, LOG_STR("PATH", path), LOG_INT("COMPLAINTS", diags->n),
		  LOG_STR("COMPLAINT", strbuf_text(&line)));
	for (size_t k = 1; k < diags->n; k++) {
		strbuf_clear(&line);
		diag_print(diags, &diags->items[k], &line);
		log_event(EV_CONFIG_COMPLAINT, LOG_STR("COMPLAINT", strbuf_text(&line)));
	}
}

static void tell_warnings(const struct diags *diags)
{
	for (size_t k = 0; k < diags->n; k++) {
		auto_strbuf struct strbuf line = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
		diag_print(diags, &diags->items[k], &line);
		log_event(EV_CONFIG_WARNING, LOG_STR("COMPLAINT", strbuf_text(&line)));
	}
}

/* 0 and *ret, CONFIG_E_REFUSED (told), or a negative errno. */
static int check_text(struct app *a, const char *path, const char *text, size_t len,
		      struct diags *diags, struct desired **ret)
{
	auto_desired struct desired *d = NULL;
	int r = config_parse_fleet(path, text, len, env_wall_ms(a->env), diags, &d);
	if (r == 0)
		r = judge(a, d, diags);
	if (r == 0 && diags_has_errors(diags))
		r = CONFIG_E_REFUSED;
	if (r == 0)
		r = keep(a, d);
	if (r == 0)
		*ret = TAKE(d);
	return r;
}

static struct file_id identify(const char *path)
{
	struct stat s;
	if (stat(path, &s) != 0)
		return (struct file_id){0};
	return (struct file_id){
		.device = s.st_dev,
		.inode = s.st_ino,
		.size = (uint64_t)s.st_size,
		.changed_ns = (uint64_t)s.st_mtim.tv_sec * 1000000000 + (uint64_t)s.st_mtim.tv_nsec,
	};
}

/* Trouble of the same sort is told once. */
static void tell_trouble(int *trouble, int error, enum event verdict, const char *path)
{
	if (*trouble != error)
		log_event(verdict, LOG_STR("PATH", path), LOG_STR("COMPLAINT", strerror(-error)));
	*trouble = error;
}

static bool take_file(struct app *a)
{
	a->fleet_file = identify(a->options->fleet); /* before it is read: an edit after that shows */
	struct diags diags;
	diags_init(&diags, a->options->fleet);
	auto_free char *text = NULL;
	size_t len = 0;
	struct desired *d = NULL;
	int r = config_read_file(a->options->fleet, &diags, &text, &len);
	if (r == 0)
		r = check_text(a, a->options->fleet, text, len, &diags, &d);
	if (r < 0) {
		tell_trouble(&a->fleet_trouble, r, EV_CONFIG_REFUSED, a->options->fleet);
	} else if (r > 0) {
		a->fleet_trouble = 0;
		tell_complaints(a->options->fleet, &diags, text ? EV_CONFIG_REFUSED : EV_CONFIG_UNREADABLE);
	} else {
		a->fleet_trouble = 0;
		tell_warnings(&diags);
		enforce(a, d);
	}
	diags_fini(&diags);
	return r == 0;
}

/* 0, CONFIG_E_REFUSED when there is none, or a negative errno. */
static int load_last_good(struct app *a, struct desired **ret)
{
	auto_free char *text = NULL;
	uint64_t generation = 0;
	int r = ledger_load_fleet(a->ledger, &text, &generation);
	if (r < 0 || !text)
		return r < 0 ? r : CONFIG_E_REFUSED;
	struct diags diags;
	auto_desired struct desired *d = NULL;
	diags_init(&diags, "last good fleet file");
	r = config_parse_fleet(diags.name, text, strlen(text), 0, &diags, &d);
	diags_fini(&diags);
	if (r != 0)
		return r;
	d->generation = generation;
	r = remember_groups(a, d);
	if (r == 0)
		r = app_release_apply(a, d);
	if (r == 0)
		*ret = TAKE(d);
	return r;
}

/* A want of memory or of a disk passes: only a bad file is a reason to stay down. */
int app_config_start(struct app *a)
{
	if (take_file(a))
		return APP_EXIT_OK;
	int r = load_last_good(a, &a->desired);
	if (r == 0) {
		log_event(EV_CONFIG_LAST_GOOD, LOG_INT("GENERATION", a->desired->generation));
		return APP_EXIT_OK;
	}
	if (r < 0)
		log_event(EV_DAEMON_FAILED, LOG_STR("ERROR", strerror(-r)));
	return r < 0 || a->fleet_trouble ? APP_EXIT_FAILED : APP_EXIT_CONFIG;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* What is read once, at the start. */
static bool needs_restart(const struct settings *old, const struct settings *now)
{
	return !same_text(old->listen, now->listen) || old->log.form != now->log.form ||
	       old->log.level != now->log.level;
}

static void take_settings(struct app *a)
{
	struct settings settings;
	if (app_config_settings(a, &settings) != APP_EXIT_OK)
		return;
	struct settings old = a->settings;
	if (needs_restart(&old, &settings))
		log_event(EV_SETTINGS_NEED_RESTART, LOG_STR("PATH", a->options->config));
	a->settings = settings;
	if (old.site != settings.site) /* what one site refused the other may not */
		for (size_t k = 0; a->desired && k < a->desired->n_groups; k++)
			prospect_edited(a->prospects, a->desired->groups[k].name);
	settings_fini(&old);
	cloud_configure(a->cloud, &a->settings);
	driver_configure(a->driver, &a->settings);
	prospect_book_configure(a->prospects, &a->settings);
	orders_configure(a->orders, &a->settings);
}

bool app_config_reload(struct app *a)
{
	a->reloaded_mono_ms = env_mono_ms(a->env);
	a->fleet_trouble = a->settings_trouble = 0;
	notify_reloading(a->env);
	log_event(EV_DAEMON_RELOAD, LOG_STR("PATH", a->options->fleet));
	take_settings(a);
	app_keys_reload(a);
	bool accepted = take_file(a);
	metrics_add(&a->metrics, METRIC_RELOADS, accepted ? "accepted" : "refused", NULL, 1);
	(void)driver_flush(a->driver);
	notify_ready(a->status_line);
	app_reloads_answer(a, accepted);
	if (accepted) {
		app_plan_now(a);
		app_cycle_now(a);
	}
	return accepted;
}

/* ---- settings ---- */

int app_config_settings(struct app *a, struct settings *ret)
{
	struct diags diags;
	diags_init(&diags, a->options->config);
	auto_free char *text = NULL;
	size_t len = 0;
	int r = 0;
	if (a->options->config_optional && access(a->options->config, F_OK) != 0 && errno == ENOENT)
		settings_init(ret);
	else
		r = config_read_file(a->options->config, &diags, &text, &len);
	if (r == 0 && text)
		r = config_parse_settings(a->options->config, text, len, &diags, ret);
	if (r < 0)
		tell_trouble(&a->settings_trouble, r, EV_SETTINGS_REFUSED, a->options->config);
	else
		a->settings_trouble = 0;
	if (r > 0)
		tell_complaints(a->options->config, &diags, EV_SETTINGS_REFUSED);
	diags_fini(&diags);
	return r < 0 ? APP_EXIT_FAILED : r > 0 ? APP_EXIT_CONFIG : APP_EXIT_OK;
}

/* ---- noticing edits ---- */

static void on_settled(uv_timer_t *timer)
{
	(void)app_config_reload(timer->data);
}

void app_config_reload_soon(struct app *a)
{
	uint64_t since = env_mono_ms(a->env) - a->reloaded_mono_ms;
	if (since >= RELOAD_APART_MS)
		(void)app_config_reload(a);
	else
		(void)uv_timer_start(&a->settle_timer, on_settled, RELOAD_APART_MS - since, 0);
}

/* Editors rename, truncate, write twice: wait until nothing has happened for a while. */
static void on_file_event(uv_fs_event_t *handle, const char *filename, int events, int status)
{
	struct app *a = handle->data;
	(void)events;
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s", a->options->fleet);
	if (status < 0 || (filename && strcmp(filename, basename(path)) != 0))
		return;
	(void)uv_timer_start(&a->settle_timer, on_settled, a->settings.poll.settle_ms, 0);
}

/* Without a word as long as it is the same trouble. */
static void try_again(struct app *a)
{
	a->reloaded_mono_ms = env_mono_ms(a->env);
	if (a->settings_trouble)
		take_settings(a);
	if (a->fleet_trouble && take_file(a))
		app_plan_now(a);
	(void)driver_flush(a->driver);
}

void app_config_check(struct app *a)
{
	if ((a->fleet_trouble || a->settings_trouble) &&
	    env_mono_ms(a->env) - a->reloaded_mono_ms >= TRY_AGAIN_MS)
		try_again(a);
	const struct file_id now = identify(a->options->fleet), *then = &a->fleet_file;
	bool same = now.device == then->device && now.inode == then->inode &&
		    now.size == then->size && now.changed_ns == then->changed_ns;
	if (!same && !a->options->once && !uv_is_active((uv_handle_t *)&a->settle_timer))
		(void)uv_timer_start(&a->settle_timer, on_settled, a->settings.poll.settle_ms, 0);
}

void app_config_watch(struct app *a)
{
	/* The directory: the file itself is replaced by most editors. */
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s", a->options->fleet);
	int r = uv_fs_event_start(&a->watch, on_file_event, dirname(path), 0);
	if (r < 0)
		log_event(EV_CONFIG_WATCH_FAILED, LOG_STR("PATH", a->options->fleet),
			  LOG_STR("ERROR", uv_strerror(r)));
}
