#include "fleet.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "life.h"
#include "vloop.h"

#define MINUTE UINT64_C(60000)
#define BUYS_LATE (60 * MINUTE)   /* an unclear buy is sent again for half an hour */
#define DELETES_LATE (2 * MINUTE) /* a delete is not */
#define NEVER_DELETED (INT64_C(1) << 40)

struct fleet fleet;

static struct {
	char dir[256];
	bool broken;
} f;

static bool one_in(uint64_t n)
{
	return vloop_random(n) == 0;
}

struct group *fleet_find(const char *name)
{
	for (unsigned k = 0; k < fleet.n_groups; k++) {
		const struct wanted *w = &fleet.groups[k].wanted;
		bool found = strcmp(w->name, name) == 0;
		for (size_t n = 0; n < WANTED_FORMER; n++)
			found = found || strcmp(w->former[n], name) == 0;
		if (found)
			return &fleet.groups[k];
	}
	return NULL;
}

/* ---- what is allowed ---- */

static void remember(struct group *g)
{
	if (g->n_past == FLEET_PAST)
		memmove(g->past, g->past + 1, --g->n_past * sizeof(*g->past));
	g->past[g->n_past++] =
		(struct allowed){vloop_now(), g->out ? NEVER_DELETED : g->wanted.count,
				 g->out ? 0 : g->wanted.count};
}

/* Version @k was in force until the next one came. */
static bool was_in_force(const struct group *g, unsigned k, uint64_t late_ms)
{
	return k + 1 == g->n_past || g->past[k + 1].from_ms + late_ms > vloop_now();
}

int64_t fleet_most(const struct group *g)
{
	int64_t most = 0;
	for (unsigned k = 0; k < g->n_past; k++)
		if (was_in_force(g, k, BUYS_LATE) && g->past[k].most > most)
			most = g->past[k].most;
	return most;
}

int64_t fleet_least(const struct group *g)
{
	int64_t least = NEVER_DELETED;
	for (unsigned k = 0; k < g->n_past; k++)
		if (was_in_force(g, k, DELETES_LATE) && g->past[k].least < least)
			least = g->past[k].least;
	return least;
}

/* ---- the file ---- */

static const char charge_prepaid[] = "PrePaid, period: 1, period_unit: Month, auto_pay: false";

static void add_phones(struct strbuf *out, const struct group *g)
{
	strbuf_addf(out,
		    "    region: cn-shanghai\n    spec: acp.basic.small\n"
		    "    image: imgc-06zyt9m93zwax1f2s\n"
		    "    instances_per_group: 3\n    charge: {type: %s}\n",
		    g->wanted.prepaid ? charge_prepaid : "PostPaid");
	if (g->heal)
		strbuf_addf(out, "    heal: %s\n", g->heal);
}

static void add_stream(struct strbuf *out, const struct group *g)
{
	strbuf_addf(
		out,
		"    region: cn-hangzhou\n    image: img-8z4nztpaqvay4\n    charge: {type: %s}\n"
		"    node_pool: {instance_type: appstreaming.general.4c8g, capacity: 2}\n",
		g->wanted.prepaid ? charge_prepaid : "PostPaid");
}

static void add_purchase(struct strbuf *out, const struct group *g)
{
	strbuf_addf(out,
		    "    product_code: %s\n    product_type: %s\n    subscription: Subscription\n"
		    "    period: 12\n    confirm_auto_pay: true\n"
		    "    parameters: {NetworkType: vpc, PlanCode: cloudbastion}\n",
		    g->wanted.product, g->wanted.product);
}

static void add_group(struct strbuf *out, const struct group *g)
{
	strbuf_addf(out, "  - name: %s\n    kind: %s\n    count: %" PRId64 "\n", g->wanted.name,
		    kind_name(g->wanted.kind), g->wanted.count);
	if (*g->wanted.former[0])
		strbuf_addf(out, "    renamed_from: %s\n", g->wanted.former[0]);
	bool taggable = g->wanted.kind != KIND_PURCHASE;
	if (taggable ? g->reorder : g->edits % 2 > 0)
		strbuf_add(out, "    reorder: after_cancel\n");
	if (g->edits > 0 && taggable)
		strbuf_addf(out, "    tags: {edit: \"%u\"}\n", g->edits);
	if (g->wanted.kind == KIND_CLOUD_PHONE)
		add_phones(out, g);
	else if (g->wanted.kind == KIND_APP_STREAMING)
		add_stream(out, g);
	else
		add_purchase(out, g);
}

static void add_fleet(struct strbuf *out)
{
	unsigned n = 0;
	strbuf_add(out, "version: 1\nfleet: sim\n");
	for (unsigned k = 0; k < fleet.n_groups; k++)
		n += !fleet.groups[k].out;
	strbuf_add(out, n > 0 ? "groups:\n" : "allow_empty: true\ngroups: []\n");
	for (unsigned k = 0; k < fleet.n_groups; k++)
		if (!fleet.groups[k].out)
			add_group(out, &fleet.groups[k]);
	strbuf_add(out, "...\n");
}

static void write_text(const char *text, size_t len)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/fleet.yaml", f.dir);
	FILE *file = fopen(path, "w");
	if (!file || fwrite(text, 1, len, file) != len || fclose(file) != 0)
		abort();
}

void fleet_write(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	add_fleet(&out);
	write_text(strbuf_text(&out), out.len);
	for (unsigned k = 0; k < fleet.n_groups; k++)
		remember(&fleet.groups[k]);
	f.broken = false;
	(void)life_reload();
}

void fleet_break(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	char path[512];
	uint64_t how = vloop_random(4);
	add_fleet(&out);
	if (how == 0)
		write_text("", 0);
	else if (how == 1)
		write_text(strbuf_text(&out), vloop_random(out.len - 4)); /* without its end mark */
	else if (how == 2)
		write_text("version: 1\nfleet: sim\ngroups: []\n...\n", 38);
	(void)snprintf(path, sizeof(path), "%s/fleet.yaml", f.dir);
	if (how == 3 && unlink(path) < 0)
		return; /* it is gone already */
	f.broken = true;
	(void)life_reload();
}

bool fleet_is_broken(void)
{
	return f.broken;
}

/* ---- edits ---- */

static int64_t draw_count(const struct group *g)
{
	return 1 + (int64_t)vloop_random(g->wanted.kind == KIND_CLOUD_PHONE ? 8 : 3);
}

void fleet_touch(struct group *g)
{
	g->edits++;
	fleet_write();
}

/* renamed_from: says something only of a name that drover knows. */
static bool is_in_force(const char *name)
{
	cJSON *status = life_ask("status");
	const cJSON *group;
	bool found = false;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(group, "name");
		found = found || (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0);
	}
	cJSON_Delete(status);
	return found;
}

/* The last name first. */
static void rename_group(struct group *g)
{
	struct wanted *w = &g->wanted;
	if (g->out || *w->former[WANTED_FORMER - 1] || !is_in_force(w->name))
		return;
	memmove(w->former[1], w->former[0], sizeof(w->former[0]));
	memcpy(w->former[0], w->name, sizeof(w->name));
	(void)strcat(w->name, "-b");
}

void fleet_edit(bool anything)
{
	struct group *g = &fleet.groups[vloop_random(fleet.n_groups)];
	uint64_t what = anything ? vloop_random(12) : 0;
	if (what < 6)
		g->wanted.count = draw_count(g);
	else if (what == 6)
		g->wanted.count = 0;
	else if (what == 7)
		rename_group(g);
	else if (what < 10)
		g->edits++;
	else
		g->out = !g->out;
	fleet_write();
}

void fleet_complete(void)
{
	for (unsigned k = 0; k < fleet.n_groups; k++)
		fleet.groups[k].out = false;
	fleet_write();
}

static void make_group(struct group *g, enum kind kind)
{
	static const char *const heals[] = {NULL, "reboot", "reset", "replace"};
	*g = (struct group){.wanted = {.kind = kind, .prepaid = one_in(2)}};
	(void)snprintf(g->wanted.name, sizeof(g->wanted.name), "g%u", fleet.n_groups);
	g->wanted.count = draw_count(g);
	g->reorder = one_in(2);
	if (kind == KIND_CLOUD_PHONE)
		g->heal = heals[vloop_random(ARRAY_SIZE(heals))];
	if (kind == KIND_PURCHASE)
		(void)snprintf(g->wanted.product, sizeof(g->wanted.product), "bastionhost");
}

void fleet_start(const char *kinds, const char *dir)
{
	memset(&fleet, 0, sizeof(fleet));
	memset(&f, 0, sizeof(f));
	(void)snprintf(f.dir, sizeof(f.dir), "%s", dir);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		if (!strstr(kinds, kind_name((enum kind)kind)))
			continue;
		unsigned n = kind == KIND_PURCHASE ? 1 : 1 + (unsigned)vloop_random(2);
		while (n-- > 0) {
			struct group *g = &fleet.groups[fleet.n_groups++];
			make_group(g, (enum kind)kind);
		}
	}
}
