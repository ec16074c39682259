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
/* Appends NextToken and TotalCount. */
void sim_page_end(struct sim_call *call, const struct sim_page *page, size_t total);

/* A whole listing of @n things that are at hand: rows by @add between braces. */
int sim_page_items(struct sim_call *call, const char *key, const void *const *items, size_t n,
		   size_t default_max, void (*add)(struct sim_call *call, const void *item));

/* What unknown_status shows in place of a status. */
const char *sim_unknown_word(const struct sim_call *call);
