#pragma once
/*
 * One page of a listing: where its rows, their ids and the way to the next page are, for
 * every operation that lists. What the rows hold is not its business.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "cloud/operations.h"

enum paging {
	PAGING_NONE,   /* not an operation that lists */
	PAGING_TOKEN,  /* NextToken; "" on the last page (eds-aic 1) */
	PAGING_NUMBER, /* a page number from 1, up to as many rows as there are in all */
	PAGING_SINGLE, /* the answer is about one thing: its page is one row */
};

struct page {
	const cJSON *rows; /* an array, or the one row itself; NULL for none: page_each() */
	int n;
	int64_t total;          /* of all pages; -1 where the operation has none */
	const char *next_token; /* "" = last page; borrowed */
};

enum paging page_paging(enum operation op);
/* PAGING_NUMBER: what the parameter with the page's number is called; else NULL. */
const char *page_number_param(enum operation op);
/* 0, or -EBADMSG: not the shape of this operation's answer. */
int page_decode(enum operation op, const cJSON *root, struct page *ret);
/* Nothing comes after this page: what it does not show is not there. */
bool page_is_all(const struct page *page);
/* The first row (@row NULL), or the one after @row; NULL: there is none. */
const cJSON *page_next(const struct page *page, const cJSON *row);
#define page_each(row, page)                                                                       \
	for (const cJSON *row = page_next((page), NULL); row; row = page_next((page), row))
/* The id of a row; "" when it has none. NULL when rows of @op have no id of their own. */
const char *page_row_id(enum operation op, const cJSON *row);
