#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/vec.h"
#include "cloudside.h"
#include "control/control.h"
#include "ledger/ledger.h"
#include "vloop.h"

struct told {
	char order[64];
};

static struct {
	struct life_options o;
	struct life_counts counts;
	uint64_t chances; /* left before a crash; 0 = none is due */
	bool over;        /* the time has come */
	const struct control_ops *ops; /* of the daemon that lives */
	void *ops_data;
	control_closed_cb control_closed;
	char state[256];
	VEC(struct told) told;
} l;

/* ---- crashing ---- */

static void crash(void)
{
	l.ops = NULL;
	vloop_crash();
}

static void chance(void)
{
	if (l.over)
		crash();
	if (l.chances > 0 && --l.chances == 0) {
		l.counts.crashes++;
		crash();
	}
}

static void on_step(void *data)
{
	(void)data;
	cloudside_tick();
	chance();
}

void life_crash_after(uint64_t chances)
{
	l.chances = chances;
}

int __real_ledger_commit(struct ledger *ledger);
int __wrap_ledger_commit(struct ledger *ledger);
int __wrap_ledger_commit(struct ledger *ledger)
{
	chance();
	int r = __real_ledger_commit(ledger);
	chance();
	return r;
}

/* ---- what the daemon would say and be asked ---- */

static void show_bytes(const char *where, const char *bytes, size_t n)
{
	if (l.o.on_bytes)
		l.o.on_bytes(where, bytes, n);
}

/* Where the files are differs from run to run. */
static void mix(const char *text)
{
	const char *dir = strstr(text, l.o.dir);
	if (dir) {
		l.counts.hash = digest_bytes(l.counts.hash, text, (size_t)(dir - text));
		text = dir + strlen(l.o.dir);
	}
	l.counts.hash = digest_text(l.counts.hash, text);
}

void life_mix(uint64_t number)
{
	l.counts.hash = digest_u64(l.counts.hash, number);
}

static void note_order(const char *order)
{
	struct told *told = l.o.deaf || life_told(order) ? NULL : vec_add(&l.told);
	if (told)
		(void)snprintf(told->order, sizeof(told->order), "%s", order);
}

bool life_told(const char *order)
{
	vec_each(&l.told, told)
		if (strcmp(told->order, order) == 0)
			return true;
	return false;
}

static void on_event(void *data, enum event ev, const struct log_field *fields)
{
	(void)data;
	bool to_pay = ev == EV_ORDER_NEEDS_PAYMENT || ev == EV_ORDER_STILL_UNPAID;
	l.counts.events[ev]++;
	if (l.o.on_event)
		l.o.on_event(ev, fields);
	l.counts.hash = digest_u64(l.counts.hash, vloop_now());
	mix(event_name(ev));
	if (l.o.trace)
		(void)fprintf(stderr, "%10llu %s", (unsigned long long)vloop_now(), event_name(ev));
	for (; fields->type != LOG_FIELD_END; fields++) {
		if (fields->type == LOG_FIELD_TEXT && fields->text) {
			show_bytes("the log", fields->text, strlen(fields->text));
			if (to_pay && strcmp(fields->name, "ORDER_ID") == 0)
				note_order(fields->text);
		}
		if (fields->type == LOG_FIELD_TEXT && fields->text)
			mix(fields->text);
		if (!l.o.trace)
			continue;
		if (fields->type == LOG_FIELD_TEXT && fields->text)
			(void)fprintf(stderr, " %s=%s", fields->name, fields->text);
		else if (fields->type == LOG_FIELD_INT)
			(void)fprintf(stderr, " %s=%lld", fields->name, (long long)fields->integer);
	}
	if (l.o.trace)
		(void)fputc('\n', stderr);
}

int __wrap_log_start(enum log_form form, int max_level, struct env *env);
void __wrap_log_stop(uint64_t wait_ms);
int __wrap_control_open(struct uv_loop_s *loop, const char *path, const struct control_ops *ops,
			void *data, struct control **ret);
void __wrap_control_close(struct control *c, control_closed_cb cb, void *data);
void __wrap_control_answer(struct control_pending *pending, int result, const char *text);
void __wrap_control_answer_text(struct control_pending *pending, char *json);

int __wrap_log_start(enum log_form form, int max_level, struct env *env)
{
	(void)form;
	(void)max_level;
	(void)env;
	log_set_sink(on_event, NULL);
	return 0;
}

void __wrap_log_stop(uint64_t wait_ms)
{
	(void)wait_ms;
}

int __wrap_control_open(struct uv_loop_s *loop, const char *path, const struct control_ops *ops,
			void *data, struct control **ret)
{
	(void)loop;
	(void)path;
	l.ops = ops;
	l.ops_data = data;
	*ret = (struct control *)(void *)&l; /* asked for nothing but to close */
	return 0;
}

static void on_control_closed(void *data)
{
	l.control_closed(data);
}

void __wrap_control_close(struct control *c, control_closed_cb cb, void *data)
{
	(void)c;
	l.ops = NULL;
	l.control_closed = cb;
	vloop_at(vloop_now(), on_control_closed, data);
}

void __wrap_control_answer(struct control_pending *pending, int result, const char *text)
{
	(void)pending;
	(void)result;
	(void)text;
}

void __wrap_control_answer_text(struct control_pending *pending, char *json)
{
	(void)pending;
	free(json);
}

cJSON *life_ask(const char *what)
{
	char *text = NULL;
	int r = -ENOTCONN;
	if (!l.ops)
		return NULL;
	if (strcmp(what, "plan") == 0)
		r = l.ops->plan(l.ops_data, &text);
	else if (strcmp(what, "intents") == 0)
		r = l.ops->intents(l.ops_data, &text);
	else if (strcmp(what, "orders") == 0)
		r = l.ops->orders(l.ops_data, &text);
	else if (strcmp(what, "status") == 0)
		r = l.ops->status(l.ops_data, NULL, &text);
	if (r == 0)
		show_bytes("an answer", text, strlen(text));
	cJSON *json = r == 0 ? cJSON_Parse(text) : NULL;
	free(text);
	return json;
}

void life_look(const char *group)
{
	static const char *const readers[] = {"plan", "intents", "orders", "status"};
	char *text = NULL;
	for (size_t k = 0; k < ARRAY_SIZE(readers); k++)
		cJSON_Delete(life_ask(readers[k]));
	if (l.ops && l.ops->explain(l.ops_data, group, &text) == 0)
		free(TAKE(text));
	if (l.ops && l.ops->metrics(l.ops_data, &text) == 0)
		free(text);
}

bool life_reload(void)
{
	if (l.ops)
		l.ops->reload(l.ops_data, /* wait= */ false, NULL);
	return l.ops != NULL;
}

bool life_approve(const char *hash)
{
	auto_free char *why = NULL;
	return l.ops && l.ops->approve(l.ops_data, hash, "the operator", &why) == 0;
}

bool life_adopt(int64_t intent, const char *resource)
{
	auto_free char *why = NULL;
	int r = l.ops ? l.ops->adopt(l.ops_data, intent, resource, "the operator", &why) : -ENOTCONN;
	if (r < 0 && l.o.trace)
		(void)fprintf(stderr, "adopt %lld %s: %s\n", (long long)intent, resource, why ? why : "");
	return r == 0;
}

bool life_abandon(int64_t intent)
{
	auto_free char *why = NULL;
	return l.ops && l.ops->abandon(l.ops_data, intent, "the operator", &why) == 0;
}

bool life_pause(const char *group, bool paused, const char *who)
{
	auto_free char *why = NULL;
	return l.ops && l.ops->pause(l.ops_data, group, paused, who, &why) == 0;
}

/* ---- the disk ---- */

/* Of one file of the ledger. */
static bool look_through(const char *name, const char *wanted)
{
	char path[512];
	struct stat st;
	(void)snprintf(path, sizeof(path), "%s/%s", l.state, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		abort();
	size_t size = (size_t)st.st_size;
	auto_free char *bytes = malloc(size + 1);
	if (!bytes || read(fd, bytes, size) != st.st_size)
		abort();
	(void)close(fd);
	show_bytes("the ledger", bytes, size);
	return wanted && memmem(bytes, size, wanted, strlen(wanted));
}

bool life_remembers(const char *order)
{
	bool main = look_through("ledger.db", order);
	return look_through("ledger.db-wal", order) || main;
}

static void copy_file(const char *from, const char *to)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return;
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, (size_t)n) != n)
			abort();
	(void)close(in);
	(void)close(out);
}

/* The dead process keeps its locks as long as this one lives: the next has a copy. */
static void next_state(void)
{
	char next[sizeof(l.state)], from[512], to[512];
	(void)life_remembers(""); /* for the sake of the secrets */
	(void)snprintf(next, sizeof(next), "%s/state-%u", l.o.dir, l.counts.lives);
	if (mkdir(next, 0700) < 0)
		abort();
	for (size_t k = 0; *l.state && k < 2; k++) {
		const char *name = k ? "ledger.db-wal" : "ledger.db";
		(void)snprintf(from, sizeof(from), "%s/%s", l.state, name);
		(void)snprintf(to, sizeof(to), "%s/%s", next, name);
		copy_file(from, to);
		(void)unlink(from);
	}
	(void)strcpy(l.state, next);
}

/* ---- a life ---- */

static int live(void *data)
{
	char fleet[512], config[512];
	(void)data;
	(void)snprintf(fleet, sizeof(fleet), "%s/fleet.yaml", l.o.dir);
	(void)snprintf(config, sizeof(config), "%s/drover.yaml", l.o.dir);
	const struct app_options options = {.fleet = fleet,
					    .config = config,
					    .config_optional = true,
					    .state_dir = l.state,
					    .log_given = true,
					    .log = LOG_TEXT};
	return app_run(&options);
}

void life_start(const struct life_options *options)
{
	vec_free(&l.told);
	memset(&l, 0, sizeof(l));
	l.o = *options;
	l.counts.hash = DIGEST_INIT;
	vloop_on_step(on_step, NULL);
}

void life_finish(void)
{
	l.over = true;
}

static void on_end(void *data)
{
	(void)data;
	life_finish();
}

void life_until(uint64_t until_ms)
{
	l.over = false;
	vloop_world_at(until_ms, on_end, NULL);
	while (!l.over) {
		int code = 0;
		next_state();
		l.counts.lives++;
		vloop_reset();
		if (l.o.on_life)
			l.o.on_life();
		if (vloop_live(live, NULL, &code)) {
			(void)fprintf(stderr, "droverd ended by itself with %d\n", code);
			exit(1);
		}
		cloudside_reset();
	}
}

void life_end(void)
{
	if (!vloop_signal(SIGTERM))
		crash(); /* what the signal does to a process that does not listen */
}

/* @data: the life that is meant; it may have ended before. */
static void terminate(void *data)
{
	if ((uintptr_t)data == l.counts.lives)
		life_end();
}

int life_serve(uint64_t until_ms)
{
	int code = -1;
	l.over = false;
	next_state();
	l.counts.lives++;
	vloop_reset();
	vloop_world_at(until_ms, terminate, (void *)(uintptr_t)l.counts.lives);
	(void)vloop_live(live, NULL, &code);
	l.ops = NULL;
	cloudside_reset();
	return code;
}

const char *life_state_dir(void)
{
	return l.state;
}

const struct life_counts *life_counts(void)
{
	return &l.counts;
}
