#include "observe/preflight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/inquiry.h"

/* The questions about one group, one after the other. */
struct check {
	struct cloud_call call;
	struct preflight *preflight;
	struct check *next;
	struct inquiry inquiry;
};

struct preflight {
	struct preflight_options o;
	struct check *checks;
	bool telling; /* on_checked() is under way: it may close this, whose end then waits */
	void (*closed)(void *data);
	void *closed_data;
};

static void maybe_closed(struct preflight *p)
{
	if (!p->closed || p->telling || p->checks)
		return;
	void (*closed)(void *data) = p->closed;
	void *data = p->closed_data;
	free(p);
	closed(data);
}

static void unlink_check(struct check *c)
{
	struct check **at = &c->preflight->checks;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}

static void check_free(struct check *c)
{
	params_fini(&c->call.params);
	inquiry_fini(&c->inquiry);
	free(c);
}

static void finish(struct check *c)
{
	struct preflight *p = c->preflight;
	unlink_check(c); /* it is over: the group may be checked again */
	p->telling = true;
	if (!p->closed)
		p->o.on_checked(p->o.data, &c->inquiry);
	p->telling = false;
	check_free(c);
	maybe_closed(p);
}

/* The next question that can be asked; one that cannot be gets no answer. 0; when there is
 * none, why the last one could not be asked, or -ENOENT. */
static int ask(struct check *c)
{
	for (int why = -ENOENT;;) {
		params_fini(&c->call.params);
		int r = inquiry_ask(&c->inquiry, &c->call.op, &c->call.params);
		if (r == 0)
			r = cloud_call_start(c->preflight->o.cloud, &c->call);
		if (r == 0 || r == -ENOENT)
			return r == 0 ? 0 : why;
		why = r;
		inquiry_answer(&c->inquiry, NULL);
	}
}

static void on_answer(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct check *c = container_of(call, struct check, call);
	inquiry_answer(&c->inquiry, reply->outcome == OUTCOME_DONE ? reply->root : NULL);
	if (c->preflight->closed || ask(c) < 0)
		finish(c);
}

int preflight_run(struct preflight *p, const struct desired_group *group)
{
	for (const struct check *other = p->checks; other; other = other->next)
		if (strcmp(other->inquiry.group, group->name) == 0)
			return -EALREADY;
	struct check *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->preflight = p;
	c->next = p->checks;
	p->checks = c;
	c->call.done = on_answer;
	int r = inquiry_init(&c->inquiry, group);
	if (r == 0)
		r = ask(c);
	if (r < 0) {
		unlink_check(c);
		check_free(c);
	}
	return r;
}

bool preflight_is_busy(const struct preflight *p)
{
	return p->checks != NULL;
}

int preflight_new(const struct preflight_options *options, struct preflight **ret)
{
	struct preflight *p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->o = *options;
	*ret = p;
	return 0;
}

void preflight_close(struct preflight *p, void (*closed)(void *data), void *data)
{
	p->closed = closed;
	p->closed_data = data;
	for (struct check *c = p->checks; c; c = c->next)
		cloud_call_cancel(&c->call);
	maybe_closed(p);
}
