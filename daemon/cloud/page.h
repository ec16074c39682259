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
	PAGING_NUMBER, /* PageNum from 1, up to TotalCount rows (bssopenapi 3.4) */
};

struct page {
	const cJSON *rows; /* an array, or NULL for none */
	int n;
	int64_t total;          /* TotalCount; -1 where the operation has none */
	const char *next_token; /* "" = last page; borrowed */
};

enum paging page_paging(enum operation op);
/* 0, or -EBADMSG: not the shape of this operation's answer. */
int page_decode(enum operation op, const cJSON *root, struct page *ret);
/* The id of a row; "" when it has none. NULL when rows of @op have no id of their own. */
const char *page_row_id(enum operation op, const cJSON *row);
