/* What is written is read back, grouped, counted, limited and compacted as promised. */
#include "unit/ledger/fixture.h"

/* Printable bytes mostly, now and then what a cloud may send. */
static char *random_text(size_t max)
{
	static const char *const odd[] = {"",
					  "\n",
					  "'; DROP TABLE intents; --",
					  "\xe4\xb8\xad\xe6\x96\x87",
					  "\xff\xfe",
					  "NULL",
					  " ",
					  "a\tb\\n"};
	if (seed_below(6) == 0)
		return strdup(odd[seed_below(ARRAY_SIZE(odd))]);
	size_t n = (size_t)seed_below(max);
	char *text = calloc(1, n + 1);
	for (size_t i = 0; text && i < n; i++)
		text[i] = (char)seed_between(' ', '~');
	return text;
}

static void random_list(struct text_list *list)
{
	uint64_t n = seed_below(4) == 0 ? 0 : seed_below(120);
	for (uint64_t i = 0; i < n; i++) {
		char *item = random_text(30);
		assert_non_null(item);
		for (char *p = item; *p; p++)
			*p = *p == '\n' ? '.' : *p;
		assert_int_equal(text_list_add(list, item), 0);
		free(item);
	}
}

static void replace(char **field)
{
	free(*field);
	*field = random_text(40);
	assert_non_null(*field);
}

static uint64_t random_u64(void)
{
	static const uint64_t edges[] = {0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	return seed_below(3) == 0 ? edges[seed_below(ARRAY_SIZE(edges))] : seed_next();
}

/* All but what is written once. */
static void randomise_intent(struct intent *i)
{
	char **texts[] = {&i->group, &i->region,       &i->cloud_group,
			  &i->name,  &i->result_group, &i->order_id,
			  &i->code,  &i->message,      &i->request_id};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		replace(texts[t]);
	struct text_list *lists[] = {&i->before, &i->targets, &i->result};
	for (size_t t = 0; t < ARRAY_SIZE(lists); t++) {
		text_list_fini(lists[t]);
		random_list(lists[t]);
	}
	uint64_t *numbers[] = {&i->fingerprint,        &i->generation,        &i->created_wall_ms,
			       &i->first_sent_wall_ms, &i->last_sent_wall_ms, &i->settled_wall_ms};
	for (size_t t = 0; t < ARRAY_SIZE(numbers); t++)
		*numbers[t] = random_u64();
	int *counts[] = {&i->sends, &i->looks, &i->looks_late};
	for (size_t t = 0; t < ARRAY_SIZE(counts); t++)
		*counts[t] = (int)seed_between(INT32_MIN, INT32_MAX);
	bool *flags[] = {&i->buys, &i->unpaid, &i->landed};
	for (size_t t = 0; t < ARRAY_SIZE(flags); t++)
		*flags[t] = seed_below(2) == 1;
	i->count = (int64_t)random_u64();
	i->state = (enum intent_state)seed_below(INTENT_STATE_MAX_);
	i->charge = (enum charge_type)seed_below(CHARGE_UNKNOWN + 1);
}

static struct intent *random_intent(void)
{
	struct intent *i = intent_new();
	assert_non_null(i);
	random_key(i->key);
	i->verb = (enum verb)seed_below(VERB_MAX_);
	i->kind = (enum kind)seed_below(KIND_MAX_);
	i->total = (int64_t)random_u64();
	i->price_micro = (int64_t)random_u64();
	(void)snprintf(i->currency, sizeof(i->currency), "%.*s", (int)seed_below(4), "CNY");
	replace(&i->operation);
	replace(&i->params);
	if (seed_below(2) == 1)
		assert_int_equal(intent_set(&i->token, i->key), 0);
	randomise_intent(i);
	return i;
}

static void assert_lists_equal(const struct text_list *a, const struct text_list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_string_equal(a->items[i], b->items[i]);
}

static void assert_intents_equal(const struct intent *a, const struct intent *b)
{
	const char *texts[][2] = {
		{a->key, b->key},
		{a->operation, b->operation},
		{a->group, b->group},
		{a->region, b->region},
		{a->cloud_group, b->cloud_group},
		{a->name, b->name},
		{a->token, b->token},
		{a->params, b->params},
		{a->result_group, b->result_group},
		{a->order_id, b->order_id},
		{a->code, b->code},
		{a->message, b->message},
		{a->request_id, b->request_id},
		{a->currency, b->currency},
	};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		assert_string_equal(texts[t][0], texts[t][1]);
	const uint64_t numbers[][2] = {
		{(uint64_t)a->id, (uint64_t)b->id},
		{a->verb, b->verb},
		{(uint64_t)a->kind, (uint64_t)b->kind},
		{a->state, b->state},
		{(uint64_t)a->count, (uint64_t)b->count},
		{(uint64_t)a->total, (uint64_t)b->total},
		{(uint64_t)a->price_micro, (uint64_t)b->price_micro},
		{a->charge, b->charge},
		{a->buys, b->buys},
		{a->unpaid, b->unpaid},
		{a->fingerprint, b->fingerprint},
		{a->generation, b->generation},
		{a->created_wall_ms, b->created_wall_ms},
		{a->first_sent_wall_ms, b->first_sent_wall_ms},
		{a->last_sent_wall_ms, b->last_sent_wall_ms},
		{(uint64_t)a->sends, (uint64_t)b->sends},
		{(uint64_t)a->looks, (uint64_t)b->looks},
		{(uint64_t)a->looks_late, (uint64_t)b->looks_late},
		{a->settled_wall_ms, b->settled_wall_ms},
		{a->landed, b->landed},
	};
	for (size_t t = 0; t < ARRAY_SIZE(numbers); t++)
		assert_true(numbers[t][0] == numbers[t][1]);
	assert_lists_equal(&a->before, &b->before);
	assert_lists_equal(&a->targets, &b->targets);
	assert_lists_equal(&a->result, &b->result);
}

struct expected {
	void **rows;
	size_t n, next;
};

static int compare_intent(void *data, const struct intent *i)
{
	struct expected *expected = data;
	assert_true(expected->next < expected->n);
	assert_intents_equal(i, expected->rows[expected->next++]);
	return 0;
}

static void every_field_of_an_intent_comes_back(void **state)
{
	struct fixture *f = *state;
	enum { N = 60 };
	struct intent *intents[N];
	for (size_t i = 0; i < N; i++) {
		intents[i] = random_intent();
		assert_int_equal(ledger_save_intent(f->l, intents[i]), 0);
		assert_true(intents[i]->id > (i > 0 ? intents[i - 1]->id : 0));
	}
	for (size_t i = 0; i < N; i += 2) {
		randomise_intent(intents[i]);
		assert_int_equal(ledger_save_intent(f->l, intents[i]), 0);
	}
	for (int round = 0; round < 2; round++) {
		struct expected expected = {(void **)intents, N, 0};
		assert_int_equal(ledger_each_intent(f->l, compare_intent, &expected), 0);
		assert_int_equal(expected.next, N);
		fixture_reopen(f);
	}
	for (size_t i = 0; i < N; i++)
		(void)intent_free(intents[i]);
}

static void intents_of_a_renamed_group_change_their_name_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	enum { N = 8 };
	struct intent *intents[N];
	for (size_t i = 0; i < N; i++) {
		intents[i] = random_intent();
		assert_int_equal(intent_set(&intents[i]->group, i % 2 ? "phones" : "others"), 0);
		assert_int_equal(ledger_save_intent(f->l, intents[i]), 0);
	}
	assert_int_equal(ledger_rename_intents(f->l, "phones", "handsets"), 0);
	for (size_t i = 1; i < N; i += 2)
		assert_int_equal(intent_set(&intents[i]->group, "handsets"), 0);
	fixture_reopen(f);
	struct expected expected = {(void **)intents, N, 0};
	assert_int_equal(ledger_each_intent(f->l, compare_intent, &expected), 0);
	assert_int_equal(expected.next, N);
	for (size_t i = 0; i < N; i++)
		(void)intent_free(intents[i]);
}

static int64_t recorded_intent(struct ledger *l)
{
	auto_intent struct intent *i = intent_made("phones", "");
	assert_int_equal(ledger_save_intent(l, i), 0);
	return i->id;
}

static void randomise_order(struct order *o, int64_t intent)
{
	char **texts[] = {&o->group,       &o->region, &o->cloud_group,
			  &o->status_text, &o->amount, &o->currency};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		replace(texts[t]);
	uint64_t *numbers[] = {&o->created_wall_ms, &o->settled_wall_ms, &o->announced_wall_ms,
			       &o->deadline_wall_ms, &o->fingerprint};
	for (size_t t = 0; t < ARRAY_SIZE(numbers); t++)
		*numbers[t] = random_u64();
	o->intent = seed_below(2) == 0 ? 0 : intent;
	o->count = (int64_t)random_u64();
	o->status = (enum order_status)seed_below(ORDER_STATUS_MAX_);
	o->landed = seed_below(2) == 1;
	o->foreign = seed_below(2) == 1;
}

static int compare_order(void *data, const struct order *a)
{
	struct expected *expected = data;
	const struct order *b = &((const struct order *)expected->rows)[expected->next++];
	const char *texts[][2] = {{a->id, b->id},
				  {a->group, b->group},
				  {a->region, b->region},
				  {a->cloud_group, b->cloud_group},
				  {a->status_text, b->status_text},
				  {a->amount, b->amount},
				  {a->currency, b->currency}};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		assert_string_equal(texts[t][0], texts[t][1]);
	assert_true(a->intent == b->intent && a->count == b->count && a->status == b->status);
	assert_true(a->created_wall_ms == b->created_wall_ms);
	assert_true(a->settled_wall_ms == b->settled_wall_ms);
	assert_true(a->announced_wall_ms == b->announced_wall_ms);
	assert_true(a->deadline_wall_ms == b->deadline_wall_ms && a->fingerprint == b->fingerprint);
	assert_true(a->landed == b->landed && a->foreign == b->foreign);
	return 0;
}

static void every_field_of_an_order_comes_back(void **state)
{
	struct fixture *f = *state;
	enum { N = 40 };
	struct order orders[N] = {0};
	int64_t intent = recorded_intent(f->l);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < N; i++) {
			char id[32];
			(void)snprintf(id, sizeof(id), "2024012345678901234%zu", i);
			assert_int_equal(intent_set(&orders[i].id, id), 0);
			randomise_order(&orders[i], intent);
			assert_int_equal(ledger_save_order(f->l, &orders[i]), 0);
		}
		fixture_reopen(f);
		struct expected expected = {(void **)orders, N, 0};
		assert_int_equal(ledger_each_order(f->l, compare_order, &expected), 0);
		assert_int_equal(expected.next, N);
	}
	for (size_t i = 0; i < N; i++)
		order_fini(&orders[i]);
}

static void randomise_resource(struct resource *r, int64_t intent)
{
	replace(&r->group);
	uint64_t *numbers[] = {&r->first_wall_ms, &r->seen_wall_ms, &r->missing_wall_ms};
	for (size_t t = 0; t < ARRAY_SIZE(numbers); t++)
		*numbers[t] = random_u64();
	r->intent = seed_below(2) == 0 ? 0 : intent;
	r->state = (enum resource_state)seed_below(RESOURCE_STATE_MAX_);
	r->charge = (enum charge_type)seed_below(CHARGE_UNKNOWN + 1);
	r->missing_listings = (int)seed_between(INT32_MIN, INT32_MAX);
	r->foreign = seed_below(2) == 1;
}

static int compare_resource(void *data, const struct resource *a)
{
	struct expected *expected = data;
	const struct resource *b = &((const struct resource *)expected->rows)[expected->next++];
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->cloud_group, b->cloud_group);
	assert_string_equal(a->group, b->group);
	assert_true(a->intent == b->intent && a->state == b->state && a->charge == b->charge);
	assert_true(a->first_wall_ms == b->first_wall_ms && a->seen_wall_ms == b->seen_wall_ms);
	assert_true(a->missing_wall_ms == b->missing_wall_ms);
	assert_true(a->missing_listings == b->missing_listings && a->foreign == b->foreign);
	return 0;
}

static void every_field_of_a_resource_comes_back(void **state)
{
	struct fixture *f = *state;
	enum { N = 40 };
	struct resource resources[N] = {0};
	int64_t intent = recorded_intent(f->l);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < N; i++) {
			char id[32] = "", group[32];
			if (i % 4 != 0) /* the fourth is the cloud group itself */
				(void)snprintf(id, sizeof(id), "acp-%zu", i % 4);
			(void)snprintf(group, sizeof(group), "ag-%zu", i / 4);
			assert_int_equal(intent_set(&resources[i].id, id), 0);
			assert_int_equal(intent_set(&resources[i].cloud_group, group), 0);
			randomise_resource(&resources[i], intent);
			assert_int_equal(ledger_save_resource(f->l, &resources[i]), 0);
		}
		fixture_reopen(f);
		struct expected expected = {(void **)resources, N, 0};
		assert_int_equal(ledger_each_resource(f->l, compare_resource, &expected), 0);
		assert_int_equal(expected.next, N);
	}
	for (size_t i = 0; i < N; i++)
		resource_fini(&resources[i]);
}

static void two_intents_never_share_a_token_or_a_key(void **state)
{
	struct fixture *f = *state;
	auto_intent struct intent *a = intent_made("phones", "token-1");
	auto_intent struct intent *b = intent_made("phones", "token-1");
	assert_int_equal(ledger_save_intent(f->l, a), 0);
	assert_int_equal(ledger_save_intent(f->l, b), -EEXIST);
	assert_int_equal(b->id, 0);
	assert_int_equal(intent_set(&b->token, ""), 0);
	(void)memcpy(b->key, a->key, sizeof(b->key));
	assert_int_equal(ledger_save_intent(f->l, b), -EEXIST);
	random_key(b->key);
	assert_int_equal(ledger_save_intent(f->l, b), 0);
	auto_intent struct intent *c = intent_made("phones", ""); /* empty tokens may be many */
	assert_int_equal(ledger_save_intent(f->l, c), 0);
	assert_true(ledger_is_writable(f->l));
}

static void what_makes_a_call_that_call_cannot_be_rewritten(void **state)
{
	struct fixture *f = *state;
	auto_intent struct intent *i = intent_made("phones", "token-1");
	assert_int_equal(ledger_save_intent(f->l, i), 0);
	char **texts[] = {&i->operation, &i->token, &i->params};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		auto_free char *old = strdup(*texts[t]);
		assert_non_null(old);
		assert_int_equal(intent_set(texts[t], "other"), 0);
		assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
		assert_int_equal(intent_set(texts[t], old), 0);
		assert_int_equal(ledger_save_intent(f->l, i), 0);
	}
	i->verb = VERB_GROW;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->verb = VERB_CREATE;
	i->kind = KIND_PURCHASE;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->kind = KIND_CLOUD_PHONE;
	i->total = 7;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->total = 0;
	i->price_micro = 7;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->price_micro = 0;
	(void)strcpy(i->currency, "CNY");
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	*i->currency = '\0';
	i->key[0] = i->key[0] == 'a' ? 'b' : 'a';
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
}

static void nonsense_is_refused(void **state)
{
	struct fixture *f = *state;
	auto_intent struct intent *i = intent_made("phones", "");
	assert_int_equal(text_list_add(&i->targets, "acp-1\nacp-2"), 0);
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	text_list_fini(&i->targets);
	i->state = INTENT_STATE_MAX_;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->state = INTENT_RECORDED;
	i->kind = KIND_INVALID;
	assert_int_equal(ledger_save_intent(f->l, i), -EINVAL);
	i->kind = KIND_CLOUD_PHONE;
	assert_int_equal(ledger_save_intent(f->l, i), 0);

	struct order unknown_intent = {.id = (char[]){"1"}, .intent = 4711};
	assert_int_equal(ledger_save_order(f->l, &unknown_intent), -EINVAL);
	struct order nameless = {.id = (char[]){""}};
	assert_int_equal(ledger_save_order(f->l, &nameless), -EINVAL);
	struct resource nothing = {.group = (char[]){"phones"}};
	assert_int_equal(ledger_save_resource(f->l, &nothing), -EINVAL);
	assert_int_equal(n_intents(f->l) + n_orders(f->l) + n_resources(f->l), 1);
}

static void a_failed_statement_poisons_the_transaction(void **state)
{
	struct fixture *f = *state;
	auto_intent struct intent *good = intent_made("phones", "t1");
	auto_intent struct intent *same = intent_made("phones", "t1");
	auto_intent struct intent *late = intent_made("phones", "t2");
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_save_intent(f->l, good), 0);
	assert_int_equal(ledger_save_intent(f->l, same), -EEXIST);
	assert_int_equal(ledger_save_intent(f->l, late), -EEXIST);
	assert_int_equal(ledger_commit(f->l), -EEXIST);
	assert_int_equal(n_intents(f->l), 0);
	assert_true(ledger_is_writable(f->l));
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_save_intent(f->l, good), 0);
	assert_int_equal(ledger_commit(f->l), 0);
	assert_int_equal(n_intents(f->l), 1);
}

static void a_rollback_leaves_nothing_and_ids_do_not_come_back(void **state)
{
	struct fixture *f = *state;
	auto_intent struct intent *a = intent_made("phones", "t1");
	auto_intent struct intent *b = intent_made("phones", "t2");
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_begin(f->l), -EINVAL);
	assert_int_equal(ledger_save_intent(f->l, a), 0);
	ledger_rollback(f->l);
	ledger_rollback(f->l);
	assert_int_equal(ledger_commit(f->l), -EINVAL);
	assert_int_equal(n_intents(f->l), 0);
	assert_int_equal(ledger_save_intent(f->l, b), 0);
	assert_true(b->id > a->id);
	assert_int_equal(ledger_save_intent(f->l, a), 0);
	assert_int_equal(n_intents(f->l), 2);
}

static int stop_at_second(void *data, const struct intent *i)
{
	(void)i;
	return ++*(int *)data == 2 ? 77 : 0;
}

static int save_again(void *data, const struct intent *i)
{
	(void)i;
	struct fixture *f = data;
	struct order order = {.id = (char[]){"9"}, .count = n_intents(f->l)};
	return ledger_save_order(f->l, &order);
}

static void a_reader_may_stop_read_and_write(void **state)
{
	struct fixture *f = *state;
	int n = 0;
	for (int i = 0; i < 3; i++)
		(void)recorded_intent(f->l);
	assert_int_equal(ledger_each_intent(f->l, stop_at_second, &n), 77);
	assert_int_equal(n, 2);
	assert_int_equal(ledger_each_intent(f->l, save_again, f), 0);
	assert_int_equal(n_orders(f->l), 1);
}

static void facts_are_kept_and_the_owner_is_not_writable(void **state)
{
	struct fixture *f = *state;
	char owner[64];
	(void)snprintf(owner, sizeof(owner), "%s", ledger_owner(f->l));
	assert_int_equal(strlen(owner), 26);
	assert_true(ledger_since_wall_ms(f->l) == START_MS);
	char *value = (char[]){"untouched"};
	assert_int_equal(ledger_meta_get(f->l, "fleet", &value), 0);
	assert_null(value);
	assert_int_equal(ledger_meta_set(f->l, "fleet", "one"), 0);
	assert_int_equal(ledger_meta_set(f->l, "fleet", "qa-lab"), 0);
	assert_int_equal(ledger_meta_set(f->l, "owner", "me"), -EINVAL);
	assert_int_equal(ledger_meta_set(f->l, "since_wall_ms", "0"), -EINVAL);
	f->wall_ms += HOUR_MS;
	fixture_reopen(f);
	assert_string_equal(ledger_owner(f->l), owner);
	assert_true(ledger_since_wall_ms(f->l) == START_MS);
	assert_int_equal(ledger_meta_get(f->l, "fleet", &value), 0);
	assert_string_equal(value, "qa-lab");
	free(value);
}

static int add_change(void *data, const char *group, int64_t intent, int64_t count,
		      uint64_t wall_ms)
{
	strbuf_addf(data, "%s %lld %lld %llu;", group, (long long)intent, (long long)count,
		    (unsigned long long)wall_ms);
	return 0;
}

static void a_replay_counts_once(void **state)
{
	struct fixture *f = *state;
	static const char expected[] = "phones 1 5 1000;phones 1 -2 2000;others 2 7 3000;";
	auto_strbuf struct strbuf before = STRBUF_INIT(1000), after = STRBUF_INIT(1000);
	int64_t a = recorded_intent(f->l), b = recorded_intent(f->l);
	f->wall_ms = 4000;
	assert_int_equal(ledger_note_change(f->l, "phones", a, 5, 1000), 0);
	assert_int_equal(ledger_note_change(f->l, "phones", a, 5, 2000), 0); /* kept: the first time */
	assert_int_equal(ledger_note_change(f->l, "phones", a, -2, 2000), 0);
	assert_int_equal(ledger_note_change(f->l, "others", b, 7, 3000), 0);
	assert_int_equal(ledger_note_change(f->l, "others", b, 0, 3000), 0);
	assert_int_equal(ledger_note_change(f->l, "others", 0, 1, 3000), -EINVAL);
	assert_int_equal(ledger_each_change(f->l, add_change, &before), 0);
	assert_string_equal(strbuf_text(&before), expected);
	fixture_reopen(f);
	assert_int_equal(ledger_each_change(f->l, add_change, &after), 0);
	assert_string_equal(strbuf_text(&after), expected);
}

static void the_changes_of_the_last_hour_are_read(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	int64_t old = recorded_intent(f->l), now = recorded_intent(f->l);
	f->wall_ms = 2 * HOUR_MS;
	assert_int_equal(ledger_note_change(f->l, "phones", old, 9, HOUR_MS - 1), 0);
	assert_int_equal(ledger_note_change(f->l, "phones", old, -1, HOUR_MS), 0);
	assert_int_equal(ledger_note_change(f->l, "others", now, 3, 3 * HOUR_MS), 0);
	assert_int_equal(ledger_each_change(f->l, add_change, &text), 0);
	assert_string_equal(strbuf_text(&text), "phones 1 -1 3600000;others 2 3 10800000;");
}

static void approve(struct fixture *f, const char *hash)
{
	struct approval approval = {.who = (char[]){"ann"}, .given_wall_ms = f->wall_ms};
	(void)snprintf(approval.hash, sizeof(approval.hash), "%s", hash);
	assert_int_equal(ledger_save_approval(f->l, &approval), 0);
}

static int add_approval(void *data, const struct approval *a)
{
	strbuf_addf(data, "%s %s %d %lld %lld '%s';", a->hash, a->who, a->used, (long long)a->count,
		    (long long)a->price_micro, a->holds);
	return 0;
}

static void an_approval_keeps_what_was_shown(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	struct approval approval = {.hash = "aaaa",
				    .who = (char[]){"ann"},
				    .given_wall_ms = f->wall_ms,
				    .count = 3,
				    .price_micro = 900000,
				    .holds = "balance spend "};
	assert_int_equal(ledger_save_approval(f->l, &approval), 0);
	fixture_reopen(f);
	approval.used = true;
	assert_int_equal(ledger_save_approval(f->l, &approval), 0);
	assert_int_equal(ledger_each_approval(f->l, add_approval, &text), 0);
	assert_string_equal(strbuf_text(&text), "aaaa ann 1 3 900000 'balance spend ';");
}

static void an_approval_serves_once_and_for_a_day(void **state)
{
	struct approval a = {.hash = "aaaa", .given_wall_ms = START_MS};
	(void)state;
	assert_true(ledger_approval_is_valid(&a, START_MS));
	assert_true(ledger_approval_is_valid(&a, START_MS + 24 * HOUR_MS - 1));
	assert_false(ledger_approval_is_valid(&a, START_MS + 24 * HOUR_MS));
	assert_true(ledger_approval_is_valid(&a, START_MS - 1)); /* a clock that went back */
	assert_false(ledger_approval_is_valid(&a, START_MS - 24 * HOUR_MS));
	a.used = true;
	assert_false(ledger_approval_is_valid(&a, START_MS));
}

static void an_approval_used_in_a_lost_transaction_is_not_used(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	struct approval used = {.hash = "aaaa", .who = (char[]){"ann"}, .used = true};
	approve(f, "aaaa");
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_save_approval(f->l, &used), 0);
	ledger_rollback(f->l);
	assert_int_equal(ledger_each_approval(f->l, add_approval, &text), 0);
	assert_string_equal(strbuf_text(&text), "aaaa ann 0 0 0 '';");
}

static int add_text(void *data, const char *group)
{
	strbuf_addf(data, "[%s]", group);
	return 0;
}

static void pauses_are_kept_until_resumed(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	assert_int_equal(ledger_save_paused(f->l, "phones", true, "ann"), 0);
	assert_int_equal(ledger_save_paused(f->l, "", true, "bob"), 0);
	assert_int_equal(ledger_save_paused(f->l, "phones", true, "bob"), 0);
	assert_int_equal(ledger_save_paused(f->l, "nobody", false, "bob"), 0);
	fixture_reopen(f);
	assert_int_equal(ledger_each_paused(f->l, add_text, &text), 0);
	assert_string_equal(strbuf_text(&text), "[phones][]");
	strbuf_clear(&text);
	assert_int_equal(ledger_save_paused(f->l, "phones", false, "ann"), 0);
	assert_int_equal(ledger_each_paused(f->l, add_text, &text), 0);
	assert_string_equal(strbuf_text(&text), "[]");
}

static int add_known(void *data, const struct known_group *g)
{
	strbuf_addf(data, "%s %s '%s' %s %d%d %llu;", g->name, kind_name(g->kind), g->region,
		    charge_type_name(g->charge), g->protect, g->end_marker,
		    (unsigned long long)g->fingerprint);
	return 0;
}

static void known_groups_are_remembered(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	struct known_group phones = {.name = (char[]){"phones"},
				     .kind = KIND_CLOUD_PHONE,
				     .region = (char[]){"cn-shanghai"},
				     .charge = CHARGE_PREPAID,
				     .end_marker = true,
				     .fingerprint = UINT64_MAX};
	struct known_group bastions = {.name = (char[]){"bastions"},
				       .kind = KIND_PURCHASE,
				       .region = (char[]){""},
				       .charge = CHARGE_UNKNOWN,
				       .protect = true};
	assert_int_equal(ledger_save_known_group(f->l, &phones), 0);
	assert_int_equal(ledger_save_known_group(f->l, &bastions), 0);
	phones.protect = true;
	assert_int_equal(ledger_save_known_group(f->l, &phones), 0);
	fixture_reopen(f);
	assert_int_equal(ledger_each_known_group(f->l, add_known, &text), 0);
	assert_string_equal(strbuf_text(&text), "phones cloud-phone 'cn-shanghai' PrePaid 11 "
						"18446744073709551615;bastions purchase '' ? 10 0;");
}

static int add_event(void *data, const struct ledger_event *e)
{
	strbuf_addf(data, "%llu %s %s %s;", (unsigned long long)e->wall_ms, e->group, e->event,
		    e->detail);
	return 0;
}

static void history_is_read_newest_first(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	assert_int_equal(ledger_note_event(f->l, 1, "a", "made", ""), 0);
	assert_int_equal(ledger_note_event(f->l, 2, "b", "made", "x"), 0);
	assert_int_equal(ledger_note_event(f->l, 3, "a", "gone", "y"), 0);
	assert_int_equal(ledger_each_event(f->l, NULL, 2, add_event, &text), 0);
	assert_string_equal(strbuf_text(&text), "3 a gone y;2 b made x;");
	strbuf_clear(&text);
	assert_int_equal(ledger_each_event(f->l, "a", 9, add_event, &text), 0);
	assert_string_equal(strbuf_text(&text), "3 a gone y;1 a made ;");
	strbuf_clear(&text);
	assert_int_equal(ledger_each_event(f->l, "a", 0, add_event, &text), 0);
	assert_string_equal(strbuf_text(&text), "");
}

static void the_generation_counts_changed_texts_only(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text;
		uint64_t generation;
	} steps[] = {{"one\n", 1}, {"one\n", 1}, {"two\n", 2}, {"one\n", 3}, {"", 4}, {"", 4}};
	char *text = (char[]){"untouched"};
	uint64_t generation = 99;
	assert_int_equal(ledger_load_fleet(f->l, &text, &generation), 0);
	assert_null(text);
	assert_true(generation == 0);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		assert_int_equal(ledger_save_fleet(f->l, steps[i].text, 1, &generation), 0);
		assert_true(generation == steps[i].generation);
		fixture_reopen(f);
		assert_int_equal(ledger_load_fleet(f->l, &text, &generation), 0);
		assert_string_equal(text, steps[i].text);
		assert_true(generation == steps[i].generation);
		free(text);
	}
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	const struct CMUnitTest tests[] = {
		TEST_OPEN(every_field_of_an_intent_comes_back),
		TEST_OPEN(intents_of_a_renamed_group_change_their_name_and_nothing_else),
		TEST_OPEN(every_field_of_an_order_comes_back),
		TEST_OPEN(every_field_of_a_resource_comes_back),
		TEST_OPEN(two_intents_never_share_a_token_or_a_key),
		TEST_OPEN(what_makes_a_call_that_call_cannot_be_rewritten),
		TEST_OPEN(nonsense_is_refused),
		TEST_OPEN(a_failed_statement_poisons_the_transaction),
		TEST_OPEN(a_rollback_leaves_nothing_and_ids_do_not_come_back),
		TEST_OPEN(a_reader_may_stop_read_and_write),
		TEST_OPEN(facts_are_kept_and_the_owner_is_not_writable),
		TEST_OPEN(a_replay_counts_once),
		TEST_OPEN(the_changes_of_the_last_hour_are_read),
		TEST_OPEN(an_approval_keeps_what_was_shown),
		TEST_OPEN(an_approval_serves_once_and_for_a_day),
		TEST_OPEN(an_approval_used_in_a_lost_transaction_is_not_used),
		TEST_OPEN(pauses_are_kept_until_resumed),
		TEST_OPEN(known_groups_are_remembered),
		TEST_OPEN(history_is_read_newest_first),
		TEST_OPEN(the_generation_counts_changed_texts_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
