#include "client.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "base/timefmt.h"
#include "cloud/sim_operation.h"

#define HOST "127.0.0.1:1"
#define START_WALL_MS UINT64_C(1795300000000)

void client_open_with(struct client *c, const struct sim_options *options)
{
	*c = (struct client){.now = {1000, START_WALL_MS},
			     .key_id = "test-access-key-id",
			     .secret = "test-access-key-secret",
			     .method = "POST"};
	assert_int_equal(sim_new(options, c->now, &c->sim), 0);
}

void client_open(struct client *c, double scale)
{
	struct sim_options options = {.seed = 7, .time_scale = scale};
	client_open_with(c, &options);
}

void client_close(struct client *c)
{
	cJSON_Delete(c->json);
	sim_free(c->sim);
	c->json = NULL;
}

/* --- signing */

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_pair(struct strbuf *out, const char *pair)
{
	const char *equals = strchr(pair, '=');
	if (out->len > 0)
		strbuf_add_char(out, '&');
	percent_encode(out, pair, (size_t)(equals - pair));
	strbuf_add_char(out, '=');
	percent_encode(out, equals + 1, strlen(equals + 1));
}

static void join(struct strbuf *out, const char *const *pairs)
{
	const char *sorted[256];
	size_t n = 0;
	for (; pairs && pairs[n]; n++)
		sorted[n] = pairs[n];
	if (n > 1)
		qsort(sorted, n, sizeof(sorted[0]), compare_text);
	for (size_t i = 0; i < n; i++)
		add_pair(out, sorted[i]);
}

static void hex(const unsigned char *bytes, char out[65])
{
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void sha256(const char *text, char out[65])
{
	unsigned char hash[32];
	SHA256((const unsigned char *)text, strlen(text), hash);
	hex(hash, out);
}

struct headers {
	struct sim_header list[16];
	size_t n;
};

static void add_header(struct headers *h, const char *name, const char *value)
{
	if (value)
		h->list[h->n++] = (struct sim_header){name, value};
}

static const char *path_of(const struct client *c)
{
	return c->path ? c->path : "/";
}

/* @h is in the order of the names. */
static void authorization(const struct client *c, const struct headers *h, const char *query,
			  const char *payload, char *out, size_t size)
{
	auto_strbuf struct strbuf canonical = STRBUF_INIT(1 << 20), names = STRBUF_INIT(4096);
	char hash[65], mac_hex[65], to_sign[128];
	unsigned char mac[32];
	unsigned int len = sizeof(mac);
	strbuf_addf(&canonical, "%s\n%s\n%s\n", c->method, path_of(c), query);
	for (size_t i = 0; i < h->n; i++) {
		strbuf_addf(&canonical, "%s:%s\n", h->list[i].name, h->list[i].value);
		strbuf_addf(&names, "%s%s", i > 0 ? ";" : "", h->list[i].name);
	}
	strbuf_addf(&canonical, "\n%s\n%s", strbuf_text(&names), payload);
	sha256(strbuf_text(&canonical), hash);
	(void)snprintf(to_sign, sizeof(to_sign), "ACS3-HMAC-SHA256\n%s", hash);
	HMAC(EVP_sha256(), c->secret, (int)strlen(c->secret), (const unsigned char *)to_sign,
	     strlen(to_sign), mac, &len);
	hex(mac, mac_hex);
	(void)snprintf(out, size, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s",
		       c->key_id, strbuf_text(&names), mac_hex);
}

/* --- answers */

static void keep(char *slot, size_t size, const struct sim_response *r, const char *name)
{
	slot[0] = '\0';
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcmp(r->headers[i].name, name) == 0)
			(void)snprintf(slot, size, "%s", r->headers[i].value);
}

static void take(struct client *c, struct sim_response *r)
{
	cJSON_Delete(c->json);
	c->delivery = r->delivery;
	c->status = r->status;
	c->body_len = r->body_len;
	c->send_len = r->send_len;
	c->ready_ms = r->ready_cloud_ms;
	c->json = r->delivery == SIM_ANSWER
			  ? cJSON_ParseWithLengthOpts(r->body, r->body_len + 1, NULL, 1)
			  : NULL;
	(void)snprintf(c->body, sizeof(c->body), "%s", r->body);
	keep(c->retry_after, sizeof(c->retry_after), r, "x-acs-retry-after");
	keep(c->request_id, sizeof(c->request_id), r, "x-acs-request-id");
	keep(c->date_header, sizeof(c->date_header), r, "date");
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(c->json, "Code");
	(void)snprintf(c->code, sizeof(c->code), "%s",
		       cJSON_IsString(code) ? code->valuestring : "");
	sim_response_fini(r);
}

static void send(struct client *c, const char *method, const char *target, const struct headers *h,
		 const char *body)
{
	struct sim_response response;
	const struct sim_request request = {.method = method,
					    .target = target,
					    .headers = h->list,
					    .n_headers = h->n,
					    .body = body,
					    .body_len = strlen(body)};
	assert_int_equal(sim_handle(c->sim, c->now, &request, &response), 0);
	take(c, &response);
}

/* Of the product that has the operation. */
static const char *version_of(const char *action)
{
	static const char *const versions[] = {"2023-09-30", "2021-09-01", "2017-12-14",
					       "2015-04-01"};
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		if (sim_operation_find(sim_product_find(versions[i]), action))
			return versions[i];
	return versions[0];
}

static cJSON *call(struct client *c, const char *action, const char *const *query,
		   const char *const *form)
{
	auto_strbuf struct strbuf q = STRBUF_INIT(1 << 20), body = STRBUF_INIT(1 << 20),
				  target = STRBUF_INIT(1 << 20);
	struct headers h = {0};
	char nonce[24], date[TIMEFMT_SIZE], payload[65], value[2048];
	join(&q, query);
	join(&body, form);
	sha256(strbuf_text(&body), payload);
	(void)snprintf(nonce, sizeof(nonce), "nonce-%u", ++c->nonces);
	timefmt_iso(c->now.wall_ms, date);
	if (form)
		add_header(&h, "content-type", "application/x-www-form-urlencoded");
	add_header(&h, "host", c->host ? c->host : HOST);
	add_header(&h, "x-acs-action", action);
	add_header(&h, "x-acs-content-sha256", payload);
	add_header(&h, "x-acs-date", c->date ? c->date : date);
	add_header(&h, "x-acs-security-token", c->token);
	add_header(&h, "x-acs-signature-nonce", c->nonce ? c->nonce : nonce);
	add_header(&h, "x-acs-version", version_of(action));
	authorization(c, &h, strbuf_text(&q), payload, value, sizeof(value));
	add_header(&h, "authorization", c->authorization ? c->authorization : value);
	add_header(&h, c->extra_name, c->extra_name ? c->extra_value : NULL);
	strbuf_addf(&target, "%s%s%s", path_of(c), q.len > 0 ? "?" : "", strbuf_text(&q));
	send(c, c->method, strbuf_text(&target), &h, strbuf_text(&body));
	return c->json;
}

cJSON *client_query(struct client *c, const char *const *list)
{
	return call(c, list[0], list + 1, NULL);
}

cJSON *client_form(struct client *c, const char *const *list)
{
	return call(c, list[0], NULL, list + 1);
}

cJSON *client_both(struct client *c, const char *action, const char *const *query,
		   const char *const *form)
{
	return call(c, action, query, form);
}

cJSON *client_admin(struct client *c, const char *method, const char *path, const char *body,
		    int status)
{
	struct headers h = {0};
	add_header(&h, "host", HOST);
	send(c, method, path, &h, body ? body : "");
	assert_int_equal(c->status, status);
	return c->json;
}

void client_fault(struct client *c, const char *json_list)
{
	(void)client_admin(c, "POST", "/_sim/faults", json_list, 200);
}

void client_advance(struct client *c, uint64_t ms)
{
	assert_int_equal(sim_advance(c->sim, ms), 0);
}

const cJSON *client_at(const struct client *c, const char *path)
{
	char copy[256];
	const cJSON *at = c->json;
	(void)snprintf(copy, sizeof(copy), "%s", path);
	char *rest = copy, *part;
	while (at && (part = strsep(&rest, ".")))
		at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(part))
				       : cJSON_GetObjectItemCaseSensitive(at, part);
	if (!at)
		fail_msg("no %s in %s", path, c->body);
	return at;
}

const char *client_text(const struct client *c, const char *path)
{
	const cJSON *item = client_at(c, path);
	assert_true(cJSON_IsString(item));
	return item->valuestring;
}

int client_int(const struct client *c, const char *path)
{
	const cJSON *item = client_at(c, path);
	assert_true(cJSON_IsNumber(item));
	return item->valueint;
}

int client_size(const struct client *c, const char *path)
{
	const cJSON *item = client_at(c, path);
	assert_true(cJSON_IsArray(item));
	return cJSON_GetArraySize(item);
}

const char *client_param(const char *name, const char *value)
{
	static char buffers[16][160];
	static unsigned next;
	char *out = buffers[next++ % 16];
	(void)snprintf(out, sizeof(buffers[0]), "%s=%s", name, value);
	return out;
}

const char *client_group(struct client *c, const char *count)
{
	static char ids[2][40];
	static unsigned next;
	char *id = ids[next++ % 2];
	assert_non_null(CALL(c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE,
			     "ChargeType=PostPaid", client_param("NumberOfInstances", count)));
	assert_int_equal(c->status, 200);
	(void)snprintf(id, sizeof(ids[0]), "%s", client_text(c, "InstanceGroupIds.0"));
	client_advance(c, 90000);
	return id;
}

static const cJSON *group_in_state(struct client *c, const char *group)
{
	const cJSON *item = NULL;
	(void)client_admin(c, "GET", "/_sim/state", NULL, 200);
	cJSON_ArrayForEach(
		item,
		client_at(c, "groups")) if (strcmp(cJSON_GetObjectItem(item, "id")->valuestring,
						   group) == 0) return item;
	return NULL;
}

const char *client_instance(struct client *c, const char *group, int index)
{
	const cJSON *found = group_in_state(c, group);
	assert_non_null(found);
	const cJSON *instance = cJSON_GetArrayItem(cJSON_GetObjectItem(found, "instances"), index);
	assert_non_null(instance);
	return client_param("", cJSON_GetObjectItem(instance, "id")->valuestring) + 1;
}

const char *client_status(struct client *c, const char *id)
{
	const cJSON *group = NULL, *instance = NULL;
	(void)client_admin(c, "GET", "/_sim/state", NULL, 200);
	cJSON_ArrayForEach(group, client_at(c, "groups"))
	{
		if (strcmp(cJSON_GetObjectItem(group, "id")->valuestring, id) == 0)
			return cJSON_GetObjectItem(group, "status")->valuestring;
		cJSON_ArrayForEach(
			instance,
			cJSON_GetObjectItem(
				group, "instances")) if (strcmp(cJSON_GetObjectItem(instance, "id")
									->valuestring,
								id) ==
							 0) return cJSON_GetObjectItem(instance,
										       "status")
			->valuestring;
	}
	return "gone";
}
