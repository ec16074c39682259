#pragma once
/*
 * Books over a real ledger in a temporary directory, under a clock of the test's, and the
 * log's records as one text. For the tests of what act/ remembers.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "act/books.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "report/log.h"

#define MINUTE UINT64_C(60000)
#define HOUR (60 * MINUTE)
#define START UINT64_C(1700000000000)

struct ledgered {
	char dir[40];
	struct env env;
	uint64_t now;
	struct ledger *ledger;
	struct books *books;
	struct strbuf told; /* "event_name ORDER_ID;" of every record since the last look */
};

static uint64_t ledgered_now(struct env *env)
{
	return container_of(env, struct ledgered, env)->now;
}

static void ledgered_random(struct env *env, void *buf, size_t size)
{
	(void)env;
	memset(buf, 7, size);
}

static void ledgered_sink(void *data, enum event ev, const struct log_field *fields)
{
	struct ledgered *l = data;
	strbuf_addf(&l->told, "%s", event_name(ev));
	for (; fields->type != LOG_FIELD_END; fields++)
		if (strcmp(fields->name, "ORDER_ID") == 0 && fields->text && *fields->text)
			strbuf_addf(&l->told, " %s", fields->text);
	strbuf_addf(&l->told, ";");
}

static void ledgered_open(struct ledgered *l)
{
	char *text = NULL;
	assert_int_equal(LEDGER_OK, ledger_open(l->dir, &l->env, &l->ledger, &text));
	assert_int_equal(0, books_load(l->ledger, &l->books));
}

static void ledgered_close(struct ledgered *l)
{
	l->books = books_free(l->books);
	l->ledger = ledger_close(l->ledger);
}

/* Intents 1 to @n are recorded, for rows that belong to one. */
static inline void ledgered_intents(struct ledgered *l, int n)
{
	for (int k = 1; k <= n; k++) {
		auto_intent struct intent *i = intent_new();
		assert_non_null(i);
		(void)snprintf(i->key, sizeof(i->key), "keykeykeykeykeykeykey%05d", k);
		assert_int_equal(0, intent_set(&i->operation, "CreateAndroidInstanceGroup"));
		assert_int_equal(0, intent_set(&i->group, "phones"));
		assert_int_equal(0, intent_set(&i->token, i->key));
		assert_int_equal(0, ledger_save_intent(l->ledger, i));
		assert_int_equal(k, i->id);
	}
}

/* The next life: only what is durable is left. */
static inline void ledgered_restart(struct ledgered *l)
{
	ledgered_close(l);
	ledgered_open(l);
}

static void ledgered_begin(struct ledgered *l)
{
	(void)snprintf(l->dir, sizeof(l->dir), "/tmp/test-act-XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	l->env = (struct env){ledgered_now, ledgered_now, ledgered_random};
	l->now = START;
	strbuf_init(&l->told, 65536);
	log_set_sink(ledgered_sink, l);
	ledgered_open(l);
}

static void ledgered_end(struct ledgered *l)
{
	char command[64];
	log_set_sink(NULL, NULL);
	ledgered_close(l);
	strbuf_fini(&l->told);
	(void)snprintf(command, sizeof(command), "rm -rf %s", l->dir);
	assert_int_equal(0, system(command));
}

static inline void ledgered_save(struct ledgered *l)
{
	assert_int_equal(0, ledger_begin(l->ledger));
	assert_int_equal(0, books_save(l->books, l->ledger));
	assert_int_equal(0, ledger_commit(l->ledger));
	books_saved(l->books);
}

/* A commit that failed. */
static inline void ledgered_fail_to_save(struct ledgered *l)
{
	assert_int_equal(0, ledger_begin(l->ledger));
	assert_int_equal(0, books_save(l->books, l->ledger));
	ledger_rollback(l->ledger);
}

static inline struct in_flight ledgered_view(struct ledgered *l)
{
	struct in_flight view;
	assert_int_equal(0, books_view(l->books, l->now, &view));
	return view;
}

/* What was told since the last call of this. */
static inline void ledgered_heard(struct ledgered *l, const char *expected)
{
	assert_string_equal(expected, strbuf_text(&l->told));
	strbuf_clear(&l->told);
}
