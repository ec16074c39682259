/*
 * inputs FLEET-FILE [--trace]: broken inputs to a fleet that stands. The file cut at every byte, no
 * page 2, empty lists, answers of 500, the lists of another account: none of them creates or
 * deletes anything, and each is told by exactly one error.
 */
#include <cjson/cJSON.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "cloudside.h"
#include "life.h"
#include "truth.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define WALL_MS UINT64_C(1795000001000)
#define STAND_MS (60 * MINUTE)
#define CUT_MS (90 * SECOND)  /* for a file: some cycles */
#define LIST_MS (40 * MINUTE) /* for a list: longer than an absence takes to be believed */
#define MEND_MS (20 * MINUTE)

static struct {
	const char *dir;
	char whole[8192 + 1]; /* the file, as it is right */
	size_t size, cut;
	size_t list; /* of lists[] */
	uint64_t errors;
	int64_t calls; /* of the cloud's history, before the input */
	uint64_t inputs, deletes, creates, told, wrong;
} s;

/* ---- the world ---- */

static void write_file(const char *name, const char *text, size_t size)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", s.dir, name);
	FILE *f = fopen(path, "w");
	if (!f || fwrite(text, 1, size, f) != size || fclose(f) != 0)
		abort();
}

static void post(const char *path, const char *body)
{
	cJSON_Delete(cloudside_admin(path, body));
}

static uint64_t count_errors(void)
{
	uint64_t n = 0;
	for (int ev = 0; ev < EV_MAX_; ev++)
		if (event_level((enum event)ev) <= LOG_ERR)
			n += life_counts()->events[ev];
	return n;
}

/* Changing calls since; what they were is in the sums. */
static int64_t count_calls(bool add)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/_sim/calls?since=%" PRId64, s.calls);
	cJSON *calls = cloudside_admin(path, NULL), *call;
	int64_t last = s.calls;
	cJSON_ArrayForEach(call, calls)
	{
		const char *action = cJSON_GetObjectItemCaseSensitive(call, "action")->valuestring;
		last = (int64_t)cJSON_GetObjectItemCaseSensitive(call, "seq")->valuedouble;
		if (!add || !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(call, "changing")))
			continue;
		bool deletes =
			strncmp(action, "Delete", 6) == 0 || strncmp(action, "Downgrade", 9) == 0;
		s.deletes += deletes;
		s.creates += !deletes;
	}
	cJSON_Delete(calls);
	return last;
}

static void begin(void)
{
	s.errors = count_errors();
	s.calls = count_calls(false);
}

static void judge(const char *what, size_t at, uint64_t expected)
{
	uint64_t errors = count_errors() - s.errors, changes = s.creates + s.deletes;
	(void)count_calls(true);
	s.inputs++;
	s.told += errors == expected;
	if (errors == expected && changes == s.creates + s.deletes)
		return;
	s.wrong++;
	(void)printf("%s %zu: %" PRIu64 " errors, %" PRIu64 " changing calls\n", what, at, errors,
		     s.creates + s.deletes - changes);
}

/* ---- the file ---- */

static void next_cut(void *data);

static void end_cut(void *data)
{
	judge("cut at byte", s.cut, 1);
	s.cut++;
	write_file("fleet.yaml", s.whole, s.size);
	(void)life_reload();
	vloop_world_at(vloop_now() + 5 * SECOND, next_cut, data);
}

static void next_cut(void *data)
{
	if (s.cut == s.size) {
		life_end();
		return;
	}
	begin();
	write_file("fleet.yaml", s.whole, s.cut);
	(void)life_reload();
	vloop_world_at(vloop_now() + CUT_MS, end_cut, data);
}

/* ---- the lists ---- */

/* Was there any? Both are of one length. */
static bool replace(char *body, size_t len, const char *from, const char *to)
{
	size_t n = strlen(from);
	bool any = false;
	for (size_t k = 0; k + n <= len; k++)
		if (memcmp(body + k, from, n) == 0) {
			memcpy(body + k, to, n);
			any = true;
		}
	return any;
}

/* Ids of others, as long as ours; without any mark of ours, or with ours of another owner. */
static bool rename_phones(char *body, size_t len)
{
	bool groups = replace(body, len, "\"ag-", "\"xg-");
	return replace(body, len, "\"acp-", "\"xcp-") || groups;
}

static void other_phones(char *body, size_t len)
{
	if (rename_phones(body, len))
		(void)replace(body, len, "drover:", "someon:");
}

static void phones_of_another_owner(char *body, size_t len)
{
	if (rename_phones(body, len))
		(void)replace(body, len, "drover:owner", "drover:ownee");
}

static void other_streams(char *body, size_t len)
{
	if (replace(body, len, "\"aig-", "\"xig-"))
		(void)replace(body, len, "drover:", "someon:");
}

static void other_purchases(char *body, size_t len)
{
	(void)replace(body, len, "\"bastionhost-", "\"xastionhost-");
}

#define PHONES "cloud-phone", "DescribeAndroidInstanceGroups"
#define STREAMS "app-streaming", "ListAppInstanceGroup"
/* Of what was paid in advance each instance is missed by itself. */
static const struct {
	const char *name, *kind, *operation, *fault;
	void (*edit)(char *body, size_t len);
	uint64_t errors; /* 0: 1 */
} lists[] = {
	{"page 2 missing", PHONES, "missing_page", NULL, 0},
	{"totals that nothing reaches", PHONES, "wrong_total", NULL, 0},
	{"an empty list", PHONES, "empty_list", NULL, 0},
	{"500s", PHONES, "http_500", NULL, 0},
	{"another account's phones", PHONES, "", other_phones, 0},
	{"phones with our marks of another owner", PHONES, "", phones_of_another_owner, 0},
	{"an empty list of delivery groups", STREAMS, "empty_list", NULL, 0},
	{"500s of App Streaming", STREAMS, "http_500", NULL, 0},
	{"another account's delivery groups", STREAMS, "", other_streams, 0},
	{"another account's purchases", "kind: purchase", "*", "", other_purchases, 2},
};
#define LISTS (sizeof(lists) / sizeof(*lists))

static bool concerns_the_file(size_t list)
{
	return strstr(s.whole, lists[list].kind) != NULL;
}

static void next_list(void *data);

static void end_list(void *data)
{
	judge(lists[s.list].name, s.list, lists[s.list].errors ? lists[s.list].errors : 1);
	s.list++;
	post("/_sim/faults", "[]");
	cloudside_on_look(NULL);
	vloop_world_at(vloop_now() + MEND_MS, next_list, data);
}

static void next_list(void *data)
{
	char faults[256];
	while (s.list < LISTS && !concerns_the_file(s.list))
		s.list++;
	if (s.list == LISTS) {
		next_cut(data);
		return;
	}
	begin();
	(void)snprintf(faults, sizeof(faults),
		       "[{\"action\": \"%s\", \"fault\": \"%s\", \"times\": 1000000}]",
		       lists[s.list].operation, lists[s.list].fault);
	post("/_sim/faults", *lists[s.list].fault ? faults : "[]");
	cloudside_on_look(lists[s.list].edit);
	vloop_world_at(vloop_now() + LIST_MS, end_list, data);
}

/* ---- */

static void pay(void *data)
{
	char id[64], path[128];
	for (unsigned n = 0; truth_unpaid(0, id), *id && n < 20; n++) {
		(void)snprintf(path, sizeof(path), "/_sim/orders/%s/pay", id);
		post(path, "{}");
	}
	if (vloop_now() < STAND_MS / 2)
		vloop_world_at(vloop_now() + MINUTE, pay, data);
}

static void load(const char *path)
{
	FILE *f = fopen(path, "r");
	s.size = f ? fread(s.whole, 1, sizeof(s.whole) - 1, f) : 0;
	if (!f || fclose(f) != 0 || s.size == 0 || s.size == sizeof(s.whole) - 1)
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/drover-inputs.XXXXXX";
	if (argc < 2 || !(s.dir = mkdtemp(dir)))
		return 64;
	load(argv[1]);
	bool trace = argc > 2 && strcmp(argv[2], "--trace") == 0;
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "test-access-key-id", 1);
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "test-access-key-secret", 1);
	vloop_start(/* seed= */ 1, WALL_MS);
	cloudside_start(/* seed= */ 1);
	write_file("fleet.yaml", s.whole, s.size);
	write_file("drover.yaml", "version: 1\n", 11);
	const struct life_options life = {.dir = dir, .trace = trace};
	life_start(&life);
	vloop_world_at(vloop_now() + MINUTE, pay, NULL);
	vloop_world_at(vloop_now() + STAND_MS, next_list, NULL);
	int code = life_serve(vloop_now() + 1000 * 60 * MINUTE);
	cloudside_end();
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	(void)printf("inputs=%" PRIu64 " deletes=%" PRIu64 " creates=%" PRIu64 " errors_each=%d\n",
		     s.inputs, s.deletes, s.creates, s.inputs > 0 && s.told == s.inputs);
	return code != 0 || s.wrong > 0 || s.inputs <= s.size || s.cut != s.size;
}
