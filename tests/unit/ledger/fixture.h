#pragma once
/*
 * A ledger in a temporary directory with a clock that the test sets, and builders of
 * rows. For the tests of the ledger only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base32.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "ledger/ledger.h"
#include "lib/seed.h"

#define HOUR_MS (UINT64_C(3600) * 1000)
#define START_MS UINT64_C(1700000000000)

struct fixture {
	struct env env;
	uint64_t wall_ms;
	char root[64], dir[80], path[96];
	struct ledger *l;
	char *text; /* the sentence of the last opening */
};

static inline uint64_t fixture_wall(struct env *env)
{
	return container_of(env, struct fixture, env)->wall_ms;
}

static inline void fixture_random(struct env *env, void *buf, size_t size)
{
	(void)env;
	for (size_t i = 0; i < size; i++)
		((unsigned char *)buf)[i] = (unsigned char)seed_next();
}

static inline int fixture_open(struct fixture *f)
{
	free(f->text);
	f->text = NULL;
	return ledger_open(f->dir, &f->env, &f->l, &f->text);
}

static inline void fixture_close(struct fixture *f)
{
	f->l = ledger_close(f->l);
}

static inline void fixture_reopen(struct fixture *f)
{
	fixture_close(f);
	assert_int_equal(fixture_open(f), LEDGER_OK);
}

/* The state directory is not made: that is for the ledger. */
static inline int fixture_new(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->env = (struct env){fixture_wall, fixture_wall, fixture_random};
	f->wall_ms = START_MS;
	(void)snprintf(f->root, sizeof(f->root), "/tmp/drover-ledger-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	(void)snprintf(f->dir, sizeof(f->dir), "%s/state", f->root);
	(void)snprintf(f->path, sizeof(f->path), "%s/ledger.db", f->dir);
	*state = f;
	return 0;
}

static inline int fixture_setup(void **state)
{
	(void)fixture_new(state);
	assert_int_equal(fixture_open(*state), LEDGER_OK);
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	fixture_close(f);
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f->root);
	int r = system(command);
	free(f->text);
	free(f);
	return r;
}

#define TEST_OPEN(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define TEST_NEW(name) cmocka_unit_test_setup_teardown(name, fixture_new, fixture_teardown)

/* Runs @body in a child and gives its exit status; 128 + signal when killed. */
static inline int in_child(struct fixture *f, int (*body)(struct fixture *f))
{
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body(f));
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline char *read_whole(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "rb");
	*ret_size = 0;
	if (!file)
		return NULL;
	(void)fseek(file, 0, SEEK_END);
	size_t size = (size_t)ftell(file);
	rewind(file);
	char *bytes = malloc(size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, size, file), size);
	(void)fclose(file);
	bytes[size] = '\0';
	*ret_size = size;
	return bytes;
}

static inline void write_whole(const char *path, const char *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void random_key(char out[INTENT_KEY_SIZE])
{
	uint64_t bytes[2] = {seed_next(), seed_next()};
	base32_encode(bytes, sizeof(bytes), out);
}

/* An intent as the plan would record one. */
static inline struct intent *intent_made(const char *group, const char *token)
{
	struct intent *i = intent_new();
	assert_non_null(i);
	random_key(i->key);
	i->buys = true;
	i->count = 3;
	i->created_wall_ms = START_MS;
	assert_int_equal(intent_set(&i->operation, "CreateAndroidInstanceGroup"), 0);
	assert_int_equal(intent_set(&i->group, group), 0);
	assert_int_equal(intent_set(&i->token, token), 0);
	assert_int_equal(intent_set(&i->params, "Amount=1&NumberOfInstances=3"), 0);
	return i;
}

static inline int count_intent(void *data, const struct intent *i)
{
	(void)i;
	++*(int *)data;
	return 0;
}
static inline int n_intents(struct ledger *l)
{
	int n = 0;
	assert_int_equal(ledger_each_intent(l, count_intent, &n), 0);
	return n;
}

static inline int count_order(void *data, const struct order *o)
{
	(void)o;
	++*(int *)data;
	return 0;
}
static inline int n_orders(struct ledger *l)
{
	int n = 0;
	assert_int_equal(ledger_each_order(l, count_order, &n), 0);
	return n;
}

static inline int count_resource(void *data, const struct resource *r)
{
	(void)r;
	++*(int *)data;
	return 0;
}
static inline int n_resources(struct ledger *l)
{
	int n = 0;
	assert_int_equal(ledger_each_resource(l, count_resource, &n), 0);
	return n;
}
