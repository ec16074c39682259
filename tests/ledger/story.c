#include "story.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "state.h"
#include "vfs.h"
#include "lib/seed.h"

#define TRIES 3 /* of recovering while it still fails, before the fault is taken away */

static uint64_t read_wall(struct env *env)
{
	return container_of(env, struct story, env)->wall_ms;
}

static void read_random(struct env *env, void *buf, size_t size)
{
	(void)env;
	for (size_t i = 0; i < size; i++)
		((unsigned char *)buf)[i] = (unsigned char)seed_next();
}

__attribute__((format(printf, 2, 3))) static bool go_wrong(struct story *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!*s->wrong)
		(void)vsnprintf(s->wrong, sizeof(s->wrong), format, args);
	va_end(args);
	return false;
}

/* ---- which states may be found ---- */

static void mark(struct story *s)
{
	struct story_mark *m = vec_add(&s->marks);
	if (!m)
		abort();
	*m = (struct story_mark){s->disk ? disk_now(s->disk) : 0, s->durable, s->latest, s->owned};
}

static void begin_state(struct story *s, char *text)
{
	struct story_state *state = vec_add(&s->states);
	if (!state)
		abort();
	*state = (struct story_state){text, s->states.n > 1 ? s->current : -1};
	s->latest = (int)s->states.n - 1;
	mark(s);
}

static void acknowledge(struct story *s)
{
	s->current = s->durable = s->latest;
	mark(s);
}

static bool is_state(const struct story *s, int state, const char *text)
{
	return state >= 0 && s->states.items[state].text &&
	       strcmp(s->states.items[state].text, text) == 0;
}

/* Texts as found before anybody was told whose ledger it is. */
static const char *without_owner(const char *text)
{
	const char *end = strchr(text, '\n');
	return end ? end : text;
}

enum story_verdict story_judge(const struct story *s, size_t moment, const char *text)
{
	const struct story_mark *m = s->marks.items;
	vec_each(&s->marks, next) if (next->moment <= moment) m = next;
	if (!m->owned)
		return strcmp(without_owner(text), without_owner(s->states.items[0].text)) == 0
			       ? STORY_FINE
			       : STORY_MIXED;
	for (int state = m->latest; state >= m->durable; state = s->states.items[state].parent)
		if (is_state(s, state, text))
			return STORY_FINE;
	for (int state = 0; state < m->durable; state++)
		if (is_state(s, state, text))
			return STORY_LOST;
	return STORY_MIXED;
}

static void heal(struct story *s)
{
	s->struck |= fault.struck;
	fault = (struct fault){0};
}

/* A daemon that cannot read does not go on; here the fault is taken away for it. */
static char *read_state(struct story *s)
{
	int error = 0;
	char *text = state_text(s->l, &error);
	if (!text && fault.struck) {
		heal(s);
		text = state_text(s->l, &error);
	}
	if (!text)
		(void)go_wrong(s, "reading an open ledger: %d", error);
	return text;
}

/* Kill -9 keeps what the kernel has: any state from the current one on. */
bool story_observe(struct story *s)
{
	auto_free char *text = read_state(s);
	if (!text)
		return false;
	if (s->states.n == 0) {
		begin_state(s, TAKE(text));
		acknowledge(s);
		return true;
	}
	for (int state = s->latest; state >= s->current; state = s->states.items[state].parent)
		if (is_state(s, state, text)) {
			s->current = s->latest = state;
			mark(s);
			return true;
		}
	return go_wrong(s, "not a state of transactions %d to %d: %.300s", s->current, s->latest,
			text);
}

/* ---- life ---- */

void story_init(struct story *s, const char *dir, struct disk *disk)
{
	*s = (struct story){.env = {read_wall, read_wall, read_random},
			    .wall_ms = STORY_START_MS,
			    .disk = disk};
	(void)snprintf(s->dir, sizeof(s->dir), "%s", dir);
	char path[160];
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
	s->owned = access(path, F_OK) == 0;
	mark(s);
}

void story_fini(struct story *s)
{
	story_close(s);
	vec_each(&s->states, state) free(state->text);
	vec_free(&s->states);
	vec_free(&s->marks);
}

void story_close(struct story *s)
{
	s->l = ledger_close(s->l);
}

/* What a failure that was made may not look like: damage, or somebody else's doing. */
static bool is_honest(struct story *s, int r, const char *text)
{
	if (!fault.struck)
		return go_wrong(s, "opening: %d %s", r, text ? text : "");
	if (r >= 0 || !text)
		return go_wrong(s, "a failure (%d) at call %d opens as %d: %s", fault.fail_with,
				fault.fail_at, r, text ? text : "(nothing told)");
	return true;
}

bool story_open(struct story *s)
{
	for (int try = 0;; try++) {
		auto_free char *text = NULL;
		if (try == TRIES)
			heal(s);
		int r = ledger_open(s->dir, &s->env, &s->l, &text);
		if (r == LEDGER_OK)
			break;
		if (!is_honest(s, r, text))
			return false;
	}
	s->owned = true;
	if (!story_observe(s))
		return false;
	acknowledge(s); /* what an opening shows has consequences */
	return true;
}

/* The process is no more: nothing it still does arrives. Then it is started again. */
static bool revive(struct story *s)
{
	s->kills++;
	story_close(s);
	heal(s);
	return story_open(s);
}

/* ledger.h: after a failure (@error, 0: whichever) nothing is tried. */
static bool is_still(struct story *s, int error)
{
	uint64_t before = vfs.changes;
	if (ledger_is_writable(s->l))
		return true;
	int begun = ledger_begin(s->l), set = ledger_meta_set(s->l, state_facts[0], "x");
	if (begun >= 0 || set != begun || (error < 0 && begun != error))
		return go_wrong(s, "writes after %d returned %d and %d", error, begun, set);
	if (vfs.changes != before)
		return go_wrong(s, "a write after %d was tried", error);
	return true;
}

/* As the driver does it: again and again, until the disk is well. */
static bool recover(struct story *s, int error)
{
	s->failures++;
	if (!is_still(s, error))
		return false;
	int r = -1;
	for (int try = 0; r != 0; try++) {
		auto_free char *text = NULL;
		bool well = try >= TRIES;
		if (well)
			heal(s);
		r = ledger_recover(s->l, &text);
		if (r > 0 || (r < 0 && well))
			return go_wrong(s, "recovering from %d: %d %s", error, r, text ? text : "");
		if (r < 0 && ledger_is_writable(s->l))
			return go_wrong(s, "recovering failed (%d) and the ledger is writable", r);
	}
	if (s->disk)
		disk_settle(s->disk);
	int found = s->current;
	if (!story_observe(s))
		return false;
	if (error == -ENOSPC && s->current != found)
		return go_wrong(s, "a transaction that ended in -ENOSPC has stayed");
	acknowledge(s); /* recovering has ended in a durable write */
	return true;
}

bool story_reopen(struct story *s)
{
	auto_free char *text = NULL;
	int r = ledger_reopen(s->l, &text);
	if (r != LEDGER_OK) {
		if (!is_honest(s, r, text))
			return false;
		if (ledger_is_writable(s->l))
			return go_wrong(s, "reopening failed (%d) and the ledger is writable", r);
		return recover(s, 0);
	}
	if (!story_observe(s))
		return false;
	acknowledge(s);
	return true;
}

/* What is to be done after a write has returned @r. */
static bool conclude(struct story *s, int r)
{
	if (r == 0) {
		acknowledge(s);
		s->commits++;
	}
	if (fault.killed && fault.struck)
		return revive(s);
	if (r == 0)
		return true;
	if (!fault.struck)
		return go_wrong(s, "a write failed by itself: %d", r);
	if (!ledger_is_writable(s->l))
		return recover(s, r);
	return story_observe(s); /* undone, as a reading that failed */
}

static bool undo(struct story *s)
{
	ledger_rollback(s->l);
	s->unread = false;
	s->latest = s->current;
	if (fault.killed && fault.struck)
		return revive(s);
	if (!ledger_is_writable(s->l))
		return recover(s, -EIO);
	return story_observe(s);
}

bool story_transact(struct story *s)
{
	s->wall_ms += 1000;
	int r = ledger_begin(s->l);
	if (r < 0)
		return conclude(s, r);
	int written = story_write_rows(s), error = 0;
	char *text = written == 0 && !s->unread ? state_text(s->l, &error) : NULL;
	if (written == 0 && !text) {
		if (!fault.struck)
			return go_wrong(s, "a reading failed by itself: %d", error);
		return undo(s);
	}
	if (text)
		begin_state(s, text);
	r = ledger_commit(s->l);
	if (written < 0 && r != written)
		return go_wrong(s, "a save returned %d, its commit %d", written, r);
	return conclude(s, r);
}

/* ---- what else happens ---- */

static bool roll_back(struct story *s)
{
	if (ledger_begin(s->l) != 0 || story_write_rows(s) != 0)
		return go_wrong(s, "a write failed by itself");
	return undo(s);
}

/* Its text is known once it is there. */
static bool write_alone(struct story *s)
{
	char value[32];
	(void)snprintf(value, sizeof(value), "%llu", (unsigned long long)seed_next());
	begin_state(s, NULL);
	int r = ledger_meta_set(s->l, state_facts[0], value);
	s->states.items[s->latest].text = read_state(s);
	if (!s->states.items[s->latest].text)
		return false;
	return conclude(s, r);
}

static bool restart(struct story *s)
{
	story_close(s);
	return story_open(s);
}

/* At any call; often at a sync, when the kernel has what the disk has not. */
static bool die(struct story *s)
{
	bool at_sync = seed_below(2);
	fault = (struct fault){.calls = at_sync ? CALL_SYNC : CALL_DISK | CALL_NAMES,
			       .fail_at = 1 + (int)seed_below(at_sync ? 2 : 25),
			       .fail_with = SQLITE_IOERR,
			       .from_then_on = true,
			       .half = seed_below(2),
			       .killed = true};
	bool fine = true;
	if (seed_below(3) == 0) {
		story_close(s);
		fine = fault.struck ? revive(s) : story_open(s);
	}
	if (fine)
		fine = story_transact(s);
	heal(s);
	return fine;
}

static bool fail(struct story *s)
{
	static const int failures[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};
	int with = failures[seed_below(ARRAY_SIZE(failures))];
	fault = (struct fault){.calls = with == SQLITE_IOERR_FSYNC ? CALL_SYNC : CALL_WRITE,
			       .fail_at = 1 + (int)seed_below(with == SQLITE_IOERR_FSYNC ? 2 : 20),
			       .fail_with = with,
			       .half = seed_below(2)};
	bool fine = story_transact(s);
	heal(s);
	return fine;
}

bool story_step(struct story *s)
{
	uint64_t what = seed_below(100);
	if (what < 70)
		return story_transact(s);
	if (what < 75)
		return roll_back(s);
	if (what < 80)
		return write_alone(s);
	if (what < 84)
		return s->heavy ? story_transact(s) : restart(s);
	if (what < 87)
		return s->heavy ? story_transact(s) : story_reopen(s);
	return what < 94 ? die(s) : fail(s);
}
