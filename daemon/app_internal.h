#pragma once
/*
 * The state of the composition root, shared by app_*.c and nobody else. One loop, one thread.
 */
#include <uv.h>

#include "act/books.h"
#include "act/driver.h"
#include "act/orders.h"
#include "act/prospects.h"
#include "app.h"
#include "base/limits.h"
#include "base/steady.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "base/vec.h"
#include "cloud/actions.h"
#include "cloud/call.h"
#include "cloud/credentials.h"
#include "cloud/key_renewal.h"
#include "cloud/listings.h"
#include "control/control.h"
#include "ledger/ledger.h"
#include "model/desired.h"
#include "net/http_curl.h"
#include "observe/instance_reader.h"
#include "observe/observer.h"
#include "observe/order_reader.h"
#include "observe/preflight.h"
#include "plan/plan.h"
#include "report/metrics.h"
#include "report/status.h"

/* Of one version of the fleet file. */
struct renamings {
	VEC(struct renames) items;
};

struct app_reload; /* who waits for a reload */

/* What people were last told of a group. */
struct told_group {
	char *name, *reason;
	enum condition condition; /* CONDITION_MAX_: nothing yet */
	int64_t ending[ENDING_MAX_];
	int64_t running, drifted, retained;
};

/* Tells one version of a file from the next. */
struct file_id {
	uint64_t device, inode, size, changed_ns;
};

/* A buy that could not be paid for. */
struct stray {
	int64_t intent, count;
	uint64_t sent_wall_ms;
	char *group;
	bool found;
};

/* Looking at one kind, and when again. Each has a rhythm of its own, so that a service that does
 * not answer holds no other one up. */
struct cycle {
	struct app *app;
	enum kind kind;
	uv_timer_t timer;
	unsigned ended;         /* how many have */
	bool idle;              /* neither the file nor the ledger has anything of the kind */
	bool again;             /* another one as soon as this one ends */
	bool want_audit;        /* list every instance of ours in the next cycle */
	bool auditing;          /* this cycle does */
	uint64_t fast_ms;       /* the growing interval while something is under way */
	uint64_t sweep_mono_ms; /* when the listing of groups was last asked for */
	uint64_t audit_mono_ms; /* when every instance was last listed */
	uint64_t next_mono_ms;  /* when the timer fires */
	uint64_t seen_mono_ms;  /* its listings up to here are in the books */
	int64_t running_accepted; /* a count of running ones that an audit did not explain; -1 */
	uint64_t plan_digest;   /* of the kind's part of the last plan, to notice movement */
	bool moved;             /* it has changed since the timer was last set */
	bool incomplete;        /* the newest listing that came is */
	bool unreachable;       /* no answer, or a failure, since the last complete cycle */
	bool refused;           /* the newest look was: keys or permission */
	unsigned calm;          /* cycles since a call was last refused by pace */
};

struct app {
	const struct app_options *options;
	uv_loop_t loop;
	bool has_loop;
	struct env *os;  /* the machine's clocks: for signatures, keys and the log */
	struct env *env; /* those of steady: for what is planned and remembered */
	struct steady steady;
	bool time_heard; /* the cloud has told the time */
	struct settings settings;

	struct ledger *ledger;
	struct books *books;
	struct prospect_book *prospects;
	struct orders *orders;
	struct http *http;
	struct cloud *cloud;
	struct key_renewal *renewal;
	struct observer *observer;
	struct order_reader *order_reader;
	struct instance_reader *instance_reader;
	struct preflight *preflight;
	struct driver *driver;
	struct control *control;
	struct metrics metrics;

	struct desired *desired; /* in force; NULL only before the first was accepted */
	struct plan *plan;       /* the newest; NULL before the first */
	VEC(struct told_group) told; /* what people were last told */
	char status_line[160];       /* of systemctl status */

	/* the cycles (app_cycle.c) */
	struct cycle cycles[KIND_MAX_];
	bool missing_many;      /* episode */
	bool of_others[KIND_MAX_]; /* episode: a listing that shows nothing of what is known */
	uint64_t throttled;     /* calls refused by pace, as last counted */
	uint64_t breakers;      /* open, as last told */
	VEC(char *) words;      /* told once: unknown words, orders too large */
	uint64_t ledger_mono_ms; /* when the whole ledger was last read for damage */

	/* keys (app_keys.c, app_whoami.c) */
	uv_timer_t key_timer;
	unsigned whoami_asked; /* answers still awaited */

	/* orders (app_orders.c) */
	uv_timer_t order_timer;
	enum { LOOK_NOT_NEEDED, LOOK_WANTED, LOOK_RUNNING, LOOK_DONE, LOOK_REFUSED } orders_look;
	uint64_t orders_look_mono_ms; /* a failed look is asked for again then */
	unsigned order_reads;   /* answers still awaited */
	bool orders_read_once;
	VEC(struct stray) strays; /* failed payments whose orders are being looked for */
	struct strbuf witness; /* orders found by the search for a call's effect */

	/* configuration (app_config.c) */
	uv_fs_event_t watch;
	struct file_id fleet_file; /* as it was before it was last read */
	/* Why a file could not be taken, when it is not to blame: it is tried again. Negative errno. */
	int fleet_trouble, settings_trouble;
	uv_timer_t settle_timer;
	uint64_t reloaded_mono_ms; /* when the files were last read */
	struct app_reload *reloads;

	/* the process (app.c) */
	uv_signal_t on_term, on_int, on_hup;
	uv_timer_t watchdog_timer, once_timer, stop_timer, journal_timer;
	uint64_t dropped_told; /* log records lost, as last told */
	bool stopping;
	uint64_t stop_deadline_ms; /* of uv_now(): changing calls are waited for until then */
	unsigned closing;
	int exit_code;
};

/* app_config.c: reads, judges and takes over the fleet file. */
/* At start: the file, else the last good copy. 0, or an exit code. */
int app_config_start(struct app *a);
/* Again. True when what is in force changed or was confirmed; false when refused. */
bool app_config_reload(struct app *a);
/* The same at once, but at most once a second however often it is asked for. */
void app_config_reload_soon(struct app *a);
void app_config_watch(struct app *a);
/* Looks for an edit that no file event told of: one made before the watch began, behind a
 * symbolic link, or on a network file system. Tries a file again that was not to blame. */
void app_config_check(struct app *a);
/* Reads drover.yaml into @ret; complaints go to the log and to stderr before there is one.
 * 0, or an exit code. */
int app_config_settings(struct app *a, struct settings *ret);

/* Does the group have anything in the cloud, or on its way there? 1, 0 or a negative errno. */
int app_has_holdings(const struct app *a, const char *group);

/* app_rename.c: within the open transaction, whatever @d renames gets its new name; then, and before
 * anything else happens, told whether that became durable. A negative errno means it will not. */
int app_rename_begin(struct app *a, const struct desired *d, struct renamings *ret);
void app_rename_end(struct renamings *r, bool durable);

/* app_cycle.c */
void app_cycles_init(struct app *a);  /* the loop is there */
void app_cycles_start(struct app *a, uint64_t delay_ms);
void app_cycles_stop(struct app *a);
void app_cycle_now(struct app *a);    /* observe every kind as soon as possible */
void app_plan_now(struct app *a);     /* plan again on what is known, and act */
bool app_has_looked(const struct app *a); /* some cycle has ended */
bool app_is_refused(const struct app *a); /* the newest look at some kind was: keys or permission */
void app_note_refusal(struct app *a);     /* none can be made for want of keys */
void app_on_cycle(void *data, enum kind kind, const struct observer_result *result);
void app_on_change(void *data);       /* of the driver */
void app_on_checked(void *data, const struct inquiry *inquiry);
/* The plan's input as of now; borrowed until anything changes. 0 or -ENOMEM. */
int app_plan_input(struct app *a, struct plan_input *ret, struct in_flight *flight);

/* app_observe.c */
/* Begins the next cycle's look at the cloud. 0 or a negative errno of observer_run(); the cycle is
 * idle when there is nothing to look at. */
int app_observe(struct cycle *c);
int app_on_groups(void *data, enum kind kind, struct text_list *add); /* of the observer */
/* What the counts of running ones contradict is looked into. */
void app_judge_running(struct cycle *c, int64_t running);

/* app_orders.c */
void app_orders_schedule(struct app *a, bool now);
void app_on_order_timer(uv_timer_t *timer);
void app_on_order(void *data, const char *order_id, enum order_answer answer,
		  const struct billing_order *order, const struct cloud_reply *reply);

/* app_searches.c */
/* Starts the look for unknown orders when a young ledger is about to buy pre-paid. */
void app_orders_look(struct app *a);
/* Of the driver: what the account's orders say of a call; what a failed payment left. */
void app_on_witness(void *data, int64_t intent, uint64_t from_wall_ms, uint64_t to_wall_ms);
void app_on_payment_failed(void *data, const struct intent *intent);
void app_searches_retry(struct app *a);
void app_searches_forget(struct app *a);
void app_on_found_order(void *data, const struct order_search *search, const struct billing_row *row);
void app_on_order_search(void *data, const struct order_search *search, enum order_answer answer,
			 const char *code, const char *request_id);

/* app_report.c: what changed, told once: of the groups of @kinds, and what concerns all. */
void app_report_plan(struct app *a, const bool kinds[KIND_MAX_]);
void app_report_forget(struct app *a);
/* Episodes of the cycles: incomplete, unreachable, throttled, unknown words. */
void app_report_cycle(struct cycle *c, const struct observer_result *result);
void app_report_idle(struct cycle *c); /* nothing of its kind is listed any more */
/* A check before the first create said no: told once for each reason. */
void app_report_checked(struct app *a, const struct inquiry *inquiry);
/* Episodes of a plan: many missing, orders too large. */
void app_report_episodes(struct app *a, const struct in_flight *flight);
/* The view for status, plan, orders, explain. 0 or -ENOMEM. */
int app_status_view(struct app *a, struct status_view *ret, struct in_flight *flight);

/* app_control.c */
extern const struct control_ops app_control_ops;
void app_reloads_answer(struct app *a, bool accepted);

/* app_keys.c: the keys, or the way to them; complaints go to the log. 0 or an exit code. */
int app_keys_find(struct app *a, struct credentials **ret);
/* From here on the cloud has keys as far as there are any. 0 or a negative errno. */
int app_keys_start(struct app *a, struct credentials *way);
/* Rotated keys come into force with a reload. */
void app_keys_reload(struct app *a);
/* What calls wait for while there are no good keys; "" when there are. */
const char *app_keys_missing(const struct app *a);

/* app_whoami.c: an op of control; answers later, as the cloud does. */
void app_whoami_ask(void *data, struct control_pending *pending);

/* app_instances.c: an op of control; answers later, as a listing does. */
void app_instances_ask(void *data, const char *group, struct control_pending *pending);

/* app_abandon.c: a person says that what the answered call @intent named never comes. 0; -ENOENT:
 * there is no such call, or it came; -EBUSY with a text (malloc); or another negative errno. */
int app_abandon_done(struct app *a, int64_t intent, char **reterr_text);

/* app_release.c: groups that a person has released stand in @d with count 0; a name that is
 * back in the file is released no longer. 0 or a negative errno. */
int app_release_apply(struct app *a, struct desired *d);
/* Releases @group, which the file no longer has. 0; -ENOENT, -EEXIST with a text (malloc);
 * or another negative errno. */
int app_release_group(struct app *a, const char *group, char **reterr_text);

/* app_approve.c: an approval of what @action is now, and what it says for good; durable with the
 * next commit. 0 or -ENOMEM. */
int app_approve_action(struct app *a, const struct action *action, const char *who);
/* The empty listing of @kind, which the plan offers under @hash, is true. As above. */
int app_approve_empty(struct app *a, enum kind kind, const char *hash, const char *who);

/* app.c */
void app_stop(struct app *a, int exit_code);
/* --once: is there an answer yet? */
void app_once_check(struct app *a);
