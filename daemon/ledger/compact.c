#include <errno.h>

#include "base/cleanup.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

/* In this order: what refers to an intent goes before the intent.
 * An intent outlives what it made, or the drover:intent mark of a living resource would
 * become one that nobody knows; and the newest intent always stays, so that its number
 * is not given out again. A cancelled order is what keeps its group from ordering anew. */
static const char *const steps[] = {
	"DELETE FROM events WHERE wall_ms < ?1",
	"DELETE FROM changes WHERE wall_ms < ?1",
	"DELETE FROM approvals WHERE given_wall_ms < ?1",
	"DELETE FROM resources WHERE state = 'gone' "
	"AND max(first_wall_ms, seen_wall_ms, missing_wall_ms) < ?1",
	"DELETE FROM orders WHERE settled_wall_ms BETWEEN 1 AND ?1 - 1 "
	"AND (landed OR \"foreign\" OR status = 'cancelled') "
	"AND NOT (status = 'cancelled' AND NOT \"foreign\" AND n = (SELECT max(n) FROM orders AS o "
	"WHERE o.group_name = orders.group_name AND o.status = 'cancelled' AND NOT o.\"foreign\"))",
	"DELETE FROM intents WHERE settled_wall_ms BETWEEN 1 AND ?1 - 1 "
	"AND (state IN ('rejected', 'absent') OR (state = 'done' AND (landed OR NOT buys))) "
	"AND id < (SELECT max(id) FROM intents) "
	"AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.intent = intents.id) "
	"AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.intent = intents.id) "
	"AND NOT EXISTS (SELECT 1 FROM resources WHERE resources.intent = intents.id) "
	"AND NOT EXISTS (SELECT 1 FROM resources WHERE intents.result_group <> '' "
	"AND resources.cloud_group = intents.result_group)",
};

static int run_step(struct ledger *l, const char *sql, uint64_t before_wall_ms)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(l->db, sql, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, (sqlite3_int64)before_wall_ms);
	int r = rc == SQLITE_OK ? store_run(l, s) : store_fail(l, rc);
	(void)sqlite3_finalize(s);
	return r;
}

int ledger_compact(struct ledger *l, uint64_t before_wall_ms)
{
	bool own = !l->in_transaction;
	int r = own ? ledger_begin(l) : store_may_write(l);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = run_step(l, steps[i], before_wall_ms);
	return own ? ledger_commit(l) : r;
}
