/*
 * drover-sim: the model of the cloud as a program.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "base/env.h"
#include "base/strbuf.h"
#include "sim.h"
#include "sim_http.h"

#define SCENARIO_MAX ((size_t)16 << 20)

struct arguments {
	struct sim_options options;
	struct sockaddr_storage address;
	const char *port_file, *scenario;
};

static const char usage[] =
	"Usage: drover-sim [options]\n"
	"  --listen ADDRESS:PORT      a loopback address, port 0 for any (127.0.0.1:0)\n"
	"  --port-file FILE           where the port is written once it listens\n"
	"  --seed N                   the seed of everything random (1)\n"
	"  --time-scale X             cloud time per real time; 0: only /_sim/time/advance (1)\n"
	"  --access-key-id I          the accepted key (test-access-key-id)\n"
	"  --access-key-secret S      and its secret (test-access-key-secret)\n"
	"  --security-token T         the accepted token of temporary credentials\n"
	"  --throttle-reads R         reads per second and operation (no limit)\n"
	"  --throttle-writes R        changing calls per second and operation (no limit)\n"
	"  --token-window D           how long a ClientToken is remembered (for ever)\n"
	"  --scenario FILE            JSON with groups, account and faults to begin with\n"
	"  --help, --version\n";

enum option_id {
	OPT_LISTEN = 256,
	OPT_PORT_FILE,
	OPT_SEED,
	OPT_SCALE,
	OPT_ID,
	OPT_SECRET,
	OPT_TOKEN,
	OPT_READS,
	OPT_WRITES,
	OPT_WINDOW,
	OPT_SCENARIO,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"port-file", required_argument, NULL, OPT_PORT_FILE},
	{"seed", required_argument, NULL, OPT_SEED},
	{"time-scale", required_argument, NULL, OPT_SCALE},
	{"access-key-id", required_argument, NULL, OPT_ID},
	{"access-key-secret", required_argument, NULL, OPT_SECRET},
	{"security-token", required_argument, NULL, OPT_TOKEN},
	{"throttle-reads", required_argument, NULL, OPT_READS},
	{"throttle-writes", required_argument, NULL, OPT_WRITES},
	{"token-window", required_argument, NULL, OPT_WINDOW},
	{"scenario", required_argument, NULL, OPT_SCENARIO},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{0},
};

static int parse_number(const char *text, double *ret_value)
{
	char *end = NULL;
	double value = strtod(text, &end);
	if (end == text || *end || !(value >= 0 && value <= 1e9))
		return -EINVAL;
	*ret_value = value;
	return 0;
}

static int parse_seed(const char *text, uint64_t *ret_seed)
{
	char *end = NULL;
	errno = 0;
	unsigned long long seed = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-')
		return -EINVAL;
	*ret_seed = seed;
	return 0;
}

/* 0, or -EINVAL when the value does not suit the option. */
static int take_option(int id, const char *value, struct arguments *a)
{
	switch ((enum option_id)id) {
	case OPT_LISTEN:
		return sim_listen_parse(value, &a->address);
	case OPT_PORT_FILE:
		a->port_file = value;
		return 0;
	case OPT_SEED:
		return parse_seed(value, &a->options.seed);
	case OPT_SCALE:
		return parse_number(value, &a->options.time_scale);
	case OPT_ID:
		a->options.access_key_id = value;
		return 0;
	case OPT_SECRET:
		a->options.access_key_secret = value;
		return 0;
	case OPT_TOKEN:
		a->options.security_token = value;
		return 0;
	case OPT_READS:
		return parse_number(value, &a->options.reads_per_s);
	case OPT_WRITES:
		return parse_number(value, &a->options.writes_per_s);
	case OPT_WINDOW:
		return duration_parse(value, &a->options.token_window_ms);
	case OPT_SCENARIO:
		a->scenario = value;
		return 0;
	case OPT_HELP:
		(void)fputs(usage, stdout);
		exit(EXIT_SUCCESS);
	case OPT_VERSION:
		(void)puts("drover-sim " DROVER_VERSION);
		exit(EXIT_SUCCESS);
	}
	return -EINVAL;
}

static int parse_arguments(int argc, char **argv, struct arguments *a)
{
	int id, which = 0;
	(void)sim_listen_parse("127.0.0.1:0", &a->address);
	a->options.time_scale = 1;
	a->options.seed = 1;
	while ((id = getopt_long(argc, argv, "", long_options, &which)) != -1) {
		if (id == '?') {
			(void)fputs(usage, stderr);
			return -EINVAL;
		}
		if (take_option(id, optarg, a) < 0) {
			(void)fprintf(stderr,
				      "drover-sim: --%s: %s: not a value for this option%s\n",
				      long_options[which].name, optarg,
				      id == OPT_LISTEN ? " (only loopback addresses)" : "");
			return -EINVAL;
		}
	}
	if (optind == argc)
		return 0;
	(void)fprintf(stderr, "drover-sim: unexpected argument %s\n%s", argv[optind], usage);
	return -EINVAL;
}

static int read_file(const char *path, struct strbuf *out)
{
	FILE *file = fopen(path, "re");
	char block[8192];
	size_t n;
	if (!file)
		return -errno;
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		strbuf_add_n(out, block, n);
	int r = ferror(file) ? -EIO : strbuf_error(out);
	(void)fclose(file);
	return r;
}

static int load_scenario(struct sim *sim, const char *path)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(SCENARIO_MAX);
	char error[160] = "";
	int r = read_file(path, &text);
	if (r == 0)
		r = sim_scenario(sim, strbuf_text(&text), text.len, error, sizeof(error));
	if (r < 0)
		(void)fprintf(stderr, "drover-sim: %s: %s\n", path, *error ? error : strerror(-r));
	return r;
}

/* A reader sees no file or a whole one. */
static int write_port(const char *path, uint16_t port)
{
	auto_strbuf struct strbuf temporary = STRBUF_INIT(4096);
	strbuf_addf(&temporary, "%s.%ld", path, (long)getpid());
	if (strbuf_error(&temporary))
		return strbuf_error(&temporary);
	FILE *file = fopen(strbuf_text(&temporary), "we");
	if (!file)
		return -errno;
	bool written = fprintf(file, "%u\n", port) > 0;
	if (fclose(file) != 0 || !written)
		return -EIO;
	return rename(strbuf_text(&temporary), path) == 0 ? 0 : -errno;
}

static int serve(struct sim *sim, const struct arguments *a, int stop_fd)
{
	struct sim_server *server = NULL;
	int r = sim_server_new(sim, &a->address, &server);
	if (r < 0) {
		(void)fprintf(stderr, "drover-sim: cannot listen: %s\n", strerror(-r));
		return r;
	}
	if (a->port_file)
		r = write_port(a->port_file, sim_server_port(server));
	if (r < 0)
		(void)fprintf(stderr, "drover-sim: %s: %s\n", a->port_file, strerror(-r));
	else if (!a->port_file)
		(void)fprintf(stderr, "drover-sim: listening on port %u, seed %" PRIu64 "\n",
			      sim_server_port(server), a->options.seed);
	if (r == 0)
		r = sim_server_run(server, stop_fd);
	sim_server_free(server);
	return r;
}

static int stop_signals(void)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	int fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int main(int argc, char **argv)
{
	struct arguments a = {0};
	struct sim *sim = NULL;
	if (parse_arguments(argc, argv, &a) < 0)
		return EX_USAGE;
	int stop_fd = stop_signals();
	if (stop_fd < 0)
		return EXIT_FAILURE;
	struct sim_now now = {env_mono_ms(env_os()), env_wall_ms(env_os())};
	int r = sim_new(&a.options, now, &sim);
	if (r == 0 && a.scenario)
		r = load_scenario(sim, a.scenario);
	if (r == 0)
		r = serve(sim, &a, stop_fd);
	sim_free(sim);
	(void)close(stop_fd);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
