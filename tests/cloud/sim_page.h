#pragma once
/*
 * Pages: which rows an answer holds, its NextToken and its TotalCount, and what the
 * read faults make of them. A token carries the place where the listing goes on and a
 * fingerprint of the filters; one used with other filters is refused.
 */
#include <stddef.h>
#include <stdint.h>

#include "sim_call.h"

struct sim_page {
	size_t max;
	uint64_t from;   /* where this page begins: 0 at the beginning */
	uint64_t next;   /* where the next one does; 0: there is none */
	uint64_t filter; /* fingerprint of everything but MaxResults and NextToken */
};

/* 0, SIM_REFUSED or -ENOMEM. */
int sim_page_begin(struct sim_call *call, size_t default_max, struct sim_page *ret_page);
/* How many rows the faults lose before this page. */
size_t sim_page_skip(const struct sim_call *call, const struct sim_page *page);
/* Appends NextToken and TotalCount. */
void sim_page_end(struct sim_call *call, const struct sim_page *page, size_t total);

/* A whole listing of @n things that are at hand: rows by @add between braces. */
int sim_page_items(struct sim_call *call, const char *key, const void *const *items, size_t n,
		   size_t default_max, void (*add)(struct sim_call *call, const void *item));

/* --- what is common to listings of any shape */

/* The total, as the faults leave it. */
size_t sim_shown_total(const struct sim_call *call, size_t total);
/* An array of @items from @from to before @end; empty under empty_list. */
void sim_page_rows(struct sim_call *call, const void *const *items, size_t from, size_t end,
		   void (*add)(struct sim_call *call, const void *item));
/* How many rows a page has when @asked is asked for: the faults know better. */
size_t sim_page_size(const struct sim_call *call, size_t asked);
/* Where page @number (from 1) begins; it may be beyond the end. */
size_t sim_page_first(const struct sim_call *call, size_t number, size_t size);

/* A listing with PageNumber and PageSize: the names its answer has for them. */
struct sim_numbered {
	const char *number, *size, *total;
	int64_t default_size;
	const char *key; /* of the rows */
	void (*add)(struct sim_call *call, const void *item);
};

/* One page of @n things that are at hand, with its number, its size and the total. */
void sim_page_numbered(struct sim_call *call, const struct sim_numbered *names,
		       const void *const *items, size_t n);

/* Whether read faults let a thing of that age be seen. */
bool sim_is_visible(const struct sim_call *call, uint64_t created_cloud_ms);

/* What unknown_status shows in place of a status. */
const char *sim_unknown_word(const struct sim_call *call);
