#include "cli/args.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { JSON = 1, WATCH = 2, WAIT = 4, EXITCODE = 8, CONFIG = 16 };

static const struct {
	const char *name;
	int min_words, max_words;
	unsigned options;
	const char *usage, *text;
} commands[COMMAND_MAX_] = {
	[COMMAND_CHECK] = {"check", 0, 1, CONFIG, "check [FILE] [--config FILE]",
			   "check the fleet file without a daemon"},
	[COMMAND_PLAN] = {"plan", 0, 1, JSON | EXITCODE,
			  "plan [FILE] [--json] [--detailed-exitcode]",
			  "what would be done, and why"},
	[COMMAND_STATUS] = {"status", 0, 1, JSON | WATCH, "status [GROUP] [--json] [--watch]",
			    "how every group stands"},
	[COMMAND_ORDERS] = {"orders", 0, 0, JSON, "orders [--json]",
			    "every order, and which have to be paid"},
	[COMMAND_EXPLAIN] = {"explain", 1, 1, JSON, "explain GROUP [--json]",
			     "why a group stands as it does, and what comes next"},
	[COMMAND_WHOAMI] = {"whoami", 0, 0, JSON, "whoami [--json]",
			    "the account and identity that droverd works with"},
	[COMMAND_INTENTS] = {"intents", 0, 3, JSON,
			     "intents [--json] | intents adopt ID RESOURCE | intents abandon ID",
			     "unsettled calls, and the answer to an ambiguous one"},
	[COMMAND_APPROVE] = {"approve", 1, 1, 0, "approve HASH",
			     "let one held action through, that one only"},
	[COMMAND_PAUSE] = {"pause", 0, 1, 0, "pause [GROUP]", "change nothing until resume"},
	[COMMAND_RESUME] = {"resume", 0, 1, 0, "resume [GROUP]", "end a pause"},
	[COMMAND_RELEASE] = {"release", 1, 1, 0, "release GROUP",
			     "let the resources of an unmanaged group be deleted"},
	[COMMAND_RELOAD] = {"reload", 0, 0, WAIT, "reload [--wait]",
			    "read the fleet file again now"},
	[COMMAND_HELP] = {"help", 0, 1, 0, "help [COMMAND]", "this text"},
	[COMMAND_VERSION] = {"version", 0, 0, 0, "version", "the version"},
};

/* --- nearest name ----------------------------------------------------------------- */

#define LONGEST_NAME 24

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

/* Levenshtein; SIZE_MAX for what is far too long to be meant. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST_NAME + 1], n = strlen(b);
	if (n > LONGEST_NAME || strlen(a) > LONGEST_NAME)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t above = row[j + 1];
			row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[n];
}

static const char *nearest_command(const char *word)
{
	const char *best = NULL;
	size_t best_distance = 3;
	for (int i = 0; i < COMMAND_MAX_; i++) {
		size_t d = distance(word, commands[i].name);
		if (d < best_distance) {
			best_distance = d;
			best = commands[i].name;
		}
	}
	return best;
}

/* --- options ---------------------------------------------------------------------- */

struct option {
	const char *name;
	unsigned allowed; /* 0 = with every command */
	bool *flag;
	const char **value;
};

/* Fills in @options for @args; returns how many. */
static size_t list_options(struct args *args, struct option options[8])
{
	const struct option all[] = {
		{"--json", JSON, &args->json, NULL},
		{"--watch", WATCH, &args->watch, NULL},
		{"--wait", WAIT, &args->wait, NULL},
		{"--detailed-exitcode", EXITCODE, &args->detailed_exitcode, NULL},
		{"--help", 0, &args->help, NULL},
		{"--config", CONFIG, NULL, &args->config},
		{"--socket", 0, NULL, &args->socket},
		{"--state-dir", 0, NULL, &args->state_dir},
	};
	memcpy(options, all, sizeof(all));
	return ARRAY_SIZE(all);
}

static const struct option *find_option(const struct option *options, size_t n, const char *word)
{
	size_t len = strcspn(word, "=");
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len && strncmp(options[i].name, word, len) == 0)
			return &options[i];
	return NULL;
}

/* Takes the option at argv[*at], and its value behind it. */
static int take_option(const struct option *o, int argc, char *const *argv, int *at,
		       struct strbuf *error)
{
	const char *equals = strchr(argv[*at], '=');
	if (o->flag && equals) {
		strbuf_addf(error, "%s takes no value", o->name);
		return -EINVAL;
	}
	if (o->flag) {
		*o->flag = true;
		return 0;
	}
	*o->value = equals ? equals + 1 : *at + 1 < argc ? argv[++*at] : "";
	if ((*o->value)[0] != '\0')
		return 0;
	strbuf_addf(error, "%s needs a value", o->name);
	return -EINVAL;
}

/* --- words ------------------------------------------------------------------------ */

static int find_command(const char *word, enum command *ret, struct strbuf *error)
{
	for (int i = 0; i < COMMAND_MAX_; i++)
		if (strcmp(commands[i].name, word) == 0) {
			*ret = (enum command)i;
			return 0;
		}
	const char *near = nearest_command(word);
	strbuf_addf(error, "there is no command \"%.40s\"", word);
	if (near)
		strbuf_addf(error, "; did you mean \"%s\"?", near);
	return -EINVAL;
}

static int take_word(struct args *args, const char *word, struct strbuf *error)
{
	if (args->command == COMMAND_MAX_)
		return find_command(word, &args->command, error);
	if (args->n_words < commands[args->command].max_words) {
		args->words[args->n_words++] = word;
		return 0;
	}
	strbuf_addf(error, "\"%.40s\" is one word too many; usage: drover %s", word,
		    commands[args->command].usage);
	return -EINVAL;
}

static bool intents_words_fit(const struct args *args)
{
	if (args->n_words == 0)
		return true;
	if (strcmp(args->words[0], "adopt") == 0)
		return args->n_words == 3;
	return strcmp(args->words[0], "abandon") == 0 && args->n_words == 2;
}

static int check_words(const struct args *args, struct strbuf *error)
{
	bool fit = args->n_words >= commands[args->command].min_words;
	if (args->command == COMMAND_INTENTS)
		fit = intents_words_fit(args);
	if (fit || args->help)
		return 0;
	strbuf_addf(error, "usage: drover %s", commands[args->command].usage);
	return -EINVAL;
}

static int check_options(const struct args *args, unsigned given, struct strbuf *error)
{
	if ((given & ~commands[args->command].options) == 0)
		return 0;
	strbuf_addf(error, "an option does not belong to this command; usage: drover %s",
		    commands[args->command].usage);
	return -EINVAL;
}

/* Everything but the words: *ret_given collects which options were there. */
static int take_argument(struct args *args, int argc, char *const *argv, int *at, unsigned *given,
			 struct strbuf *error)
{
	struct option options[8];
	size_t n = list_options(args, options);
	const char *word = argv[*at];
	if (strcmp(word, "-h") == 0)
		word = "--help";
	if (strcmp(word, "--version") == 0 && args->command == COMMAND_MAX_) {
		args->command = COMMAND_VERSION;
		return 0;
	}
	if (word[0] != '-' || word[1] == '\0')
		return take_word(args, word, error);
	const struct option *o = find_option(options, n, word);
	if (!o) {
		strbuf_addf(error, "there is no option \"%.40s\"", word);
		return -EINVAL;
	}
	*given |= o->allowed;
	if (strcmp(argv[*at], "-h") == 0) {
		args->help = true;
		return 0;
	}
	return take_option(o, argc, argv, at, error);
}

int args_parse(int argc, char *const *argv, struct args *ret, struct strbuf *error)
{
	struct args args = {.command = COMMAND_MAX_};
	unsigned given = 0;
	int result = 0;
	for (int i = 1; i < argc && result == 0; i++)
		result = take_argument(&args, argc, argv, &i, &given, error);
	if (result < 0)
		return result;
	if (args.command == COMMAND_MAX_ && !args.help) {
		strbuf_add(error, "a command is missing; \"drover help\" lists them");
		return -EINVAL;
	}
	if (args.command == COMMAND_MAX_)
		args.command = COMMAND_HELP;
	result = check_words(&args, error);
	if (result == 0)
		result = check_options(&args, given, error);
	if (result == 0)
		*ret = args;
	return result;
}

void args_usage(enum command command, struct strbuf *out)
{
	if (command != COMMAND_HELP && command != COMMAND_MAX_) {
		strbuf_addf(out, "usage: drover %s\n  %s\n", commands[command].usage,
			    commands[command].text);
		return;
	}
	strbuf_add(out, "usage: drover COMMAND [--socket PATH] [--state-dir DIR]\n\n");
	for (int i = 0; i < COMMAND_MAX_; i++)
		strbuf_addf(out, "  %-10s %s\n", commands[i].name, commands[i].text);
	strbuf_add(out, "\n\"drover COMMAND --help\" says more; the manual is drover(1).\n");
}
