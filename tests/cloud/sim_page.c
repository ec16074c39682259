#include "sim_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "sim_json.h"
#include "sim_model.h"
#include "sim_operation.h"

#define TOKEN_FORMAT "AAAAAV%016" PRIx64 "%016" PRIx64
#define TOKEN_SIZE 40
#define SMALL_PAGE 2

static uint64_t filter_of(const struct sim_call *call)
{
	uint64_t h = digest_text(DIGEST_INIT, call->op->name);
	vec_each(&call->input->pairs, pair)
	{
		if (strcmp(pair->name, "NextToken") == 0 || strcmp(pair->name, "MaxResults") == 0)
			continue;
		h = digest_text(digest_text(h, pair->name), pair->value);
	}
	return h;
}

static bool moves(const struct sim_call *call)
{
	return sim_meets(&call->faults, PHASE_READ, FAULT_MOVED_ROWS);
}

size_t sim_page_size(const struct sim_call *call, size_t asked)
{
	bool small = sim_meets(&call->faults, PHASE_READ, FAULT_SMALL_PAGES) || moves(call);
	return small && asked > SMALL_PAGE ? SMALL_PAGE : asked;
}

size_t sim_page_skip(const struct sim_call *call, const struct sim_page *page)
{
	if (sim_meets(&call->faults, PHASE_READ, FAULT_MISSING_PAGE))
		return page->max;
	return moves(call) && page->from > 0 ? 1 : 0;
}

int sim_page_begin(struct sim_call *call, size_t default_max, struct sim_page *ret_page)
{
	struct sim_page page = {.filter = filter_of(call)};
	const char *token = sim_arg(call, "NextToken");
	page.max = sim_page_size(call,
				 (size_t)sim_arg_int(call, "MaxResults", (int64_t)default_max));
	if (token && *token) {
		uint64_t filter = 0;
		int end = 0;
		if (sscanf(token, "AAAAAV%16" SCNx64 "%16" SCNx64 "%n", &page.from, &filter,
			   &end) != 2 ||
		    strlen(token) != 38 || end != 38)
			return sim_refuse_arg(call, "NextToken", "No such NextToken.");
		if (filter != page.filter)
			return sim_refuse_arg(
				call, "NextToken",
				"The NextToken belongs to a listing with other filters.");
	}
	*ret_page = page;
	return 0;
}

size_t sim_shown_total(const struct sim_call *call, size_t total)
{
	if (sim_meets(&call->faults, PHASE_READ, FAULT_EMPTY_LIST))
		return 0;
	return sim_meets(&call->faults, PHASE_READ, FAULT_WRONG_TOTAL) ? total + 1 : total;
}

void sim_page_end(struct sim_call *call, const struct sim_page *page, size_t total)
{
	char token[TOKEN_SIZE] = "";
	uint64_t next = page->next;
	if (sim_meets(&call->faults, PHASE_READ, FAULT_TOKEN_LOOP))
		(void)snprintf(token, sizeof(token), TOKEN_FORMAT, page->from, page->filter);
	else if (next != 0)
		(void)snprintf(token, sizeof(token), TOKEN_FORMAT, next, page->filter);
	if (sim_meets(&call->faults, PHASE_READ, FAULT_EMPTY_LIST))
		token[0] = '\0';
	json_text(&call->out, "NextToken", token);
	if (!call->op->no_total)
		json_int(&call->out, "TotalCount", (int64_t)sim_shown_total(call, total));
}

void sim_page_rows(struct sim_call *call, const void *const *items, size_t from, size_t end,
		   void (*add)(struct sim_call *call, const void *item))
{
	if (sim_meets(&call->faults, PHASE_READ, FAULT_EMPTY_LIST))
		end = from;
	json_literal(&call->out, "[");
	for (size_t i = from; i < end; i++) {
		json_comma(&call->out);
		json_literal(&call->out, "{");
		add(call, items[i]);
		json_literal(&call->out, "}");
	}
	json_literal(&call->out, "]");
}

int sim_page_items(struct sim_call *call, const char *key, const void *const *items, size_t n,
		   size_t default_max, void (*add)(struct sim_call *call, const void *item))
{
	struct sim_page page;
	int r = sim_page_begin(call, default_max, &page);
	if (r != 0)
		return r;
	size_t from = page.from < n ? (size_t)page.from : n;
	size_t skip = sim_page_skip(call, &page);
	from = skip < n - from ? from + skip : n;
	size_t end = page.max < n - from ? from + page.max : n;
	page.next = end < n ? end : 0;
	json_key(&call->out, key);
	sim_page_rows(call, items, from, end, add);
	sim_page_end(call, &page, n);
	return 0;
}

size_t sim_page_first(const struct sim_call *call, size_t number, size_t size)
{
	if (sim_meets(&call->faults, PHASE_READ, FAULT_TOKEN_LOOP))
		return 0; /* whatever page is asked for, the first comes */
	if (moves(call) && number > 1)
		return (number - 1) * size + 1;
	return (sim_meets(&call->faults, PHASE_READ, FAULT_MISSING_PAGE) ? number : number - 1) *
	       size;
}

void sim_page_numbered(struct sim_call *call, const struct sim_numbered *names,
		       const void *const *items, size_t n)
{
	int64_t number = sim_arg_int(call, "PageNumber", 1);
	size_t size = sim_page_size(call,
				    (size_t)sim_arg_int(call, "PageSize", names->default_size));
	size_t from = sim_page_first(call, (size_t)number, size);
	size_t end = from < n && size < n - from ? from + size : n;
	json_key(&call->out, names->key);
	sim_page_rows(call, items, from, end, names->add);
	json_int(&call->out, names->number, number);
	json_int(&call->out, names->size, (int64_t)size);
	json_int(&call->out, names->total, (int64_t)sim_shown_total(call, n));
}

bool sim_is_visible(const struct sim_call *call, uint64_t created_cloud_ms)
{
	return !sim_meets(&call->faults, PHASE_READ, FAULT_LIST_LAG) ||
	       call->sim->cloud_ms - created_cloud_ms >= call->faults.phase[PHASE_READ].ms;
}

const char *sim_unknown_word(const struct sim_call *call)
{
	const char *code = call->faults.phase[PHASE_READ].code;
	return *code ? code : "MIGRATING";
}
