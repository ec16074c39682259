/*
 * Durable intents per second, one commit each, against appending the same bytes to a file
 * with fdatasync, in turns on the same disk: only the ratio travels to another machine.
 *
 *   bench_ledger [--dir DIR] [--count N] [--rounds N] [--json]
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/base32.h"
#include "base/cleanup.h"
#include "ledger/ledger.h"

#define MAX_ROUNDS 99
#define PARAMS                                                                                     \
	"Amount=1&BizRegionId=cn-shanghai&ChargeType=PostPaid&ImageId=imgc-06zyt9m93zwax1f2s&"     \
	"InstanceGroupName=phones.abc234&InstanceGroupSpec=acp.basic.small&NumberOfInstances=100&" \
	"Tag.1.Key=drover:fleet&Tag.1.Value=qa-lab&Tag.2.Key=drover:group&Tag.2.Value=phones"

static double now_s(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *what)
{
	(void)fprintf(stderr, "bench_ledger: %s\n", what);
	exit(1);
}

static struct intent *make_intent(void)
{
	struct intent *i = intent_new();
	unsigned char random[16];
	if (!i)
		die("no memory");
	env_os()->random_bytes(env_os(), random, sizeof(random));
	base32_encode(random, sizeof(random), i->key);
	if (intent_set(&i->token, i->key) < 0 || intent_set(&i->params, PARAMS) < 0 ||
	    intent_set(&i->group, "phones") < 0 || intent_set(&i->region, "cn-shanghai") < 0 ||
	    intent_set(&i->operation, "CreateAndroidInstanceGroup") < 0)
		die("no memory");
	i->count = 100;
	i->created_wall_ms = env_wall_ms(env_os());
	return i;
}

static double ledger_rate(struct ledger *l, int count, int per_commit)
{
	double start = now_s();
	for (int n = 0; n < count; n += per_commit) {
		if (ledger_begin(l) < 0)
			die("begin failed");
		for (int k = 0; k < per_commit; k++) {
			auto_intent struct intent *i = make_intent();
			if (ledger_save_intent(l, i) < 0)
				die("save failed");
		}
		if (ledger_commit(l) < 0)
			die("commit failed");
	}
	return count / (now_s() - start);
}

static double append_rate(const char *dir, int count)
{
	char path[4096], record[sizeof(PARAMS) + 128];
	(void)snprintf(path, sizeof(path), "%s/append", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		die("cannot write there");
	double start = now_s();
	for (int n = 0; n < count; n++) {
		auto_intent struct intent *i = make_intent();
		int size = snprintf(record, sizeof(record), "%d %s %s %s %s %s\n", n, i->key,
				    i->group, i->region, i->operation, i->params);
		if (write(fd, record, (size_t)size) != size || fdatasync(fd) < 0)
			die("append failed");
	}
	double rate = count / (now_s() - start);
	(void)close(fd);
	(void)unlink(path);
	return rate;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), by_value);
	return values[n / 2];
}

struct rates {
	double single[MAX_ROUNDS], grouped[MAX_ROUNDS], append[MAX_ROUNDS];
};

static void measure(const char *dir, int count, int rounds, struct rates *rates)
{
	struct ledger *l = NULL;
	char *text = NULL, state[4096];
	(void)snprintf(state, sizeof(state), "%s/state", dir);
	if (ledger_open(state, env_os(), &l, &text) != LEDGER_OK)
		die(text ? text : "cannot open");
	for (int r = 0; r < rounds; r++) { /* in turns: a slow minute of the disk hits all */
		rates->append[r] = append_rate(dir, count);
		rates->single[r] = ledger_rate(l, count, 1);
		rates->grouped[r] = ledger_rate(l, count, 100);
	}
	(void)ledger_close(l);
}

static void print_rates(struct rates *rates, int rounds, bool json)
{
	double append = median(rates->append, rounds), single = median(rates->single, rounds);
	double grouped = median(rates->grouped, rounds);
	if (json) {
		(void)printf("{\"append_per_s\": %.0f, \"intents_per_s\": %.0f, "
			     "\"grouped_intents_per_s\": %.0f, \"ratio\": %.3f}\n",
			     append, single, grouped, single / append);
		return;
	}
	(void)printf("append + fdatasync         %9.0f records/s   1.00\n", append);
	(void)printf("ledger, one per commit     %9.0f intents/s   %.2f\n", single,
		     single / append);
	(void)printf("ledger, 100 per commit     %9.0f intents/s   %.2f\n", grouped,
		     grouped / append);
}

int main(int argc, char **argv)
{
	const char *parent = "/var/tmp";
	int count = 1000, rounds = 5;
	bool json = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc)
			parent = argv[++i];
		else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
			count = atoi(argv[++i]) / 100 * 100;
		else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
			rounds = atoi(argv[++i]);
		else
			die("usage: bench_ledger [--dir DIR] [--count N] [--rounds N] [--json]");
	}
	if (count < 100 || rounds < 1 || rounds > MAX_ROUNDS)
		die("--count is at least 100, --rounds 1 to 99");
	char dir[4000], command[4100];
	(void)snprintf(dir, sizeof(dir), "%s/bench-ledger-XXXXXX", parent);
	if (!mkdtemp(dir))
		die("cannot make a directory there");
	static struct rates rates;
	measure(dir, count, rounds, &rates);
	print_rates(&rates, rounds, json);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) == 0 ? 0 : 1;
}
