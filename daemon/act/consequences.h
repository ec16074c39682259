#pragma once
/*
 * What a finished call means for the books: the order it left, the instances it named.
 */
#include "act/books.h"
#include "cloud/actions.h"
#include "model/intent.h"

/* @intent has become DONE by a reply. Puts rows into @books; durable with the next save.
 * 0 or -ENOMEM. */
int consequences_record(struct books *books, const struct intent *intent,
			const struct action_result *result, uint64_t wall_ms);
