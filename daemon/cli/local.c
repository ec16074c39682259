#include "cli/local.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/env.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "config/config.h"
#include "model/intent.h"

/* 1: the file is to blame, and @messages says how. */
static int outcome_of(int result, struct diags *diags, struct strbuf *messages)
{
	bool refused = result > 0 || diags_has_errors(diags);
	diags_print(diags, messages);
	return result < 0 ? result : refused;
}

int local_read_fleet(const char *path, struct strbuf *messages, struct desired **ret_desired)
{
	auto_desired struct desired *desired = NULL;
	auto_free char *text = NULL;
	auto_diags struct diags diags;
	size_t len = 0;
	diags_init(&diags, path);
	int result = config_read_file(path, &diags, &text, &len);
	if (result == 0)
		result = config_parse_fleet(path, text, len, env_wall_ms(env_os()), &diags,
					    &desired);
	result = outcome_of(result, &diags, messages);
	if (result == 0 && ret_desired)
		*ret_desired = TAKE(desired);
	return result;
}

int local_check_settings(const char *path, struct strbuf *messages)
{
	auto_free char *text = NULL;
	auto_diags struct diags diags;
	struct settings settings;
	size_t len = 0;
	diags_init(&diags, path);
	int result = config_read_file(path, &diags, &text, &len);
	if (result == 0) {
		result = config_parse_settings(path, text, len, &diags, &settings);
		settings_fini(&settings);
	}
	return outcome_of(result, &diags, messages);
}

static void add_create(struct jsonw *w, const struct desired_group *g)
{
	jsonw_begin_object(w);
	jsonw_key_text(w, "hash", "");
	jsonw_key_text(w, "group", g->name);
	jsonw_key_text(w, "verb", verb_name(VERB_CREATE));
	jsonw_key_text(w, "operation", "");
	jsonw_key_int(w, "count", g->count);
	jsonw_key(w, "victims");
	jsonw_begin_array(w);
	jsonw_end_array(w);
	jsonw_key_text(w, "reason", "nothing was observed: as if nothing existed");
	jsonw_key_text(w, "hold", NULL);
	jsonw_key_text(w, "price", NULL);
	jsonw_end_object(w);
}

int local_plan_json(const struct desired *desired, char **ret_json)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key(&w, "actions");
	jsonw_begin_array(&w);
	for (size_t i = 0; i < desired->n_groups; i++)
		if (desired->groups[i].count > 0)
			add_create(&w, &desired->groups[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	strbuf_add_char(&out, '\n');
	char *text = strbuf_take(&out);
	if (!text)
		return -ENOMEM;
	*ret_json = text;
	return 0;
}
