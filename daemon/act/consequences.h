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
/* A person says that @intent made @resource: where that is the whole of it (a purchase), it
 * counts at once. 0 or -ENOMEM. */
int consequences_adopt(struct books *books, const struct intent *intent, const char *resource,
		       uint64_t wall_ms);
/* What @intent made is named by its order, because its reply did not. 0 or -ENOMEM. */
int consequences_name(struct books *books, const struct intent *intent, const char *resource,
		      uint64_t wall_ms);
/* @order is the one that @intent left, found because its reply was lost. 0 or -ENOMEM. */
int consequences_order(struct books *books, const struct intent *intent, const char *order,
		       uint64_t wall_ms);
