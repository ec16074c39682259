/*
 * droverd: the command line.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/duration.h"

#define DEFAULT_FLEET "/etc/drover/fleet.yaml"
#define DEFAULT_CONFIG "/etc/drover/drover.yaml"
#define DEFAULT_STATE_DIR "/var/lib/drover"
#define DEFAULT_TIMEOUT_MS (30 * MINUTE_MS)

static const char usage[] =
	"Usage: droverd [OPTION]...\n"
	"Keep a cloud fleet as a YAML file says.\n"
	"\n"
	"  --fleet FILE      the desired state (" DEFAULT_FLEET ")\n"
	"  --config FILE     the daemon's settings (" DEFAULT_CONFIG ", may be missing)\n"
	"  --state-dir DIR   where the ledger lives ($STATE_DIRECTORY, else " DEFAULT_STATE_DIR ")\n"
	"  --log FORM        auto, journal, text or json (auto)\n"
	"  --once            end when everything stands or waits on a person\n"
	"  --timeout TIME    of --once: 90s, 30m, ... (30m)\n"
	"  --version, --help\n"
	"\n"
	"Exit status: 0 clean end or converged, 1 failed, 3 waits on a person, 64 usage,\n"
	"75 a second daemon on this state directory, 78 bad configuration or newer ledger.\n";

enum option_id { OPT_FLEET = 256, OPT_CONFIG, OPT_STATE_DIR, OPT_LOG, OPT_ONCE, OPT_TIMEOUT, OPT_VERSION };

static const struct option long_options[] = {
	{"fleet", required_argument, NULL, OPT_FLEET},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"log", required_argument, NULL, OPT_LOG},
	{"once", no_argument, NULL, OPT_ONCE},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int refuse(const char *what, const char *value)
{
	fprintf(stderr, "droverd: %s: %s\nTry 'droverd --help'.\n", what, value);
	return APP_EXIT_USAGE;
}

static int set_log(struct app_options *o, const char *text)
{
	static const struct {
		const char *name;
		enum log_form form;
	} forms[] = {{"auto", LOG_AUTO}, {"journal", LOG_JOURNAL}, {"text", LOG_TEXT}, {"json", LOG_JSON}};
	for (size_t k = 0; k < sizeof(forms) / sizeof(forms[0]); k++)
		if (strcmp(forms[k].name, text) == 0) {
			o->log = forms[k].form;
			o->log_given = true;
			return -1;
		}
	return refuse("--log must be auto, journal, text or json, is", text);
}

/* -1: go on; else an exit code. */
static int take_option(struct app_options *o, int c)
{
	switch (c) {
	case OPT_FLEET:
		o->fleet = optarg;
		return -1;
	case OPT_CONFIG:
		o->config = optarg;
		o->config_optional = false;
		return -1;
	case OPT_STATE_DIR:
		o->state_dir = optarg;
		return -1;
	case OPT_LOG:
		return set_log(o, optarg);
	case OPT_ONCE:
		o->once = true;
		return -1;
	case OPT_TIMEOUT:
		if (duration_parse(optarg, &o->timeout_ms) == 0)
			return -1;
		return refuse("--timeout must be a duration such as 90s or 30m, is", optarg);
	case OPT_VERSION:
		puts("droverd " DROVER_VERSION);
		return APP_EXIT_OK;
	case 'h':
		fputs(usage, stdout);
		return APP_EXIT_OK;
	default: /* getopt has said what is wrong */
		fputs("Try 'droverd --help'.\n", stderr);
		return APP_EXIT_USAGE;
	}
}

/* Whoever starts us may have closed them: what is opened next, a socket or the ledger, would then be
 * written to as standard error, and libuv ends a process that closes such a descriptor. */
static bool open_standard_streams(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd >= 0 && close(fd) == 0;
}

int main(int argc, char **argv)
{
	if (!open_standard_streams()) {
		perror("droverd: /dev/null");
		return APP_EXIT_FAILED;
	}
	const char *state = getenv("STATE_DIRECTORY");
	struct app_options options = {
		.fleet = DEFAULT_FLEET,
		.config = DEFAULT_CONFIG,
		.config_optional = true,
		.state_dir = state && *state ? state : DEFAULT_STATE_DIR,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
	};
	int c;
	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		int code = take_option(&options, c);
		if (code >= 0)
			return code;
	}
	if (optind < argc)
		return refuse("unexpected argument", argv[optind]);
	return app_run(&options);
}
