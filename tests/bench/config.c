/*
 * A fleet file of 1,000 groups read, checked and made into the desired state, against the
 * least that any reader on libyaml must do: its events, thrown away.
 *
 *   bench_config [ROUNDS]       prints one JSON object
 */
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "config/config.h"
#include "rounds.h"

#define GROUPS 1000
#define PASSES 5 /* of a round */

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "bench_config: %s\n", what);
	exit(1);
}

static char *make_fleet(size_t *ret_len)
{
	struct strbuf out = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	strbuf_add(&out, "version: 1\nfleet: qa-lab\ndefaults:\n  region: cn-shanghai\n"
			 "  tags: {team: qa}\ngroups:\n");
	for (int i = 0; i < GROUPS; i++)
		strbuf_addf(&out,
			    "  - name: phones-%d\n    kind: cloud-phone\n    count: %d\n"
			    "    spec: acp.basic.small\n    image: imgc-06zyt9m93zwax1f2s\n"
			    "    charge: {type: PrePaid, period: 1, period_unit: Month, "
			    "auto_pay: false, auto_renew: false}\n"
			    "    tags: {env: staging, row: r%d}\n    instances_per_group: 100\n",
			    i, 10 + i % 100, i % 7);
	strbuf_add(&out, "...\n");
	*ret_len = out.len;
	return strbuf_take(&out);
}

static void parse(const char *text, size_t len)
{
	auto_diags struct diags diags;
	auto_desired struct desired *desired = NULL;
	diags_init(&diags, "fleet.yaml");
	if (config_parse_fleet("fleet.yaml", text, len, 0, &diags, &desired) != CONFIG_OK ||
	    desired->n_groups != GROUPS)
		die(diags.n > 0 ? diags.items[0].text : "the file was not taken");
}

static void read_events(const char *text, size_t len)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;
	if (!yaml_parser_initialize(&parser))
		die("libyaml");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (more) {
		if (!yaml_parser_parse(&parser, &event))
			die("libyaml");
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

static double time_of(void (*pass)(const char *text, size_t len), const char *text, size_t len)
{
	double start = rounds_cpu_s();
	for (int i = 0; i < PASSES; i++)
		pass(text, len);
	return (rounds_cpu_s() - start) / PASSES;
}

int main(int argc, char **argv)
{
	static struct rounds ours, least;
	int n = rounds_argument(argc, argv);
	size_t len;
	auto_free char *text = make_fleet(&len);
	if (!text)
		die("no memory");
	(void)time_of(parse, text, len);
	while (ours.n < n) {
		ours.s[ours.n++] = time_of(parse, text, len);
		least.s[least.n++] = time_of(read_events, text, len);
	}
	rounds_print("config", &ours, &least);
	return 0;
}
