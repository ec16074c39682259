#include "act/driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/consequences.h"
#include "act/driver_intent.h"
#include "act/driver_log.h"
#include "act/executor.h"
#include "base/cleanup.h"
#include "base/vec.h"
#include "cloud/actions.h"
#include "report/log.h"

#define DAY_MS (24 * UINT64_C(3600000))

#define LEDGER_RETRY_MS 1000     /* after a failed commit; doubling */
#define LEDGER_RETRY_MAX_MS 60000
#define GATHER_PART 10           /* changes are told so much more often than the fleet is looked at */
#define GATHER_TIMES 3           /* or after so much of the time that telling the last ones took */
#define LOOKS_NEEDED 6           /* complete looks that agree before an unclear call is absent */
#define LOOKS_LATE_NEEDED 2      /* of which after the replay window */

/* One changing call on its way. */
struct op {
	struct cloud_call call;
	struct driver *driver;
	struct intent *intent;
	struct op *next;
};

struct driver {
	struct driver_options o;
	struct executor *executor;
	struct op *ops;
	uv_timer_t wake;     /* the executor's looks and replays */
	uv_timer_t retry;    /* a commit that failed */
	uv_timer_t notify;   /* on_change, from the loop */
	uint64_t notify_mono_ms; /* not before then */
	uint64_t fast_ms;    /* how often the fleet is looked at while it moves */
	uint64_t retry_ms;   /* 0 = the ledger is writable */
	struct exec_update wants; /* what the last step wanted observed */
	bool ended;          /* no call begins any more */
	unsigned closing;    /* handles still to close */
	void (*closed)(void *data);
	void *closed_data;
};

static int step(struct driver *d, struct exec_event *event);

static struct exec_now now_of(struct driver *d)
{
	return (struct exec_now){env_mono_ms(d->o.env), env_wall_ms(d->o.env)};
}

/* A plan takes its time, and more of it the larger the fleet is: while answers pour in at most a
 * quarter of all time goes into what is made of them. */
static void on_notify(uv_timer_t *timer)
{
	struct driver *d = timer->data;
	const uint64_t shortest = d->fast_ms / GATHER_PART, longest = d->fast_ms;
	uint64_t began = env_mono_ms(d->o.env);
	d->o.on_change(d->o.data);
	uint64_t ended = env_mono_ms(d->o.env), wait = (ended - began) * GATHER_TIMES;
	wait = wait < shortest ? shortest : wait > longest ? longest : wait;
	d->notify_mono_ms = ended + wait;
}

/* From the loop, and once for many causes of one turn: the first change at once, those that come
 * soon after it together. */
static void changed(struct driver *d)
{
	uint64_t now = env_mono_ms(d->o.env);
	uint64_t wait = d->notify_mono_ms > now ? d->notify_mono_ms - now : 1; /* 0 could starve I/O */
	if (!d->closed && !uv_is_active((uv_handle_t *)&d->notify))
		(void)uv_timer_start(&d->notify, on_notify, wait, 0);
}

/* ---- durable first ---- */

static int write_rows(struct driver *d, const struct exec_update *u)
{
	int r = ledger_begin(d->o.ledger);
	vec_each(&u->persist, intent) {
		if (r == 0)
			r = ledger_save_intent(d->o.ledger, *intent);
		if (r == 0) /* which has an id by now */
			r = books_learn_intent(d->o.books, *intent);
	}
	if (r == 0)
		r = books_save(d->o.books, d->o.ledger);
	if (r == 0)
		return ledger_commit(d->o.ledger);
	ledger_rollback(d->o.ledger);
	return r;
}

static void on_retry(uv_timer_t *timer);

/* Every cycle tries to write; none of that may put the retry off. */
static void arm_retry(struct driver *d, uint64_t ms)
{
	if (!d->closed && !uv_is_active((uv_handle_t *)&d->retry))
		(void)uv_timer_start(&d->retry, on_retry, ms, 0);
}

static void note_write(struct driver *d, int r)
{
	if (r == 0 && d->retry_ms != 0) {
		d->retry_ms = 0;
		(void)uv_timer_stop(&d->retry);
		log_event(EV_LEDGER_WRITABLE, LOG_NONE);
	} else if (r < 0) {
		if (d->retry_ms == 0) {
			d->retry_ms = LEDGER_RETRY_MS;
			log_event(EV_LEDGER_NOT_WRITABLE, LOG_STR("ERROR", strerror(-r)));
		}
		arm_retry(d, d->retry_ms);
	}
}

/* A disk that was full or failed: the file is read anew before anything is written. */
static void on_retry(uv_timer_t *timer)
{
	struct driver *d = timer->data;
	auto_free char *text = NULL;
	int r = d->retry_ms ? ledger_recover(d->o.ledger, &text) : 0;
	d->retry_ms = d->retry_ms < LEDGER_RETRY_MAX_MS / 2 ? d->retry_ms * 2 : LEDGER_RETRY_MAX_MS;
	if (r != 0) {
		note_write(d, r < 0 ? r : -EIO);
	} else if (driver_flush(d) == 0) {
		note_write(d, 0); /* also when there was nothing left to write */
		changed(d);
	}
}

/* Makes @u's rows and the books' durable. Returns 0 only then. */
static int make_durable(struct driver *d, const struct exec_update *u)
{
	if (u->persist.n == 0 && !books_has_marks(d->o.books))
		return 0;
	int r = write_rows(d, u);
	if (r == 0)
		books_saved(d->o.books);
	note_write(d, r);
	return r;
}

void driver_check_ledger(struct driver *d)
{
	auto_free char *text = NULL;
	if (!driver_is_writable(d))
		return; /* recovering it checks it as well */
	int r = ledger_check(d->o.ledger, &text);
	if (r == LEDGER_E_CORRUPT)
		log_event(EV_LEDGER_CORRUPT, LOG_STR("ERROR", text));
	if (r != LEDGER_OK)
		note_write(d, r < 0 ? r : -EIO);
}

bool driver_is_writable(const struct driver *d)
{
	return d->retry_ms == 0;
}

/* ---- one call ---- */

static void free_op(struct op *op)
{
	for (struct op **at = &op->driver->ops; *at; at = &(*at)->next)
		if (*at == op) {
			*at = op->next;
			break;
		}
	params_fini(&op->call.params);
	free(op);
}

/* The instances a call adds or removes count against the hour once, at its first send. */
static int note_hour(struct driver *d, const struct intent *i)
{
	if (i->sends > 0 || i->verb > VERB_DELETE)
		return 0;
	return books_note_change(d->o.books, i->group, i->id, i->buys ? i->count : -i->count,
				 env_wall_ms(d->o.env));
}

/* The last moment at which nothing has left yet: "sent" becomes durable here. */
static int on_before_send(struct cloud_call *call)
{
	struct op *op = container_of(call, struct op, call);
	const struct exec_now now = now_of(op->driver);
	if (!executor_may_send(op->driver->executor, op->intent, &now))
		return -ETIMEDOUT; /* its window passed while it waited for its turn */
	int r = note_hour(op->driver, op->intent);
	if (r < 0)
		return r;
	struct exec_event event = {.type = EXEC_SENDING, .intent = op->intent};
	return step(op->driver, &event);
}

/* Is another buying call of this group still under way? */
static bool is_batch_done(struct driver *d, const struct intent *intent)
{
	size_t n;
	struct intent *const *all = executor_intents(d->executor, &n);
	for (size_t k = 0; k < n; k++)
		if (all[k] != intent && all[k]->buys && intent_is_open(all[k]) &&
		    strcmp(all[k]->group, intent->group) == 0)
			return false;
	return true;
}

static enum outcome read_result(const struct op *op, const struct cloud_reply *reply,
				struct action_result *ret)
{
	if (reply->outcome != OUTCOME_DONE)
		return reply->outcome;
	/* A yes that does not say what it made is no yes. */
	return action_decode(op->intent, reply->root, ret) == 0 ? OUTCOME_DONE : OUTCOME_UNCLEAR;
}

static void on_reply(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct op *op = container_of(call, struct op, call);
	struct driver *d = op->driver;
	struct intent *intent = op->intent;
	struct action_result result = {0};
	enum outcome outcome = read_result(op, reply, &result);
	struct exec_reply answer = {
		.outcome = outcome,
		.code = reply->code,
		.message = reply->message,
		.request_id = reply->request_id,
		.result_group = result.group ? result.group : "",
		.result = &result.instances,
		.order_id = result.order_id ? result.order_id : "",
	};
	free_op(op);
	if (outcome == OUTCOME_DONE &&
	    consequences_record(d->o.books, intent, &result, env_wall_ms(d->o.env)) < 0)
		answer.outcome = OUTCOME_UNCLEAR; /* no memory: the answer counts as lost */
	struct exec_event event = {.type = EXEC_REPLY, .intent = intent, .reply = &answer};
	/* A failed commit keeps everything marked and tries again; nothing is sent meanwhile. */
	(void)step(d, &event);
	if (intent->state == INTENT_REJECTED)
		books_forget_change(d->o.books, intent->id); /* durable with the next step */
	/* Done in part (eds-aic 4.25): what is left is tried again, but not at once. */
	prospect_replied(d->o.prospects, intent, result.failed > 0 ? OUTCOME_RETRYABLE : answer.outcome,
			 is_batch_done(d, intent));
	if (answer.outcome == OUTCOME_PAYMENT && intent->buys)
		d->o.on_payment_failed(d->o.data, intent);
	action_result_fini(&result);
	changed(d);
}

static int start_call(struct driver *d, struct intent *intent)
{
	enum operation op_code = operation_from_name(intent->operation);
	if (op_code == OP_MAX_)
		return -EINVAL;
	struct op *op = calloc(1, sizeof(*op));
	if (!op)
		return -ENOMEM;
	op->driver = d;
	op->intent = intent;
	op->call.op = op_code;
	op->call.done = on_reply;
	op->call.before_send = on_before_send;
	op->next = d->ops;
	d->ops = op;
	int r = params_parse(intent->params, &op->call.params);
	if (r == 0)
		r = cloud_call_start(d->o.cloud, &op->call);
	if (r < 0)
		free_op(op);
	return r;
}

static void send_all(struct driver *d, struct exec_update *u)
{
	if (d->ended) /* there is nobody to send it by */
		return;
	vec_each(&u->send, intent) {
		int r = start_call(d, *intent);
		if (r == 0)
			continue;
		struct exec_reply unsent = {.outcome = OUTCOME_NOT_SENT, .code = "", .request_id = "",
					    .message = strerror(-r), .result_group = "", .order_id = ""};
		struct exec_event event = {.type = EXEC_REPLY, .intent = *intent, .reply = &unsent};
		(void)step(d, &event);
	}
}

/* ---- stepping ---- */

static void tell(struct driver *d, const struct exec_update *u)
{
	vec_each(&u->notes, note) {
		driver_log_note(note, d->o.books, env_wall_ms(d->o.env));
		if (note->type == NOTE_ABSENT)
			prospect_absent(d->o.prospects, note->intent);
	}
}

static void ask_witness(struct driver *d, const struct exec_update *u)
{
	vec_each(&u->want_witness, q)
		d->o.on_witness(d->o.data, q->intent->id, q->from_wall_ms, q->to_wall_ms);
}

static void on_wake(uv_timer_t *timer)
{
	struct driver *d = timer->data;
	struct exec_event event = {.type = EXEC_TICK};
	(void)step(d, &event);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		if (d->wants.want_groups[kind])
			changed(d);
}

static void keep_wants(struct driver *d, struct exec_update *u)
{
	vec_free(&d->wants.want_instances);
	d->wants.want_instances.items = TAKE(u->want_instances.items);
	d->wants.want_instances.n = u->want_instances.n;
	d->wants.want_instances.cap = u->want_instances.cap;
	u->want_instances.n = u->want_instances.cap = 0;
	memcpy(d->wants.want_groups, u->want_groups, sizeof(u->want_groups));
	if (d->closed || u->wake_mono_ms == 0)
		return;
	uint64_t now = env_mono_ms(d->o.env);
	uint64_t wait = u->wake_mono_ms > now ? u->wake_mono_ms - now : 1;
	(void)uv_timer_start(&d->wake, on_wake, wait, 0);
}

/*
 * One step and everything it asks for, in the contract's order: persist, then tell and
 * send. After a failed commit the changed rows stay marked and the retry timer steps
 * again; what was durable before may go on to its own commit in on_before_send().
 */
static int step(struct driver *d, struct exec_event *event)
{
	struct exec_update u = {0};
	event->now = now_of(d);
	int r = executor_step(d->executor, event, &u);
	if (r == 0)
		r = make_durable(d, &u);
	if (r == 0) {
		struct exec_event committed = {.type = EXEC_COMMITTED, .now = event->now};
		exec_update_clear_wants(&u);
		r = executor_step(d->executor, &committed, &u);
	} else {
		arm_retry(d, LEDGER_RETRY_MS);
	}
	keep_wants(d, &u);
	tell(d, &u);
	send_all(d, &u);
	ask_witness(d, &u);
	exec_update_fini(&u);
	return r;
}

int driver_flush(struct driver *d)
{
	struct exec_event event = {.type = EXEC_TICK};
	return step(d, &event);
}

int driver_end(struct driver *d)
{
	d->ended = true;
	return driver_flush(d);
}

int driver_observed(struct driver *d, enum kind kind, const struct observed *observed)
{
	struct exec_event event = {.type = EXEC_OBSERVED, .observed = observed, .kind = kind};
	int r = step(d, &event);
	executor_forget_landed(d->executor);
	return r;
}

int driver_landed(struct driver *d, int64_t intent)
{
	struct exec_event event = {.type = EXEC_LANDED, .intent = executor_find(d->executor, intent)};
	return step(d, &event);
}

int driver_decide(struct driver *d, int64_t intent, const char *resource)
{
	struct intent *held = executor_find(d->executor, intent);
	if (!held)
		return -ENOENT;
	if (*resource && intent_is_unnamed(held))
		return driver_name_result(d, intent, resource);
	if (held->state != INTENT_HELD)
		return -EINVAL;
	int r = *resource ? consequences_adopt(d->o.books, held, resource, env_wall_ms(d->o.env)) : 0;
	struct exec_event event = {.type = EXEC_DECIDED, .intent = held, .resource = resource};
	return r < 0 ? r : step(d, &event);
}

int driver_decide_order(struct driver *d, int64_t intent, const char *order)
{
	struct intent *held = executor_find(d->executor, intent);
	if (!held)
		return -ENOENT;
	if (held->state != INTENT_HELD || !held->buys)
		return -EINVAL;
	int r = consequences_order(d->o.books, held, order, env_wall_ms(d->o.env));
	struct exec_event event = {.type = EXEC_DECIDED, .intent = held, .resource = "", .order = order};
	return r < 0 ? r : step(d, &event);
}

/* The one order that was found; NULL when there are several. */
static const char *only_order(enum witness witness, const char *text)
{
	bool is_one = *text && text[strspn(text, "0123456789")] == '\0';
	return witness == WITNESS_FOUND && is_one ? text : NULL;
}

int driver_witness(struct driver *d, int64_t intent, enum witness witness, const char *text)
{
	struct exec_event event = {.type = EXEC_WITNESS, .intent = executor_find(d->executor, intent),
				   .witness = witness, .text = text,
				   .order = only_order(witness, text)};
	if (!event.intent)
		return -ENOENT;
	int r = 0;
	if (event.order && event.intent->state == INTENT_DONE && !*event.intent->order_id)
		r = consequences_order(d->o.books, event.intent, event.order, env_wall_ms(d->o.env));
	if (r == 0)
		r = step(d, &event);
	if (r == 0 && event.intent->state == INTENT_DONE && !event.order && witness != WITNESS_CLEAR)
		log_event(EV_ORDER_NOT_NAMED, LOG_STR("GROUP", event.intent->group),
			  LOG_STR("KIND", kind_name(event.intent->kind)),
			  LOG_STR("RESOURCE", event.intent->result_group),
			  LOG_STR("INTENT", event.intent->key), LOG_STR("REASON", event.intent->message),
			  LOG_STR("PAY_AT", site_console_url(d->o.settings->site)));
	changed(d);
	return r;
}

int driver_name_result(struct driver *d, int64_t intent, const char *resource)
{
	struct intent *done = executor_find(d->executor, intent);
	if (!done)
		return -ENOENT;
	if (!intent_is_unnamed(done))
		return -EINVAL;
	int r = consequences_name(d->o.books, done, resource, env_wall_ms(d->o.env));
	struct exec_event event = {.type = EXEC_NAMED, .intent = done, .resource = resource};
	if (r == 0)
		r = step(d, &event);
	if (r == 0)
		log_event(EV_PURCHASE_NAMED, LOG_STR("GROUP", done->group),
			  LOG_STR("KIND", kind_name(done->kind)), LOG_STR("RESOURCE", resource),
			  LOG_STR("ORDER_ID", done->order_id), LOG_STR("INTENT", done->key));
	changed(d);
	return r;
}

int driver_rename(struct driver *d, struct renames *r)
{
	return executor_rename(d->executor, r);
}

void driver_in_flight(struct driver *d, struct in_flight *ret)
{
	ret->intents = executor_intents(d->executor, &ret->n_intents);
}

const struct intent *driver_find(const struct driver *d, int64_t intent)
{
	return executor_find(d->executor, intent);
}

void driver_wants(struct driver *d, struct driver_wants *ret)
{
	*ret = (struct driver_wants){.instances = d->wants.want_instances.items,
				     .n_instances = d->wants.want_instances.n};
	memcpy(ret->groups, d->wants.want_groups, sizeof(ret->groups));
}

/* ---- actions ---- */

static void use_approval(struct driver *d, const struct action *a)
{
	const struct approval *given = books_approval(d->o.books, a->hash, env_wall_ms(d->o.env));
	if (!given)
		return;
	log_event(EV_APPROVAL_USED, LOG_STR("GROUP", a->group), LOG_STR("HASH", a->hash),
		  LOG_STR("WHO", given->who));
	books_use_approval(d->o.books, a->hash);
}

static bool is_due(const struct action *a, const bool kinds[KIND_MAX_])
{
	return a->hold == HOLD_NONE && (a->kind == KIND_INVALID || kinds[a->kind]);
}

int driver_act(struct driver *d, const struct plan *plan, const bool kinds[KIND_MAX_],
	       const struct desired *desired, const struct observed *observed)
{
	const struct intent_source source = {d->o.env, ledger_owner(d->o.ledger), d->executor, desired,
					     observed};
	VEC(struct intent *) intents = {0};
	int r = 0;
	for (size_t k = 0; k < plan->n_actions && r == 0; k++) {
		const struct action *a = &plan->actions[k];
		if (!is_due(a, kinds))
			continue;
		struct intent **slot = vec_add(&intents);
		r = slot ? driver_intent_make(&source, a, slot) : -ENOMEM;
		if (r == 0)
			use_approval(d, a); /* durable in the same commit as the intent */
		else if (slot)
			intents.n--;
		if (r == -EINVAL) { /* a plan that no call can do: a bug, and no reason to stop the rest */
			log_event(EV_ACTION_IMPOSSIBLE, LOG_STR("GROUP", a->group),
				  LOG_STR("ACTION", verb_name(a->verb)), LOG_INT("COUNT", a->count));
			r = 0;
		}
	}
	if (intents.n > 0) {
		struct exec_event event = {.type = EXEC_ACTIONS, .intents = intents.items,
					   .n_intents = intents.n};
		int stepped = step(d, &event);
		r = r ? r : stepped;
	}
	vec_each(&intents, intent)
		(void)intent_free(*intent); /* what the executor took is NULL */
	vec_free(&intents);
	return r;
}

/* ---- start and stop ---- */

struct restoring {
	VEC(struct intent *) intents;
	VEC(bool) wanted;
	struct driver *driver;
	const struct desired *desired;
};

static bool is_unedited(const struct desired *desired, const struct intent *i)
{
	const struct desired_group *g = desired_find(desired, i->group);
	return g && g->fingerprint == i->fingerprint;
}

void driver_reconsider(struct driver *d, const struct desired *desired)
{
	size_t n;
	struct intent *const *all = executor_intents(d->executor, &n);
	for (size_t k = 0; k < n; k++)
		executor_set_wanted(d->executor, all[k],
				    is_unedited(desired, all[k]) &&
					    !books_is_paused(d->o.books, all[k]->group));
}

/* What takes something away, disturbs those who use it, or sets a number, was decided on a
 * listing that is old by now: it is decided anew. */
static bool is_decided_anew(const struct intent *i)
{
	static const bool verbs[VERB_MAX_] = {
		[VERB_SHRINK] = true, [VERB_DELETE] = true, [VERB_REBOOT] = true,
		[VERB_RESET] = true,  [VERB_UPDATE_IMAGE] = true,
	};
	return verbs[i->verb] || i->total > 0;
}

/* A purchase that was refused lately for its payment: the search for what it left may have
 * ended with the process that made it. */
static bool may_have_left_an_order(const struct driver *d, const struct intent *row)
{
	uint64_t now = env_wall_ms(d->o.env);
	enum operation op = operation_from_name(row->operation);
	const struct outcome_facts refusal = {
		.end = HTTP_COMPLETE, .status = 400, .parsed = true, .has_request_id = true, .code = row->code};
	return row->state == INTENT_REJECTED && row->buys && row->first_sent_wall_ms != 0 &&
	       op < OP_MAX_ && operation_info(op)->recovery.look == LOOK_PERSON &&
	       outcome_classify(CALL_BUY, operation_info(op)->envelope, &refusal) == OUTCOME_PAYMENT &&
	       now > row->settled_wall_ms && now - row->settled_wall_ms < DAY_MS;
}

/* The next one waits, as it would have without the restart. */
static void look_for_order(struct driver *d, const struct intent *row)
{
	prospect_replied(d->o.prospects, row, OUTCOME_PAYMENT, /* batch_done= */ false);
	d->o.on_payment_failed(d->o.data, row);
}

static int on_row(void *data, const struct intent *row)
{
	struct restoring *s = data;
	bool same = is_unedited(s->desired, row);
	if (row->state == INTENT_ABSENT && same)
		prospect_absent(s->driver->o.prospects, row);
	if (may_have_left_an_order(s->driver, row))
		look_for_order(s->driver, row);
	if (!intent_is_open(row) && (row->state != INTENT_DONE || row->landed))
		return 0;
	struct intent **slot = vec_add(&s->intents);
	bool *wanted = vec_add(&s->wanted);
	if (!slot || !wanted)
		return -ENOMEM;
	*wanted = same && !books_is_paused(s->driver->o.books, row->group) &&
		  !(row->state == INTENT_RECORDED && is_decided_anew(row));
	return intent_copy(row, slot);
}

int driver_restore(struct driver *d, const struct desired *desired)
{
	struct restoring s = {.driver = d, .desired = desired};
	int r = ledger_each_intent(d->o.ledger, on_row, &s);
	if (r == 0) {
		struct exec_event event = {.type = EXEC_RESTORED, .intents = s.intents.items,
					   .n_intents = s.intents.n, .wanted = s.wanted.items};
		r = step(d, &event);
	}
	vec_each(&s.intents, intent)
		(void)intent_free(*intent);
	vec_free(&s.intents);
	vec_free(&s.wanted);
	return r;
}

static struct exec_policy policy_of(const struct settings *settings)
{
	return (struct exec_policy){
		.replay_window_ms = settings->poll.replay_window_ms,
		.first_look_ms = settings->poll.fast_ms,
		.max_sends = settings->poll.max_sends,
		.looks_needed = LOOKS_NEEDED,
		.looks_late_needed = LOOKS_LATE_NEEDED,
	};
}

void driver_configure(struct driver *d, const struct settings *settings)
{
	const struct exec_policy policy = policy_of(settings);
	executor_configure(d->executor, &policy);
	d->fast_ms = settings->poll.fast_ms;
}

int driver_new(const struct driver_options *options, struct driver **ret)
{
	struct driver *d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->o = *options;
	d->fast_ms = options->settings->poll.fast_ms;
	const struct exec_policy policy = policy_of(options->settings);
	d->executor = executor_new(&policy);
	if (!d->executor) {
		free(d);
		return -ENOMEM;
	}
	uv_timer_t *timers[] = {&d->wake, &d->retry, &d->notify};
	for (size_t k = 0; k < ARRAY_SIZE(timers); k++) {
		(void)uv_timer_init(options->loop, timers[k]);
		timers[k]->data = d;
	}
	*ret = d;
	return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct driver *d = handle->data;
	if (--d->closing > 0)
		return;
	void (*closed)(void *data) = d->closed;
	void *data = d->closed_data;
	(void)executor_free(d->executor);
	exec_update_fini(&d->wants);
	free(d);
	closed(data);
}

void driver_close(struct driver *d, void (*closed)(void *data), void *data)
{
	d->closed = closed;
	d->closed_data = data;
	d->closing = 3;
	uv_close((uv_handle_t *)&d->wake, on_handle_closed);
	uv_close((uv_handle_t *)&d->retry, on_handle_closed);
	uv_close((uv_handle_t *)&d->notify, on_handle_closed);
}
