#pragma once
/*
 * Follows one listing over its pages to one of two ends, with nothing between:
 * complete, or incomplete and why. Complete is: the last page was reached, and at least
 * as many different ids were seen as the last page's TotalCount says. A listing that
 * goes wrong is begun again, three times in all; rows of a try that failed do not count,
 * which @restart tells their owner.
 *
 * Loop rule: as net/http.h. row() and restart() come from the loop, never from inside
 * pager_start(); done() fires exactly once, later, and the pager is gone after it.
 */
#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "cloud/call.h"

#define PAGER_TRIES 3

struct pager;

enum pager_end { PAGER_COMPLETE, PAGER_INCOMPLETE };

enum pager_why {
	PAGER_FINE,        /* complete */
	PAGER_CALL,        /* a call failed for good; its reply is in the result */
	PAGER_TOKEN_LOOP,  /* a page token came twice */
	PAGER_UNDECODABLE, /* a page or a row is not what the operation answers */
	PAGER_SHORT, /* fewer ids than TotalCount when the pages ended (an empty one ends them) */
	PAGER_TOO_LONG, /* the cap on pages */
	PAGER_CANCELLED,
	PAGER_LOCAL, /* no memory, or the cloud object is closing */
	PAGER_WHY_MAX_,
};

struct pager_result {
	enum pager_end end;
	enum pager_why why; /* of the last try */
	unsigned tries;
	size_t ids;           /* different ids of the last try (rows, where they have none) */
	int64_t total;        /* TotalCount of its last page; -1 not known */
	enum outcome outcome; /* the last reply, for PAGER_CALL; texts live during done() */
	const char *code, *message, *request_id;
};

struct pager_options {
	struct cloud *cloud;
	enum operation op;           /* one that page_paging() knows */
	const struct params *params; /* copied; without NextToken or page number */
	/* One row; borrowed, for this call only. A row may come twice when the list moved
	 * between two pages: the later one counts. 0, -EBADMSG (cannot be decoded), -ENOMEM. */
	int (*row)(void *data, const cJSON *row);
	/* Forget every row so far; the listing begins again. */
	void (*restart)(void *data);
	void (*done)(struct pager *pager, const struct pager_result *result);
	void *data;
	unsigned max_pages; /* of one try; 0 = LIMIT_PAGES */
};

/* 0, or a negative errno: then nothing else fires. */
int pager_start(const struct pager_options *options, struct pager **ret_pager);
/* done() will come soon as PAGER_CANCELLED. May be called from row() and restart(). */
void pager_cancel(struct pager *pager);
void *pager_data(const struct pager *pager);
const char *pager_why_text(enum pager_why why); /* for people */
