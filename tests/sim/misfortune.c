#include "misfortune.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloudside.h"
#include "fleet.h"
#include "life.h"
#include "person.h"
#include "secrets.h"
#include "truth.h"
#include "vloop.h"
#include "world.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static struct {
	bool lost_replies;
	struct cloudside_faults network; /* on an ordinary day */
} m;

static const char *const changes[] = {
	"CreateAndroidInstanceGroup",    "CreateAppInstanceGroup",     "CreateInstance",
	"UpgradeAndroidInstanceGroup",   "ModifyNodePoolAttribute",    "ModifyNodePoolAmount",
	"DowngradeAndroidInstanceGroup", "DeleteAndroidInstanceGroup", "TagResources",
	"RebootAndroidInstancesInGroup"};
/* What ends badly, or never. Purchases do not: one that vanishes before it is listed stays
 * committed, by contract. */
static const char *const begins[] = {"CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup",
				     "CreateAppInstanceGroup", "ModifyNodePoolAttribute",
				     "RebootAndroidInstancesInGroup"};
static const char *const lists[] = {"DescribeAndroidInstanceGroups", "DescribeAndroidInstances",
				    "ListAppInstanceGroup",          "ListNodes",
				    "QueryAvailableInstances",       "QueryOrders"};
static const char *const after[] = {"drop_reply", "http_500", "garbage", "truncate"};
static const char *const before[] = {"cut_before", "http_503", "throttle", "stock"};
static const char *const ageing[] = {"create_failed", "stuck"};
static const char *const shapes[] = {"ids_array", "ids_quotes", "short_ids", "fewer"};
static const char *const reads[] = {"token_loop",  "missing_page", "empty_list", "unknown_status",
				    "wrong_total", "small_pages",  "moved_rows"};
static const char *const refusals[] = {"QuotaExceeded.Instances", "InvalidAccessKeyId.NotFound",
				       "Forbidden.RAM",           "NobodyKnowsThisCode",
				       "SignatureNonceUsed",      "OperationDenied.NoStock",
				       "InvalidNextToken"};

#define PICK(words) ((words)[vloop_random(ARRAY_SIZE(words))])

static void add_fault(struct strbuf *out, const char *action, const char *fault, uint64_t times,
		      uint64_t ms, const char *code)
{
	if (times == 0)
		return;
	strbuf_addf(
		out,
		"%s{\"action\":\"%s\",\"fault\":\"%s\",\"times\":%llu,\"ms\":%llu,\"code\":\"%s\"}",
		out->len > 1 ? "," : "", action, fault, (unsigned long long)times,
		(unsigned long long)ms, code);
}

static uint64_t few(uint64_t most)
{
	return vloop_random(most);
}

/* What was paid for and never comes is waited for, by contract: no "fewer" there. */
static unsigned any_prepaid_phones(void)
{
	for (unsigned k = 0; k < fleet.n_groups; k++)
		if (fleet.groups[k].wanted.kind == KIND_CLOUD_PHONE &&
		    fleet.groups[k].wanted.prepaid)
			return 1;
	return 0;
}

/* One fault for each changing operation, and one of the answers that still come. */
static void add_changes(struct strbuf *out)
{
	for (size_t k = 0; k < ARRAY_SIZE(changes); k++) {
		add_fault(out, changes[k], PICK(after), few(3), 0, "");
		if (m.lost_replies)
			continue;
		if (world_one_in(4))
			add_fault(out, changes[k], "refuse", few(3), 0, PICK(refusals));
		else
			add_fault(out, changes[k], PICK(before), few(3), few(60) * SECOND, "");
	}
	if (m.lost_replies)
		return;
	for (size_t k = 0; k < ARRAY_SIZE(begins); k++)
		add_fault(out, begins[k], PICK(ageing), few(2), 0, "");
	add_fault(out, "*", shapes[vloop_random(ARRAY_SIZE(shapes) - any_prepaid_phones())], few(3),
		  0, "");
}

static void add_reads(struct strbuf *out)
{
	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		if (!m.lost_replies)
			add_fault(out, lists[k], PICK(reads), few(8), 0, "");
		if (!m.lost_replies && world_one_in(3))
			add_fault(out, lists[k], PICK(after), few(4), 0, "");
		if (!m.lost_replies && world_one_in(6))
			add_fault(out, lists[k], "refuse", few(4), 0, PICK(refusals));
		add_fault(out, lists[k], "list_lag", 1000, few(600) * SECOND, "");
	}
}

/* A list of faults replaces the one before. */
static void new_faults(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(32768);
	strbuf_add_char(&out, '[');
	add_changes(&out);
	add_reads(&out);
	if (!m.lost_replies)
		add_fault(&out, "*", PICK(before), few(4), few(20) * SECOND, "");
	strbuf_add_char(&out, ']');
	cJSON_Delete(cloudside_admin("/_sim/faults", strbuf_text(&out)));
}

/* Everything is refused, or answered with nothing useful, until the next step. */
static void storm(void)
{
	static const char *const all[] = {"throttle", "http_503", "http_500", "cut_before",
					  "drop_reply"};
	static const char *const keys[] = {"InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch",
					   "Forbidden.RAM"};
	auto_strbuf struct strbuf out = STRBUF_INIT(1024);
	strbuf_add_char(&out, '[');
	if (world_one_in(3))
		add_fault(&out, "*", "refuse", 100000, 0, PICK(keys));
	else
		add_fault(&out, "*", PICK(all), 100000, world_one_in(2) ? few(120) * SECOND : 0,
			  "");
	strbuf_add_char(&out, ']');
	cJSON_Delete(cloudside_admin("/_sim/faults", strbuf_text(&out)));
}

static void bad_network(void)
{
	const struct cloudside_faults bad = {(unsigned)few(500), (unsigned)few(500), 20000};
	cloudside_faults(&bad);
}

static void jump(void)
{
	static const int64_t far[] = {20 * MINUTE, 26 * HOUR, 400 * DAY};
	int64_t by = PICK(far);
	vloop_jump_wall((int64_t)vloop_random((uint64_t)(2 * by)) - by);
}

/* New keys are refused, end early, or come as they should. */
static void trouble_with_roles(void)
{
	static const char *const codes[] = {"", "", "NoPermission", "EntityNotExist.Role"};
	world_post("/_sim/sts", "{\"refuse\":\"%s\",\"ttl_ms\":%llu}", PICK(codes),
		   (unsigned long long)(few(2) * few(15) * (uint64_t)MINUTE));
}

static void settle_an_order(bool pay)
{
	char id[64];
	truth_unpaid((unsigned)vloop_random(2), id);
	world_settle_order(id, pay);
}

/* ---- by hand ---- */

static void change_status(const struct world_thing *thing, const char *path)
{
	static const char *const phone[] = {"FAILED", "UNAVAILABLE", "STOPPED", "MIGRATING",
					    "EXPIRED"};
	if (thing->kind == KIND_CLOUD_PHONE && !thing->is_group)
		world_post(path, "{\"status\":\"%s\"}", PICK(phone));
	else if (thing->kind == KIND_APP_STREAMING && thing->is_group)
		world_post(path, "{\"resource_status\":\"%s\"}",
			   world_one_in(2) ? "UNAVAILABLE" : "WONDERING");
	else if (thing->kind == KIND_PURCHASE && world_one_in(2))
		world_post(path, "{\"status\":\"Pondering\"}");
}

/* Paid nodes cannot be given back; what no listing ever showed stays committed for ever
 * (that is a contract), as does everything when nothing of a kind is listed at all. */
static bool may_vanish(const struct world_thing *thing)
{
	bool paid_node = thing->kind == KIND_APP_STREAMING && thing->prepaid;
	bool alone = thing->last_of_kind && (thing->is_group || thing->kind == KIND_PURCHASE);
	return thing->old && !alone && !paid_node;
}

/* While listings may still hide the cloud group nobody can know what was added to it. */
static bool may_grow(const struct world_thing *thing)
{
	return thing->is_group && thing->old && thing->kind != KIND_PURCHASE;
}

static void by_hand(void)
{
	struct world_thing thing;
	char path[128];
	uint64_t what = vloop_random(8);
	if (what == 0) {
		world_add_foreign(world_one_in(2));
		return;
	}
	if (!world_draw(world_one_in(2), &thing))
		return;
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", thing.id);
	if (what < 3 && may_vanish(&thing))
		world_post(path, "{\"delete\":true}");
	else if (what == 3 && may_grow(&thing))
		world_post(path, "{\"add\":%u}", 1 + (unsigned)vloop_random(2));
	else if (what == 4 && thing.kind != KIND_PURCHASE &&
		 (thing.is_group || thing.kind == KIND_CLOUD_PHONE))
		world_post(path, "{\"tags\":{}}");
	else
		change_status(&thing, path);
}

/* ---- a step ---- */

static void one_of_all(uint64_t what)
{
	switch (what) {
	case 0:
		settle_an_order(false);
		break;
	case 1:
		jump();
		break;
	case 2:
	case 3:
		by_hand();
		break;
	case 4:
		fleet_break();
		break;
	case 5:
		trouble_with_roles();
		break;
	case 6:
		person_decides();
		break;
	case 7:
		storm();
		break;
	case 8:
		bad_network();
		break;
	default:
		fleet_edit(true);
	}
}

void misfortune_step(void)
{
	uint64_t what = vloop_random(20);
	world_look();
	cloudside_faults(&m.network);
	if (fleet_is_broken() && world_one_in(2))
		fleet_write();
	if (what < 6)
		new_faults();
	else if (what < 8)
		settle_an_order(true);
	else if (m.lost_replies)
		fleet_edit(false);
	else
		one_of_all(what - 8);
	if (world_one_in(2))
		life_crash_after(1 + vloop_random(world_one_in(2) ? 60 : 2000));
}

void misfortune_start(bool lost_replies)
{
	m.lost_replies = lost_replies;
	m.network = (struct cloudside_faults){lost_replies ? 0 : (unsigned)few(20),
					      (unsigned)few(lost_replies ? 300 : 60), 2000};
	cloudside_faults(&m.network);
	world_post("/_sim/sts", "{\"mark\":\"%s\"}", SECRETS_MARK);
	if (!lost_replies && world_one_in(4))
		world_post("/_sim/account", "{\"order_life_ms\":%llu}",
			   (unsigned long long)(10 + few(60)) * (unsigned long long)MINUTE);
	if (!lost_replies && world_one_in(6))
		world_post("/_sim/account", "{\"balance\":\"%u.00\"}", (unsigned)few(40000));
	if (!lost_replies && world_one_in(4))
		world_add_foreign(world_one_in(2));
}

void misfortune_end(void)
{
	static const struct cloudside_faults none = {0, 0, 200};
	life_crash_after(0);
	vloop_jump_wall((int64_t)cloudside_wall() - (int64_t)vloop_wall());
	cloudside_faults(&none);
	world_post("/_sim/faults", "%s", "[]");
	world_post("/_sim/sts", "{\"refuse\":\"\",\"ttl_ms\":0}");
	world_post("/_sim/account", "{\"balance\":\"1000000.00\",\"order_life_ms\":0}");
	fleet_complete();
}
