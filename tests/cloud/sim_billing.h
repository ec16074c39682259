#pragma once
/*
 * What the operations of BssOpenApi share: pages, windows, times.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sim_call.h"

/* Appends PageNum, PageSize, TotalCount and one page of @items: an array under @key, or
 * under @inner within an object there (NULL: none). Larger pages than @size_max are capped;
 * no TotalCount where the operation has none, unless the call asks for it. */
void sim_bss_page(struct sim_call *call, int64_t size_max, const char *key, const char *inner,
		  const void *const *items, size_t n,
		  void (*add)(struct sim_call *call, const void *item));

/* A window on a time, both ends included. */
struct sim_window {
	uint64_t from_ms, to_ms;
};
/* Reads its ends from two parameters (yyyy-MM-ddTHH:mm:ssZ); absent ones are 0 and
 * UINT64_MAX. 0, SIM_REFUSED or -ENOMEM. */
int sim_window_read(struct sim_call *call, const char *from, const char *to,
		    struct sim_window *ret_window);
/* Compares whole seconds, as times are shown. */
bool sim_window_has(const struct sim_window *window, uint64_t wall_ms);

void sim_add_time(struct strbuf *out, const char *key, uint64_t wall_ms);
