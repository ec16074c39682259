/*
 * A listing over its pages. An input is the name of the operation, and then what the cloud answers,
 * one after the other, up to a line "--" each: a page's JSON; anything else is a call that failed.
 * The listing ends once, after a bounded number of calls. Complete means: in one go, from the
 * first page on, there came as many different ids as the last page says there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/page.h"
#include "fuzz/fuzz.h"
#include "model/desired.h"
#include "observe/pager.h"

#define MOST_PAGES 8
#define END "\n--\n"

/* In place of cloud/call.c: one call at a time, answered when the loop below says so. */
static struct cloud_call *waiting;
static unsigned calls;

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	(void)cloud;
	CHECK(!waiting && call->done && ++calls <= PAGER_TRIES * MOST_PAGES);
	waiting = call;
	return 0;
}

void cloud_call_cancel(struct cloud_call *call)
{
	CHECK(call == waiting);
}

/* What came in the present try, counted without the pager's help. */
struct listing {
	enum operation op;
	struct text_list ids, tokens;
	size_t rows;
	unsigned restarts, ended;
};

static int on_row(void *data, const cJSON *row)
{
	struct listing *l = data;
	const char *id = page_row_id(l->op, row);
	CHECK(!id || *id);
	if (id && !text_list_has(&l->ids, id))
		CHECK(text_list_add(&l->ids, id) == 0);
	l->rows++;
	return l->rows % 97 == 96 ? -EBADMSG : 0;
}

static void on_restart(void *data)
{
	struct listing *l = data;
	text_list_fini(&l->ids);
	text_list_fini(&l->tokens);
	l->rows = 0;
	l->restarts++;
}

static void on_done(struct pager *pager, const struct pager_result *result)
{
	struct listing *l = pager_data(pager);
	size_t n = l->ids.n > 0 ? l->ids.n : l->rows;
	l->ended++;
	CHECK(result->tries == l->restarts + 1 && result->tries <= PAGER_TRIES);
	CHECK(result->why < PAGER_WHY_MAX_ && *pager_why_text(result->why));
	CHECK((result->end == PAGER_COMPLETE) == (result->why == PAGER_FINE));
	CHECK(result->code && result->message && result->request_id);
	if (result->end != PAGER_COMPLETE)
		return;
	CHECK(result->ids == n && result->outcome == OUTCOME_DONE);
	CHECK(result->total < 0 || n >= (size_t)result->total);
}

/* No page is asked for twice in one try. */
static void check_call(struct listing *l, const struct cloud_call *call)
{
	const char *name = page_number_param(l->op);
	const char *page = params_get(&call->params, name ? name : "NextToken");
	CHECK(call->op == l->op && (!name || page));
	CHECK(!page || !text_list_has(&l->tokens, page));
	if (page)
		CHECK(text_list_add(&l->tokens, page) == 0);
}

static char *next_answer(struct fuzz_input *in, size_t *ret_len)
{
	size_t left = (size_t)(in->end - in->at);
	const char *end = memmem(in->at, left, END, strlen(END));
	struct fuzz_input one = {in->at, end ? end : in->end};
	in->at = end ? end + strlen(END) : in->end;
	return fuzz_rest(&one, ret_len);
}

static void answer_next(struct listing *l, struct fuzz_input *in)
{
	struct cloud_call *call = TAKE(waiting);
	size_t len;
	auto_free char *text = next_answer(in, &len);
	struct cloud_reply reply = {.code = "", .message = "", .request_id = "", .status = 200};
	check_call(l, call);
	reply.root = fuzz_json(text, len);
	reply.outcome =
		reply.root ? OUTCOME_DONE : (enum outcome)((unsigned char)*text % OUTCOME_MAX_);
	if (!reply.root && reply.outcome == OUTCOME_DONE)
		reply.outcome = OUTCOME_RETRYABLE;
	call->done(call, &reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	auto_free char *name = fuzz_line(&in);
	auto_params struct params params = {0};
	struct listing listing = {.op = operation_from_name(name)};
	struct pager_options options = {.op = listing.op,
					.params = &params,
					.row = on_row,
					.restart = on_restart,
					.done = on_done,
					.data = &listing,
					.max_pages = MOST_PAGES};
	struct pager *pager = NULL;
	if (listing.op == OP_MAX_)
		return -1;
	calls = 0;
	int r = pager_start(&options, &pager);
	CHECK(r == (page_paging(listing.op) == PAGING_NONE ? -EINVAL : 0));
	while (waiting)
		answer_next(&listing, &in);
	CHECK(listing.ended == (r == 0));
	text_list_fini(&listing.ids);
	text_list_fini(&listing.tokens);
	return 0;
}
