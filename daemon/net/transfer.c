#include "net/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"

#define SECRET_BYTES 16384 /* keys and their token take 3 KB: growing would leave copies */
#define RESOLVE_MS 3000
#define DEFAULT_CONNECT_MS 10000
#define DEFAULT_TOTAL_MS 60000
#define CA_CACHE_S 3600    /* a renewed CA bundle is noticed within the hour */
#define MAX_AGE_S 20       /* the gateway closes idle connections after 25 s (protocol a) */
#define MAX_LIFETIME_S 300 /* so that new addresses of a name arrive */

/* --- what libcurl calls: takes notes, decides nothing --------------------------- */

/* Once, instead of growing with a copy at each doubling. Without the header: as it comes. */
static void reserve_body(struct transfer *t)
{
	curl_off_t announced = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (t->secret && announced < SECRET_BYTES)
		announced = SECRET_BYTES;
	if (announced > 0 && announced <= (curl_off_t)LIMIT_BODY_BYTES)
		strbuf_reserve(&t->body, (size_t)announced);
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	(void)size; /* always 1 */
	if (t->body.len == 0)
		reserve_body(t);
	strbuf_add_n(&t->body, bytes, n);
	return strbuf_error(&t->body) == 0 ? n : CURL_WRITEFUNC_ERROR;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct transfer *t = data;
	(void)size; /* always 1 */
	t->header_bytes += n;
	if (n >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
		t->headers_whole = false;
	else if (n > 0 && (bytes[0] == '\r' || bytes[0] == '\n'))
		t->headers_whole = true;
	return t->header_bytes <= LIMIT_HEADER_BYTES ? n : CURL_WRITEFUNC_ERROR;
}

/* Name resolved, connected, TLS done, nothing written yet. */
static int on_connected(void *data, char *remote, char *local, int remote_port, int local_port)
{
	struct transfer *t = data;
	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	t->connected = true;
	return CURL_PREREQFUNC_OK;
}

/* --- options ------------------------------------------------------------------- */

/* Ors into @bad whether an option was refused. */
#define SET(option, value) (bad |= curl_easy_setopt(t->easy, (option), (value)) != CURLE_OK)

static bool set_always(struct transfer *t)
{
	bool bad = false;
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_ERRORBUFFER, t->curl_error);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_VERBOSE, 0L); /* it would print the Authorization header */
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_PREREQFUNCTION, on_connected);
	SET(CURLOPT_PREREQDATA, t);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_BODY_BYTES);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_MAXREDIRS, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PROXY, "");      /* else http_proxy and its kin would be read */
	SET(CURLOPT_PATH_AS_IS, 1L); /* the path is signed */
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_QUICK_EXIT, 1L);
	return !bad;
}

static bool set_tls(struct transfer *t, const char *ca_file)
{
	bool bad = false;
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2); /* or later */
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	/* With a CA directory, which Debian's libcurl sets, the parsed bundle is not
	 * kept by the multi handle, and each new connection costs 26 ms of CPU. */
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_CA_CACHE_TIMEOUT, (long)CA_CACHE_S);
	if (ca_file)
		SET(CURLOPT_CAINFO, ca_file);
	return !bad;
}

/* libcurl repeats a request by itself when a connection that was used before dies
 * under it, POST or not. So a changing call gets a connection of its own. */
static bool set_connection(struct transfer *t, bool changing)
{
	bool bad = false;
	if (changing) {
		SET(CURLOPT_FRESH_CONNECT, 1L);
		SET(CURLOPT_FORBID_REUSE, 1L);
	} else {
		SET(CURLOPT_MAXAGE_CONN, (long)MAX_AGE_S);
		SET(CURLOPT_MAXLIFETIME_CONN, (long)MAX_LIFETIME_S);
		SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	}
	return !bad;
}

static bool set_method(struct transfer *t, const struct http_request *request)
{
	bool bad = false;
	if (strcmp(request->method, "GET") == 0) {
		SET(CURLOPT_HTTPGET, 1L);
		return !bad;
	}
	/* POST also carries the PUT: with its length, and without 100-continue. */
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
	SET(CURLOPT_POSTFIELDS, request->body ? request->body : ""); /* not copied */
	if (strcmp(request->method, "POST") != 0)
		SET(CURLOPT_CUSTOMREQUEST, request->method);
	return !bad;
}

static bool has_header(const struct http_request *request, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < request->n_headers; i++) {
		const char *header = request->headers[i];
		if (strncasecmp(header, name, n) == 0 && (header[n] == ':' || header[n] == ';'))
			return true;
	}
	return false;
}

/* The list is ours, nodes in one block that point to the request's own text: what
 * is secret in it is not copied. libcurl only reads it. */
static int set_headers(struct transfer *t, const struct http_request *request)
{
	static const char *const unwanted[] = {"Expect", "Content-Type"};
	static char no_expect[] = "Expect:", no_content_type[] = "Content-Type:";
	static char *const suppressed[] = {no_expect, no_content_type};

	t->headers = calloc(request->n_headers + ARRAY_SIZE(unwanted), sizeof(*t->headers));
	if (!t->headers)
		return -ENOMEM;
	size_t n = 0;
	for (size_t i = 0; i < request->n_headers; i++)
		t->headers[n++].data = (char *)(uintptr_t)request->headers[i];
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++) {
		if (!has_header(request, unwanted[i]))
			t->headers[n++].data = suppressed[i];
	}
	for (size_t i = 0; i + 1 < n; i++)
		t->headers[i].next = &t->headers[i + 1];
	return curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, n > 0 ? t->headers : NULL) == CURLE_OK
		       ? 0
		       : -ENOMEM;
}

/* libcurl counts a server that thinks as slow. A create may think for long, and cutting it off
 * makes its end unclear: it has its total time alone. */
static bool set_limits(struct transfer *t, const struct transfer_defaults *defaults, bool changing)
{
	bool bad = false;
	if (changing)
		return true;
	SET(CURLOPT_LOW_SPEED_LIMIT, defaults->low_speed_bytes);
	SET(CURLOPT_LOW_SPEED_TIME, defaults->low_speed_s);
	return !bad;
}

/* From the path on; NULL where there is none, or a fragment, which is not sent. */
static const char *origin_form(const char *url)
{
	const char *authority = strstr(url, "://");
	const char *path = authority ? strpbrk(authority + 3, "/?#") : NULL;
	return path && *path == '/' && !strchr(path, '#') ? path : NULL;
}

/* The target is given by itself: libcurl 7.88 leaves the query away, and sends what is then not
 * what was signed, when it has no memory for a copy of it. */
static bool set_url(struct transfer *t, const char *url)
{
	bool bad = false;
	SET(CURLOPT_REQUEST_TARGET, origin_form(url));
	SET(CURLOPT_PROTOCOLS_STR, t->target.plain ? "http" : "https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(CURLOPT_URL, url);
	return !bad;
}

static int set_up(struct transfer *t, const struct transfer_defaults *defaults)
{
	const struct http_request *request = t->request;
	t->easy = curl_easy_init();
	if (!t->easy)
		return -ENOMEM;
	if (!set_always(t) || !set_tls(t, defaults->ca_file) ||
	    !set_connection(t, request->changing) || !set_method(t, request) ||
	    !set_limits(t, defaults, request->changing) || !set_url(t, request->url))
		return -ENOMEM; /* the options are constants: nothing else can be wrong */
	return set_headers(t, request);
}

/* --- life ---------------------------------------------------------------------- */

static bool is_known_method(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "POST") == 0 ||
	       strcmp(method, "PUT") == 0;
}

/* A line break would begin a header, or a request, of its own. */
static bool are_clean(const struct http_request *request)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (strpbrk(request->headers[i], "\r\n"))
			return false;
	}
	return true;
}

int transfer_new(struct http_request *request, const struct transfer_defaults *defaults,
		 struct transfer **ret_transfer)
{
	struct target target;
	if (!is_known_method(request->method) || !are_clean(request))
		return -EINVAL;
	int r = target_parse(request->url, request->verbatim_http_ok, &target);
	if (r < 0)
		return r;
	struct transfer *t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->request = request;
	t->secret = request->secret;
	t->target = target;
	strbuf_init(&t->body, LIMIT_BODY_BYTES);
	r = set_up(t, defaults);
	if (r < 0) {
		transfer_free(t);
		return r;
	}
	*ret_transfer = t;
	return 0;
}

struct transfer *transfer_free(struct transfer *t)
{
	if (!t)
		return NULL;
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->resolve);
	free(t->headers);
	if (t->secret)
		strbuf_wipe(&t->body);
	strbuf_fini(&t->body);
	free(t);
	return NULL;
}

struct transfer *transfer_of(CURL *easy)
{
	char *data = NULL;
	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &data);
	return (struct transfer *)(void *)data;
}

uint64_t transfer_connections(const struct transfer *t)
{
	long n = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &n);
	return n > 0 ? (uint64_t)n : 0;
}

/* --- time and addresses --------------------------------------------------------- */

static uint64_t total_ms(const struct transfer *t)
{
	return t->request->total_ms ? t->request->total_ms : DEFAULT_TOTAL_MS;
}

static uint64_t connect_ms(const struct transfer *t)
{
	uint64_t ms = t->request->connect_ms ? t->request->connect_ms : DEFAULT_CONNECT_MS;
	return ms < total_ms(t) ? ms : total_ms(t);
}

uint64_t transfer_resolve_budget(const struct transfer *t)
{
	return connect_ms(t) < RESOLVE_MS ? connect_ms(t) : RESOLVE_MS;
}

/* At least 1: libcurl takes 0 for "its default". */
static long time_left(uint64_t ms, uint64_t spent_ms)
{
	uint64_t left = ms > spent_ms ? ms - spent_ms : 1;
	return left < INT32_MAX ? (long)left : INT32_MAX;
}

/* An entry replaces the one that the multi handle had for the same name. */
static int set_addresses(struct transfer *t, const char *addresses)
{
	auto_strbuf struct strbuf entry = STRBUF_INIT(4096);
	strbuf_addf(&entry, "%s:%s:%s", t->target.host, t->target.port, addresses);
	if (strbuf_error(&entry) < 0)
		return -ENOMEM;
	t->resolve = curl_slist_append(NULL, strbuf_text(&entry));
	if (!t->resolve)
		return -ENOMEM;
	return curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve) == CURLE_OK ? 0 : -ENOMEM;
}

int transfer_prepare(struct transfer *t, const char *addresses, uint64_t spent_ms)
{
	bool bad = false;
	SET(CURLOPT_CONNECTTIMEOUT_MS, time_left(connect_ms(t), spent_ms));
	SET(CURLOPT_TIMEOUT_MS, time_left(total_ms(t), spent_ms));
	if (bad)
		return -ENOMEM;
	return addresses ? set_addresses(t, addresses) : 0;
}

/* --- the end -------------------------------------------------------------------- */

/* Two witnesses, and both must say so: libcurl never came to the point of writing,
 * and counted no byte written, in any attempt. */
static bool is_provably_unsent(const struct transfer *t)
{
	long sent = 0;
	if (t->state == TRANSFER_RESOLVING)
		return true;
	if (curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK)
		return false;
	return !t->connected && sent == 0;
}

static const char *header_text(const struct transfer *t, const char *name)
{
	struct curl_header *header;
	if (t->state == TRANSFER_RESOLVING ||
	    curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return "";
	return header->value;
}

/* Before the state changes; the texts live as long as the easy handle. */
static void read_answer(struct transfer *t)
{
	struct http_response *r = &t->response;
	r->body = strbuf_text(&t->body);
	r->body_len = strbuf_error(&t->body) == 0 ? t->body.len : 0;
	r->date = header_text(t, "Date");
	r->request_id = header_text(t, "x-acs-request-id");
	r->acs_retry_after = header_text(t, "x-acs-retry-after");
	r->retry_after = header_text(t, "Retry-After");
	r->content_type = header_text(t, "Content-Type");
	r->error = t->error;
}

static void end_as_failed(struct transfer *t, const char *phase, const char *why)
{
	(void)snprintf(t->error, sizeof(t->error), "%s: %s", phase, why);
	t->response.end = is_provably_unsent(t) ? HTTP_NOT_SENT : HTTP_BROKEN;
	t->response.status = 0;
}

static const char *phase_of(const struct transfer *t, CURLcode result)
{
	if (t->connected)
		return "transfer";
	if (result == CURLE_SSL_CONNECT_ERROR || result == CURLE_PEER_FAILED_VERIFICATION ||
	    result == CURLE_SSL_CACERT_BADFILE)
		return "tls";
	return result == CURLE_COULDNT_RESOLVE_HOST ? "resolve" : "connect";
}

static void end_by_result(struct transfer *t, CURLcode result)
{
	if (strbuf_error(&t->body) == -E2BIG || result == CURLE_FILESIZE_EXCEEDED) {
		t->response.too_large = true;
		end_as_failed(t, "transfer", "the answer is over the size cap");
	} else if (strbuf_error(&t->body) < 0) {
		end_as_failed(t, "transfer", "out of memory");
	} else if (t->header_bytes > LIMIT_HEADER_BYTES) {
		end_as_failed(t, "transfer", "the answer's headers are over the size cap");
	} else {
		end_as_failed(t, phase_of(t, result),
			      t->curl_error[0] ? t->curl_error : curl_easy_strerror(result));
	}
}

void transfer_finish(struct transfer *t, CURLcode result)
{
	long status = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	read_answer(t);
	if (result != CURLE_OK || strbuf_error(&t->body) < 0) {
		end_by_result(t, result);
	} else if (status < 200 || !t->headers_whole) {
		/* libcurl 7.88 calls headers that were cut off a success. */
		end_as_failed(t, "transfer", "the answer ends in its headers");
	} else {
		t->response.end = HTTP_COMPLETE;
		t->response.status = (int)status;
	}
	t->state = TRANSFER_READY;
}

void transfer_give_up(struct transfer *t, const char *why)
{
	read_answer(t);
	end_as_failed(t, t->state == TRANSFER_RESOLVING ? "resolve" : "transfer", why);
	t->state = TRANSFER_READY;
}
