/*
 * ClientToken: the same call again is answered, not done, again (eds-aic 4.1, bssopenapi 7).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_operation.h"
#include "sim_operations.h"

#define PARAMS_MAX ((size_t)1 << 20)

static char *params_text(const struct sim_call *call)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(PARAMS_MAX);
	strbuf_addf(&out, "%s\n", call->op->name);
	vec_each(&call->input->pairs, pair) if (strcmp(pair->name, "ClientToken") != 0)
		strbuf_addf(&out, "%s=%s\n", pair->name, pair->value);
	return strbuf_take(&out);
}

static struct sim_token *find_token(struct sim *sim, const char *token)
{
	struct sim_token *found = NULL;
	HASH_FIND_STR(sim->tokens, token, found);
	if (found && sim->token_window_ms > 0 &&
	    sim->now.wall_ms - found->wall_ms > sim->token_window_ms) {
		HASH_DEL(sim->tokens, found);
		sim_token_free(found);
		return NULL;
	}
	return found;
}

void sim_token_free(struct sim_token *token)
{
	free(token->token);
	free(token->params);
	free(token->answer);
	free(token);
}

static int remember(struct sim_call *call, const char *token, char *params)
{
	struct sim_token *entry = calloc(1, sizeof(*entry));
	if (!entry) {
		free(params);
		return -ENOMEM;
	}
	entry->token = strdup(token);
	entry->params = params;
	entry->answer = strdup(strbuf_text(&call->out));
	entry->wall_ms = call->sim->now.wall_ms;
	if (!entry->token || !entry->answer) {
		sim_token_free(entry);
		return -ENOMEM;
	}
	HASH_ADD_KEYPTR(hh, call->sim->tokens, entry->token, strlen(entry->token), entry);
	if (!entry->hh.tbl) {
		sim_token_free(entry);
		return -ENOMEM;
	}
	return 0;
}

static int repeat(struct sim_call *call, const struct sim_token *token, const char *params)
{
	if (strcmp(token->params, params) != 0)
		return sim_refuse(call, 400, "IdempotentParameterMismatch",
				  "The ClientToken %s was used with other parameters.",
				  token->token);
	strbuf_add(&call->out, token->answer);
	return 0;
}

int sim_once(struct sim_call *call, int (*run)(struct sim_call *call))
{
	const char *token = sim_arg(call, "ClientToken");
	if (!token || !*token)
		return run(call);
	auto_free char *params = params_text(call);
	if (!params)
		return -ENOMEM;
	const struct sim_token *known = find_token(call->sim, token);
	if (known)
		return repeat(call, known, params);
	int r = run(call);
	return r == 0 ? remember(call, token, TAKE(params)) : r;
}
