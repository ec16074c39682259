/*
 * The daemon's own way to list a fleet, without the rest of the daemon: observer_run() over
 * the cloud and HTTP rooms, again and again on one observation as in the daemon. To be
 * compared with bare_list.
 *
 *   bench_observe_list PORT [CYCLES]      prints one JSON object
 */
#include <string.h>
#include <uv.h>

#include "base/digest.h"
#include "base/memory.h"
#include "listing.h"
#include "net/http_curl.h"
#include "observe/observer.h"

struct bench {
	uv_loop_t loop;
	struct http *http;
	struct settings settings;
	struct credentials *credentials;
	struct cloud *cloud;
	struct observer *observer;
	int cycles;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "bench_observe_list: %s\n", what);
	exit(1);
}

static const char *key_of(const char *name)
{
	if (strcmp(name, "ALIBABA_CLOUD_ACCESS_KEY_ID") == 0)
		return LISTING_KEY_ID;
	return strcmp(name, "ALIBABA_CLOUD_ACCESS_KEY_SECRET") == 0 ? LISTING_SECRET : NULL;
}

/* As in an audit: every group is looked into. */
static int on_groups(void *data, enum kind kind, struct text_list *add)
{
	(void)kind;
	const struct observed *o = observer_observed(((struct bench *)data)->observer);
	for (size_t i = 0; i < o->n_groups; i++)
		if (text_list_add(add, o->groups[i].id) < 0)
			return -1;
	return 0;
}

static void run_cycle(struct bench *b)
{
	if (observer_run(b->observer, KIND_CLOUD_PHONE, &(struct observer_request){.groups = true}) < 0)
		die("the cycle did not begin");
}

static void on_cycle(void *data, enum kind kind, const struct observer_result *result)
{
	(void)kind;
	struct bench *b = data;
	if (!result->complete) {
		(void)fprintf(stderr, "bench_observe_list: %s: %s %s\n",
			      pager_why_text(result->why), result->code, result->message);
		exit(1);
	}
	if (--b->cycles > 0)
		run_cycle(b);
	else
		uv_stop(&b->loop);
}

/* As the daemon does it; only the pace is out of the way, which is not what is measured. */
static void open_bench(struct bench *b, int port)
{
	char url[64], *why = NULL;
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
	settings_init(&b->settings);
	b->settings.endpoints[SERVICE_EDS_AIC] = strdup(url);
	b->settings.rates.reads_per_s = b->settings.rates.max_per_s = 1e6;
	if (!b->settings.endpoints[SERVICE_EDS_AIC] || uv_loop_init(&b->loop) < 0 ||
	    credentials_load(&b->settings, key_of, &b->credentials, &why) != CREDENTIALS_OK ||
	    http_curl_new(&b->loop, &(struct http_curl_options){0}, &b->http) < 0)
		die("cannot begin");
	struct cloud_options cloud = {.env = env_os(),
				      .loop = &b->loop,
				      .http = b->http,
				      .settings = &b->settings,
				      .credentials = b->credentials};
	if (cloud_new(&cloud, &b->cloud) < 0)
		die("no cloud");
	struct observer_options observer = {.env = env_os(),
					    .cloud = b->cloud,
					    .on_groups = on_groups,
					    .on_cycle = on_cycle,
					    .data = b};
	if (observer_new(&observer, &b->observer) < 0)
		die("no observer");
}

static void on_closed(void *data)
{
	(void)data;
}

static void close_bench(struct bench *b)
{
	observer_close(b->observer, on_closed, NULL);
	cloud_close(b->cloud, on_closed, NULL);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	http_close(b->http, on_closed, NULL);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&b->loop) < 0)
		die("something was left open");
	(void)credentials_free(b->credentials);
	settings_fini(&b->settings);
}

static void count_result(const struct bench *b, struct listing_result *ret)
{
	const struct observed *o = observer_observed(b->observer);
	struct cloud_stats stats;
	cloud_stats(b->cloud, &stats);
	ret->pages = stats.reads;
	for (size_t g = 0; g < o->n_groups; g++) {
		ret->instances += o->groups[g].n_instances;
		for (size_t i = 0; i < o->groups[g].n_instances; i++)
			ret->ids += digest_text(DIGEST_INIT, o->groups[g].instances[i].id);
	}
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct listing_result result = {0};
	int port;
	memory_keep_freed(); /* as droverd does */
	listing_arguments(argc, argv, &port, &b.cycles);
	open_bench(&b, port);
	double cpu = listing_cpu_s(), wall = listing_wall_s();
	run_cycle(&b);
	(void)uv_run(&b.loop, UV_RUN_DEFAULT);
	result.cpu_s = listing_cpu_s() - cpu;
	result.wall_s = listing_wall_s() - wall;
	count_result(&b, &result);
	listing_print("observe_list", &result);
	close_bench(&b);
	return 0;
}
