/*
 * The least a careful program does to list a fleet: libcurl's multi handle with connections
 * kept alive, a signature for each request, cJSON on an arena, six members of every instance
 * kept. No retries, no pace, no judging of answers, nothing remembered from one listing to
 * the next. The yardstick of observe_list.
 *
 *   bench_bare_list PORT [CYCLES]         prints one JSON object
 */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/env.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "base/vec.h"
#include "cloud/sign.h"
#include "listing.h"
#include "model/params.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define HEADERS 7
#define LINES (HEADERS + 1) /* and the signature */
#define ID_SIZE 40
#define BODY_MAX ((size_t)4 << 20)

struct record {
	char id[ID_SIZE];
	uint64_t group, status, charge, tags; /* digests */
	uint64_t expires_ms;
};

struct chain {
	struct bench *bench;
	CURL *easy;
	const char *action;
	const char *ids[100]; /* of groups; none: all */
	size_t n_ids;
	char *token; /* of the next page; NULL: the first */
	struct strbuf body, lines[LINES];
	struct curl_slist headers[LINES + 1];
};

struct bench {
	CURLM *multi;
	char url[64], host[32];
	struct chain chains[LISTING_CHAINS];
	size_t running;
	VEC(char *) groups;
	VEC(struct record) records;
	uint64_t pages;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "bench_bare_list: %s\n", what);
	exit(1);
}

/* --- cJSON on an arena that begins anew with each page --- */

static _Alignas(16) unsigned char arena[ARENA_BYTES];
static size_t arena_used;

static void *arena_alloc(size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (size > ARENA_BYTES - arena_used)
		return NULL;
	void *p = arena + arena_used;
	arena_used += size;
	return p;
}

static void arena_ignore(void *p)
{
	(void)p;
}

/* --- one request --- */

static void sign_headers(struct chain *c, const char *query)
{
	/* libcurl would add one of its own, unsigned */
	static char no_content_type[] = "Content-Type:";
	char date[TIMEFMT_SIZE], nonce[33], hash[SIGN_HASH_SIZE];
	uint64_t random[2];
	env_os()->random_bytes(env_os(), random, sizeof(random));
	(void)snprintf(nonce, sizeof(nonce), "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	timefmt_iso(env_wall_ms(env_os()), date);
	if (sign_body_hash("", 0, hash) < 0)
		die("no hash");
	const struct sign_header headers[HEADERS] = {
		{"host", c->bench->host},         {"x-acs-action", c->action},
		{"x-acs-version", "2023-09-30"},  {"x-acs-date", date},
		{"x-acs-signature-nonce", nonce}, {"x-acs-content-sha256", hash},
		{"accept", "application/json"},
	};
	const struct sign_request request = {
		.method = "POST",
		.path = "/",
		.query = query,
		.body = "",
		.headers = headers,
		.n_headers = HEADERS,
		.access_key_id = LISTING_KEY_ID,
		.access_key_secret = LISTING_SECRET,
	};
	for (size_t i = 0; i < HEADERS; i++) {
		strbuf_clear(&c->lines[i]);
		strbuf_addf(&c->lines[i], "%s: %s", headers[i].name, headers[i].value);
	}
	strbuf_clear(&c->lines[HEADERS]);
	strbuf_add(&c->lines[HEADERS], "authorization: ");
	if (sign_request(&request, &c->lines[HEADERS]) < 0)
		die("no signature");
	for (size_t i = 0; i < LINES; i++)
		c->headers[i] =
			(struct curl_slist){.data = c->lines[i].data, .next = &c->headers[i + 1]};
	c->headers[LINES] = (struct curl_slist){.data = no_content_type};
}

static char *query_of(const struct chain *c)
{
	auto_params struct params params = {0};
	int r = params_set_int(&params, "MaxResults", 100);
	if (r == 0 && c->n_ids > 0)
		r = params_set_list(&params, "InstanceGroupIds", c->ids, c->n_ids);
	if (r == 0 && c->token)
		r = params_set(&params, "NextToken", c->token);
	return r < 0 ? NULL : params_text(&params);
}

static void ask(struct chain *c)
{
	struct strbuf url = STRBUF_INIT(1 << 16);
	auto_free char *query = query_of(c);
	if (!query)
		die("no memory");
	sign_headers(c, query);
	strbuf_addf(&url, "%s/?%s", c->bench->url, query);
	strbuf_clear(&c->body);
	if (curl_easy_setopt(c->easy, CURLOPT_URL, strbuf_text(&url)) != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers) != CURLE_OK ||
	    curl_multi_add_handle(c->bench->multi, c->easy) != CURLM_OK)
		die("libcurl");
	strbuf_fini(&url);
}

/* --- one page --- */

static const char *text_of(const cJSON *row, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static void keep_instance(struct bench *b, const cJSON *row)
{
	struct record *r = vec_add(&b->records);
	if (!r)
		die("no memory");
	(void)strncpy(r->id, text_of(row, "AndroidInstanceId"), sizeof(r->id) - 1);
	r->group = digest_text(DIGEST_INIT, text_of(row, "AndroidInstanceGroupId"));
	r->status = digest_text(DIGEST_INIT, text_of(row, "AndroidInstanceStatus"));
	r->charge = digest_text(DIGEST_INIT, text_of(row, "ChargeType"));
	(void)timefmt_parse(text_of(row, "GmtExpired"), &r->expires_ms);
	const cJSON *tag = NULL;
	cJSON_ArrayForEach(tag, cJSON_GetObjectItemCaseSensitive(row, "Tags"))
	{
		r->tags = digest_text(r->tags, text_of(tag, "Key"));
		r->tags = digest_text(r->tags, text_of(tag, "Value"));
	}
}

static void keep_group(struct bench *b, const cJSON *row)
{
	char **slot = vec_add(&b->groups);
	if (!slot || !(*slot = strdup(text_of(row, "InstanceGroupId"))))
		die("no memory");
}

/* True when there is another page. */
static bool take_page(struct chain *c)
{
	const cJSON *row = NULL;
	arena_used = 0;
	cJSON *root = cJSON_ParseWithLength(strbuf_text(&c->body), c->body.len + 1);
	if (!root)
		die("a page is no JSON");
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(root, "InstanceModel"))
		keep_instance(c->bench, row);
	cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(root, "InstanceGroupModel"))
		keep_group(c->bench, row);
	c->bench->pages++;
	free(c->token);
	c->token = NULL;
	if (!*text_of(root, "NextToken"))
		return false;
	c->token = strdup(text_of(root, "NextToken"));
	if (!c->token)
		die("no memory");
	return true;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct chain *c = data;
	strbuf_add_n(&c->body, bytes, size * n);
	return strbuf_error(&c->body) ? 0 : n;
}

static void on_done(struct bench *b, CURL *easy, CURLcode result)
{
	struct chain *c = NULL;
	long status = 0;
	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)(void *)&c);
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_multi_remove_handle(b->multi, easy);
	if (result != CURLE_OK || status != 200)
		die(result == CURLE_OK ? strbuf_text(&c->body) : curl_easy_strerror(result));
	if (take_page(c))
		ask(c);
	else
		b->running--;
}

/* --- the listing --- */

static void run(struct bench *b)
{
	while (b->running > 0) {
		int alive, left;
		if (curl_multi_perform(b->multi, &alive) != CURLM_OK)
			die("libcurl");
		for (CURLMsg *m; (m = curl_multi_info_read(b->multi, &left));)
			if (m->msg == CURLMSG_DONE)
				on_done(b, m->easy_handle, m->data.result);
		if (b->running > 0 && curl_multi_poll(b->multi, NULL, 0, 1000, NULL) != CURLM_OK)
			die("libcurl");
	}
}

static void forget(struct bench *b)
{
	vec_each(&b->groups, id) free(*id);
	b->groups.n = 0;
	b->records.n = 0;
}

/* The groups, then their instances in as many chains of pages as the daemon has. */
static void list_all(struct bench *b)
{
	forget(b);
	b->chains[0].action = "DescribeAndroidInstanceGroups";
	b->chains[0].n_ids = 0;
	b->running = 1;
	ask(&b->chains[0]);
	run(b);
	size_t share = (b->groups.n + LISTING_CHAINS - 1) / LISTING_CHAINS, next = 0;
	if (share > ARRAY_SIZE(b->chains[0].ids))
		die("more groups than this program can list");
	for (size_t k = 0; k < LISTING_CHAINS && next < b->groups.n; k++) {
		struct chain *c = &b->chains[k];
		c->action = "DescribeAndroidInstances";
		for (c->n_ids = 0; c->n_ids < share && next < b->groups.n;)
			c->ids[c->n_ids++] = b->groups.items[next++];
		b->running++;
		ask(c);
	}
	run(b);
}

static void open_chain(struct bench *b, struct chain *c)
{
	c->bench = b;
	strbuf_init(&c->body, BODY_MAX);
	for (size_t i = 0; i < LINES; i++)
		strbuf_init(&c->lines[i], 1 << 16);
	c->easy = curl_easy_init();
	if (!c->easy || curl_easy_setopt(c->easy, CURLOPT_POST, 1L) != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, "") != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c) != CURLE_OK ||
	    curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c) != CURLE_OK)
		die("libcurl");
}

static void open_bench(struct bench *b, int port)
{
	cJSON_Hooks hooks = {.malloc_fn = arena_alloc, .free_fn = arena_ignore};
	cJSON_InitHooks(&hooks);
	(void)snprintf(b->host, sizeof(b->host), "127.0.0.1:%d", port);
	(void)snprintf(b->url, sizeof(b->url), "http://%s", b->host);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(b->multi = curl_multi_init()))
		die("libcurl");
	for (size_t k = 0; k < LISTING_CHAINS; k++)
		open_chain(b, &b->chains[k]);
}

static void close_bench(struct bench *b)
{
	forget(b);
	vec_free(&b->groups);
	vec_free(&b->records);
	for (size_t k = 0; k < LISTING_CHAINS; k++) {
		struct chain *c = &b->chains[k];
		curl_easy_cleanup(c->easy);
		strbuf_fini(&c->body);
		for (size_t i = 0; i < LINES; i++)
			strbuf_fini(&c->lines[i]);
	}
	(void)curl_multi_cleanup(b->multi);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct listing_result result = {0};
	int port, cycles;
	listing_arguments(argc, argv, &port, &cycles);
	open_bench(&b, port);
	double cpu = listing_cpu_s(), wall = listing_wall_s();
	for (int i = 0; i < cycles; i++)
		list_all(&b);
	result.cpu_s = listing_cpu_s() - cpu;
	result.wall_s = listing_wall_s() - wall;
	result.pages = b.pages;
	result.instances = b.records.n;
	vec_each(&b.records, r) result.ids += digest_text(DIGEST_INIT, r->id);
	listing_print("bare_list", &result);
	close_bench(&b);
	return 0;
}
