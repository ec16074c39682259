#pragma once
/*
 * What the simulated cloud is asked for beside its API: its own door, as text.
 */
#include <stdbool.h>
#include <stdint.h>

#include "fleet.h"

void world_start(void);
/* Remembers what is there. */
void world_look(void);
bool world_one_in(uint64_t n);
void world_post(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Pays or cancels; nothing without an id. */
void world_settle_order(const char *id, bool pay);
/* A thing that stands and is of any wanted group: a cloud group or an instance, drawn; "" when
 * there is none. */
struct world_thing {
	char id[64], group_id[64], status[40];
	enum kind kind;
	bool is_group, prepaid;
	bool last_of_kind; /* no other cloud group of its kind stands */
	bool old;          /* it has been there for a while: every listing has shown it */
};
bool world_draw(bool group, struct world_thing *ret);
/* Somebody else's phones, of the same make as ours. */
void world_add_foreign(bool prepaid);
/* Puts an end to whatever is failed, stuck or of an unknown word, as somebody at the console
 * would. */
void world_repair(void);
