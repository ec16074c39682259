#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "cli/args.h"
#include "cli/client.h"
#include "cli/local.h"
#include "cli/show.h"
#include "config/config.h"

#define STATE_DIR "/var/lib/drover"
#define RUN_DIR "/run/drover"
#define INSTANCES_PATH "/v1/instances"
#define SOCKET_NAME "drover.sock"
#define ANSWER_MS 30000
/* A reload may wait for answers under way and a first look at a slow cloud. */
#define RELOAD_MS 300000
/* A listing goes page by page, and each page may be tried again. */
#define INSTANCES_MS 120000
#define REDRAW_S 2

struct cli {
	struct args args;
	FILE *out, *err;
	bool colored;
	struct strbuf socket; /* path, found when first needed */
};

static int complain(const struct cli *c, const char *text)
{
	auto_strbuf struct strbuf safe = STRBUF_INIT(LIMIT_STATUS_BYTES);
	for (const char *line = text; *line;) { /* complaints may be many lines */
		size_t n = strcspn(line, "\n");
		auto_free char *copy = strndup(line, n);
		text_safe(copy ? copy : "", &safe);
		line += n + (line[n] == '\n');
		strbuf_add(&safe, *line ? "\n" : "");
	}
	(void)fprintf(c->err, "drover: %s\n", strbuf_text(&safe));
	return CLI_FAILED;
}

static bool wants_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0 &&
	       isatty(fileno(out));
}

/* --- the socket ------------------------------------------------------------------- */

static bool try_directory(struct cli *c, const char *directory, size_t len)
{
	strbuf_clear(&c->socket);
	strbuf_add_n(&c->socket, directory, len);
	strbuf_add(&c->socket, "/" SOCKET_NAME);
	/* a directory that may not be entered counts: the answer is then about permission */
	return access(strbuf_text(&c->socket), F_OK) == 0 || errno == EACCES;
}

/* The first that exists; the last one tried when none does. A state directory that was named
 * is never left for another one. Without one the service's runtime directory comes first, since
 * only droverd itself may look into its state directory. */
static void find_socket(struct cli *c)
{
	const char *run = getenv("RUNTIME_DIRECTORY");
	if (c->args.socket) {
		strbuf_add(&c->socket, c->args.socket);
		return;
	}
	/* systemd separates several directories by colons */
	if (run && run[0] && try_directory(c, run, strcspn(run, ":")))
		return;
	if (c->args.state_dir) {
		(void)try_directory(c, c->args.state_dir, strlen(c->args.state_dir));
		return;
	}
	if (!try_directory(c, RUN_DIR, strlen(RUN_DIR)) &&
	    !try_directory(c, STATE_DIR, strlen(STATE_DIR)))
		(void)try_directory(c, RUN_DIR, strlen(RUN_DIR));
}

static bool is_nobody_there(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ECONNREFUSED;
}

static void describe_unreachable(const struct cli *c, int error, struct strbuf *text)
{
	const char *path = strbuf_text(&c->socket);
	if (is_nobody_there(error))
		strbuf_addf(text, "droverd is not running: nobody listens on %s", path);
	else if (error == -EACCES || error == -EPERM)
		strbuf_addf(text,
			    "no permission for %s: run as root or as a member of the group drover",
			    path);
	else if (error == -ETIMEDOUT)
		strbuf_addf(text, "droverd did not answer in time on %s", path);
	else if (error == -EPROTO)
		strbuf_addf(text, "what answers on %s is not droverd, or was cut off", path);
	else
		strbuf_addf(text, "%s: %s", path, strerror(-error));
}

/* --- asking ------------------------------------------------------------------------- */

struct answer {
	struct client_reply reply;
	cJSON *json; /* NULL: not an object */
};

static void answer_fini(struct answer *a)
{
	free(a->reply.body);
	cJSON_Delete(a->json);
}
#define auto_answer cleanup(answer_fini)

static uint64_t patience_ms(const char *target)
{
	if (strcmp(target, "/v1/reload?wait=1") == 0)
		return RELOAD_MS;
	return strncmp(target, INSTANCES_PATH, strlen(INSTANCES_PATH)) == 0 ? INSTANCES_MS
									    : ANSWER_MS;
}

static int ask(struct cli *c, const char *method, const char *target, const char *body,
	       struct answer *ret)
{
	const struct client_request request = {.socket = strbuf_text(&c->socket),
					       .method = method,
					       .target = target,
					       .body = body ? body : "",
					       .len = body ? strlen(body) : 0,
					       .timeout_ms = patience_ms(target)};
	int result = client_ask(&request, &ret->reply);
	if (result < 0)
		return result;
	ret->json = show_parse(ret->reply.body, ret->reply.len);
	return 0;
}

/* True when the daemon said yes; else @why gets a sentence. */
static bool is_yes(const struct cli *c, int result, const struct answer *a, struct strbuf *why)
{
	const char *error = result == 0 && a->json ? show_error(a->json) : "";
	if (result == 0 && a->reply.status == 200 && a->json)
		return true;
	if (result < 0 || a->reply.status == 200)
		describe_unreachable(c, result < 0 ? result : -EPROTO, why);
	else
		strbuf_add(why, error[0] ? error : "droverd refuses without a reason");
	return false;
}

/* 0 when the daemon said yes; else the exit code, after saying why. */
static int judge(const struct cli *c, int result, const struct answer *a)
{
	auto_strbuf struct strbuf why = STRBUF_INIT(LIMIT_STATUS_BYTES);
	return is_yes(c, result, a, &why) ? CLI_OK : complain(c, strbuf_text(&why));
}

/* --- reading commands --------------------------------------------------------------- */

static void put(const struct cli *c, const struct strbuf *text)
{
	(void)fwrite(strbuf_text(text), 1, text->len, c->out);
}

static void put_answer(const struct cli *c, const struct answer *a, bool bars,
		       void (*show)(const struct show *, const cJSON *))
{
	auto_strbuf struct strbuf text = STRBUF_INIT(4 * (size_t)LIMIT_STATUS_BYTES);
	const struct show s = {.out = &text, .colored = c->colored, .bars = bars};
	if (c->args.json) {
		(void)fwrite(a->reply.body, 1, a->reply.len, c->out);
		return;
	}
	show(&s, a->json);
	put(c, &text);
}

static int read_and_show(struct cli *c, const char *target,
			 void (*show)(const struct show *, const cJSON *))
{
	auto_answer struct answer a = {0};
	int code = judge(c, ask(c, "GET", target, NULL, &a), &a);
	if (code == CLI_OK)
		put_answer(c, &a, c->args.watch, show);
	return code;
}

/* What stands for a listing that did not come. */
static int put_no_instances(struct answer *a, const char *why)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&text);
	jsonw_begin_object(&w);
	jsonw_key(&w, "instances");
	jsonw_begin_array(&w);
	jsonw_end_array(&w);
	jsonw_key_bool(&w, "instances_complete", false);
	jsonw_key_text(&w, "instances_reason", why);
	jsonw_end_object(&w);
	strbuf_add_char(&text, '\n');
	answer_fini(a);
	*a = (struct answer){.reply = {.len = text.len}};
	a->reply.body = strbuf_take(&text);
	a->json = a->reply.body ? show_parse(a->reply.body, a->reply.len) : NULL;
	return a->json ? 0 : -ENOMEM;
}

/* Listed live. A failure is told and no more than that: the status itself is good. */
static int ask_instances(struct cli *c, const char *group, struct answer *ret)
{
	auto_strbuf struct strbuf target = STRBUF_INIT(2000), why = STRBUF_INIT(LIMIT_STATUS_BYTES);
	strbuf_add(&target, INSTANCES_PATH);
	client_add_query(&target, "group", group);
	bool yes = is_yes(c, ask(c, "GET", strbuf_text(&target), NULL, ret), ret, &why);
	if (yes && !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(ret->json, "instances"))) {
		strbuf_add(&why, "droverd of another version does not say");
		yes = false;
	}
	if (yes && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(ret->json, "instances_complete")))
		return 0;
	int result = yes ? 0 : put_no_instances(ret, strbuf_text(&why));
	auto_strbuf struct strbuf note = STRBUF_INIT(LIMIT_STATUS_BYTES);
	strbuf_addf(&note, "the list of instances is not complete: %s",
		    result < 0 ? "no memory" : show_text(ret->json, "instances_reason"));
	(void)complain(c, strbuf_text(&note));
	return result;
}

/* One object of both, byte for byte: the brace that ends the one and that which begins the
 * other go. */
static void put_joined(const struct cli *c, const struct answer *a, const struct answer *b)
{
	const char *end = memrchr(a->reply.body, '}', a->reply.len);
	const char *start = memchr(b->reply.body, '{', b->reply.len);
	(void)fwrite(a->reply.body, 1, (size_t)(end - a->reply.body), c->out);
	if (a->json->child && b->json->child)
		(void)fputc(',', c->out);
	(void)fwrite(start + 1, 1, b->reply.len - (size_t)(start + 1 - b->reply.body), c->out);
}

static int show_group(struct cli *c, const char *target, const char *group)
{
	auto_answer struct answer status = {0}, instances = {0};
	int code = judge(c, ask(c, "GET", target, NULL, &status), &status);
	if (code != CLI_OK)
		return code;
	if (!c->args.json) {
		put_answer(c, &status, /* bars= */ false, show_status);
		if (fflush(c->out) != 0) /* now: a listing takes its time */
			return complain(c, "the output could not be written");
	}
	if (ask_instances(c, group, &instances) < 0)
		return CLI_FAILED;
	if (c->args.json)
		put_joined(c, &status, &instances);
	else
		put_answer(c, &instances, /* bars= */ false, show_instances);
	return CLI_OK;
}

/* Drawn again and again, a group is shown without its instances: each listing would be as
 * many calls as it has pages. */
static int run_status(struct cli *c)
{
	auto_strbuf struct strbuf target = STRBUF_INIT(2000);
	strbuf_add(&target, "/v1/status");
	client_add_query(&target, "group", c->args.n_words ? c->args.words[0] : NULL);
	if (!c->args.watch && c->args.n_words)
		return show_group(c, strbuf_text(&target), c->args.words[0]);
	if (!c->args.watch)
		return read_and_show(c, strbuf_text(&target), show_status);
	for (;;) { /* until interrupted; a daemon that restarts is waited for */
		const struct timespec pause = {.tv_sec = REDRAW_S};
		if (isatty(fileno(c->out)))
			(void)fputs("\x1b[H\x1b[J", c->out);
		(void)read_and_show(c, strbuf_text(&target), show_status);
		if (fflush(c->out) != 0)
			return CLI_FAILED;
		(void)nanosleep(&pause, NULL);
	}
}

static int run_orders(struct cli *c)
{
	return read_and_show(c, "/v1/orders", show_orders);
}

static int run_whoami(struct cli *c)
{
	return read_and_show(c, "/v1/whoami", show_whoami);
}

static int run_explain(struct cli *c)
{
	auto_strbuf struct strbuf target = STRBUF_INIT(2000);
	strbuf_add(&target, "/v1/explain");
	client_add_query(&target, "group", c->args.words[0]);
	return read_and_show(c, strbuf_text(&target), show_explain);
}

/* --- plan, check ---------------------------------------------------------------------- */

static int plan_exit(const struct cli *c, const cJSON *json)
{
	return c->args.detailed_exitcode && show_count_actions(json) > 0 ? CLI_CHANGES : CLI_OK;
}

/* Nobody to ask: what the file asks for, from nothing. */
static int plan_alone(struct cli *c, const struct desired *desired)
{
	auto_answer struct answer a = {0};
	if (local_plan_json(desired, &a.reply.body) < 0)
		return complain(c, "no memory");
	a.reply.len = strlen(a.reply.body);
	a.json = show_parse(a.reply.body, a.reply.len);
	if (!a.json)
		return complain(c, "no memory");
	(void)fputs(
		"drover: droverd is not running, so nothing was observed; this is what the file "
		"asks for from nothing\n",
		c->err);
	put_answer(c, &a, /* bars= */ false, show_plan);
	return plan_exit(c, a.json);
}

static int plan_file(struct cli *c, const char *path)
{
	auto_desired struct desired *desired = NULL;
	auto_strbuf struct strbuf messages = STRBUF_INIT(LIMIT_STATUS_BYTES);
	auto_answer struct answer a = {0};
	int result = local_read_fleet(path, &messages, &desired);
	(void)fputs(strbuf_text(&messages), c->err);
	if (result != 0)
		return result < 0 ? complain(c, "no memory") : CLI_FAILED;
	result = ask(c, "POST", "/v1/plan", desired->text, &a);
	if (is_nobody_there(result))
		return plan_alone(c, desired);
	int code = judge(c, result, &a);
	if (code != CLI_OK)
		return code;
	put_answer(c, &a, /* bars= */ false, show_plan);
	return plan_exit(c, a.json);
}

static int run_plan(struct cli *c)
{
	auto_answer struct answer a = {0};
	if (c->args.n_words > 0)
		return plan_file(c, c->args.words[0]);
	int code = judge(c, ask(c, "GET", "/v1/plan", NULL, &a), &a);
	if (code != CLI_OK)
		return code;
	put_answer(c, &a, /* bars= */ false, show_plan);
	return plan_exit(c, a.json);
}

static int run_check(struct cli *c)
{
	auto_strbuf struct strbuf messages = STRBUF_INIT(LIMIT_STATUS_BYTES);
	const char *settings = c->args.config;
	const char *fleet = c->args.n_words ? c->args.words[0] : LOCAL_FLEET;
	if (!settings && c->args.n_words == 0 && access(LOCAL_SETTINGS, F_OK) == 0)
		settings = LOCAL_SETTINGS;
	int result = local_read_fleet(fleet, &messages, NULL);
	int other = settings ? local_check_settings(settings, &messages) : 0;
	(void)fputs(strbuf_text(&messages), c->err);
	if (result < 0 || other < 0)
		return complain(c, "no memory");
	if (result > 0 || other > 0)
		return CLI_FAILED;
	(void)fprintf(c->out, "%s: valid\n", fleet);
	if (settings)
		(void)fprintf(c->out, "%s: valid\n", settings);
	return CLI_OK;
}

/* --- changing commands ---------------------------------------------------------------- */

static int change(struct cli *c, const char *target, const char *done)
{
	auto_answer struct answer a = {0};
	int code = judge(c, ask(c, "POST", target, NULL, &a), &a);
	if (code == CLI_OK)
		(void)fprintf(c->out, "%s\n", done);
	return code;
}

static int change_with(struct cli *c, const char *path, const char *name, const char *done)
{
	auto_strbuf struct strbuf target = STRBUF_INIT(8192);
	strbuf_add(&target, path);
	client_add_query(&target, name, c->args.n_words ? c->args.words[0] : NULL);
	return change(c, strbuf_text(&target), done);
}

static int run_approve(struct cli *c)
{
	return change_with(c, "/v1/approve", "hash", "Approved, once, for 24 hours.");
}

static int run_pause(struct cli *c)
{
	return change_with(c, "/v1/pause", "group",
			   "Paused: calls under way end, no new ones are made.");
}

static int run_resume(struct cli *c)
{
	return change_with(c, "/v1/resume", "group", "Resumed.");
}

static int run_release(struct cli *c)
{
	return change_with(c, "/v1/release", "group",
			   "Released: what may be deleted goes, within the limits; the rest is explained.");
}

static int run_reload(struct cli *c)
{
	return c->args.wait ? change(c, "/v1/reload?wait=1", "The fleet file is in force.")
			    : change(c, "/v1/reload", "Reading the fleet file.");
}

static int run_intents(struct cli *c)
{
	auto_strbuf struct strbuf target = STRBUF_INIT(8192);
	if (c->args.n_words == 0)
		return read_and_show(c, "/v1/intents", show_intents);
	strbuf_addf(&target, "/v1/intents/%s", c->args.words[0]);
	client_add_query(&target, "id", c->args.words[1]);
	client_add_query(&target, "resource", c->args.words[2]);
	return change(c, strbuf_text(&target), "Done.");
}

/* --- all ------------------------------------------------------------------------------ */

static enum command command_from_word(const char *word)
{
	auto_strbuf struct strbuf ignored = STRBUF_INIT(200);
	char *const argv[] = {(char *)(uintptr_t) "drover", (char *)(uintptr_t)word,
			      (char *)(uintptr_t) "--help"};
	struct args args;
	return args_parse(3, argv, &args, &ignored) == 0 ? args.command : COMMAND_HELP;
}

static int run_help(struct cli *c)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(8192);
	enum command command = c->args.command;
	if (command == COMMAND_HELP && c->args.n_words > 0)
		command = command_from_word(c->args.words[0]);
	args_usage(command, &text);
	put(c, &text);
	return CLI_OK;
}

static int run_version(struct cli *c)
{
	(void)fprintf(c->out, "drover %s\n", DROVER_VERSION);
	return CLI_OK;
}

static int (*const runners[COMMAND_MAX_])(struct cli *c) = {
	[COMMAND_CHECK] = run_check,     [COMMAND_PLAN] = run_plan,
	[COMMAND_STATUS] = run_status,   [COMMAND_ORDERS] = run_orders,
	[COMMAND_EXPLAIN] = run_explain, [COMMAND_INTENTS] = run_intents,
	[COMMAND_APPROVE] = run_approve, [COMMAND_PAUSE] = run_pause,
	[COMMAND_RESUME] = run_resume,   [COMMAND_RELEASE] = run_release,
	[COMMAND_RELOAD] = run_reload,   [COMMAND_HELP] = run_help,
	[COMMAND_VERSION] = run_version, [COMMAND_WHOAMI] = run_whoami,
};

int cli_run(int argc, char *const *argv, FILE *out, FILE *err)
{
	struct cli c = {.out = out, .err = err, .socket = STRBUF_INIT(4096)};
	auto_strbuf struct strbuf error = STRBUF_INIT(2000);
	if (args_parse(argc, argv, &c.args, &error) < 0) {
		(void)complain(&c, strbuf_text(&error));
		return CLI_USAGE;
	}
	c.colored = wants_color(out);
	find_socket(&c);
	int code = c.args.help ? run_help(&c) : runners[c.args.command](&c);
	strbuf_fini(&c.socket);
	if (fflush(out) != 0 && code == CLI_OK) {
		(void)fprintf(err, "drover: the output could not be written\n");
		return CLI_FAILED;
	}
	return code;
}
