#include "faults.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#include "base/cleanup.h"
#include "callers.h"
#include "ledger/vfs.h"
#include "sim/vloop.h"

#define SPELL_MS (10 * UINT64_C(60000))

static const char *const class_names[] = {"alloc", "io", "disk", "commit", "library"};
static const char *const mode_names[] = {"never", "once", "sticky", "spell"};

static const int errnos[] = {EIO, ENOSPC, EMFILE, EROFS};
static const struct fault disk_faults[] = {
	{.calls = CALL_DISK | CALL_NAMES | CALL_READ | CALL_OPEN, .fail_with = SQLITE_IOERR},
	{.calls = CALL_DISK | CALL_NAMES, .fail_with = SQLITE_FULL, .half = true},
	{.calls = CALL_DISK, .fail_with = SQLITE_IOERR, .after_effect = true},
	{.calls = CALL_DISK | CALL_NAMES, .fail_with = SQLITE_READONLY},
};

static struct {
	struct faults_plan plan;
	struct faults_counts counts;
	struct faults_sites *sites;
	void (*on_call)(uint64_t number);
	uint64_t struck_ms;
	unsigned paused;
	bool over;
} f;

/* ---- words ---- */

const char *faults_class_name(enum faults_class class)
{
	return class_names[class];
}

const char *faults_mode_name(enum faults_mode mode)
{
	return mode_names[mode];
}

static unsigned find(const char *const *names, unsigned n, const char *name)
{
	unsigned k = 0;
	while (k < n && strcmp(names[k], name) != 0)
		k++;
	return k;
}

enum faults_class faults_class_of(const char *name)
{
	return (enum faults_class)find(class_names, FAULTS_CLASS_MAX_, name);
}

enum faults_mode faults_mode_of(const char *name)
{
	return (enum faults_mode)find(mode_names, FAULTS_MODE_MAX_, name);
}

unsigned faults_variants(enum faults_class class)
{
	return class == FAULTS_IO     ? (unsigned)ARRAY_SIZE(errnos)
	       : class == FAULTS_DISK ? (unsigned)ARRAY_SIZE(disk_faults)
				      : 1;
}

/* ---- when ---- */

/* The layer under SQLite does its own counting. */
static void arm_disk(void)
{
	fault = disk_faults[f.plan.variant];
	fault.fail_at = f.plan.mode == FAULTS_NEVER ? 0 : (int)f.plan.at;
	fault.from_then_on = f.plan.mode != FAULTS_ONCE;
}

void faults_begin(const struct faults_plan *plan, struct faults_sites *ret_sites)
{
	memset(&f, 0, sizeof(f));
	f.plan = *plan;
	f.sites = ret_sites;
	faults_install_libraries();
	if (plan->class == FAULTS_DISK)
		arm_disk();
}

void faults_end(void)
{
	faults_count(&f.counts);
	f.over = true;
	fault = (struct fault){0};
}

void faults_again(void)
{
	faults_count(&f.counts);
	fault = (struct fault){0};
	f.plan.mode = f.plan.then ? FAULTS_ONCE : FAULTS_NEVER;
	f.plan.at = f.plan.then;
	f.counts.calls[f.plan.class] = 0;
	f.sites = NULL;
	f.on_call = NULL;
	if (f.plan.class == FAULTS_DISK)
		arm_disk();
}

void faults_on_call(void (*fn)(uint64_t number))
{
	f.on_call = fn;
}

void faults_become(const struct faults_plan *plan)
{
	f.plan = *plan;
	f.on_call = NULL;
}

const struct faults_plan *faults_plan(void)
{
	return &f.plan;
}

void faults_count(struct faults_counts *ret)
{
	*ret = f.counts;
	if (f.plan.class == FAULTS_DISK && !f.over) {
		ret->calls[FAULTS_DISK] = (uint64_t)fault.operations;
		ret->struck = ret->struck || fault.struck;
	}
}

void faults_pause(void)
{
	f.paused++;
}

void faults_resume(void)
{
	f.paused--;
}

static bool is_spell_over(void)
{
	return f.plan.mode == FAULTS_SPELL && vloop_now() - f.struck_ms > SPELL_MS;
}

/* The layer under SQLite knows no time. */
void faults_tick(void)
{
	if (f.plan.class != FAULTS_DISK || f.plan.mode != FAULTS_SPELL || !fault.struck)
		return;
	if (f.struck_ms == 0)
		f.struck_ms = vloop_now();
	else if (is_spell_over())
		fault.fail_at = 0;
}

/* @site: for struct faults_sites. */
static bool strike(enum faults_class class, uint32_t site)
{
	if (f.paused || f.over || class != f.plan.class)
		return false;
	uint64_t number = ++f.counts.calls[class];
	if (f.sites && number <= FAULTS_SITES_MAX)
		f.sites->chain[number - 1] = site;
	if (f.on_call) {
		faults_pause();
		f.on_call(number);
		faults_resume();
	}
	if (f.plan.mode == FAULTS_NEVER || number < f.plan.at)
		return false;
	if (number == f.plan.at) {
		f.counts.struck = true;
		f.struck_ms = vloop_now();
		return true;
	}
	return f.plan.mode != FAULTS_ONCE && !is_spell_over();
}

bool faults_strike(enum faults_class class)
{
	return strike(class, f.sites ? hash_callers() : 0);
}

bool faults_strike_library(enum faults_library library)
{
	return strike(FAULTS_LIBRARY, (uint32_t)library);
}

int faults_errno(void)
{
	return errnos[f.plan.variant];
}

bool faults_forget(void)
{
	return f.plan.forget;
}
