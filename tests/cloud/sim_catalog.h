#pragma once
/*
 * What can be bought: regions, specs, images, key pairs. Constant; pointers into it
 * stay valid for ever.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before and after the discount. */
struct sim_price {
	uint64_t original_cents, trade_cents;
};

struct sim_region {
	const char *id;
	const char *name;
	const char *zones[2];
};

struct sim_spec {
	const char *id;
	unsigned cores;
	unsigned memory_gib;
	unsigned disk_gib;
	unsigned cents_per_month; /* of one instance, as orders show it */
	const char *describe;
};

struct sim_image {
	const char *id;
	const char *name;
	const char *type; /* System, User */
	const char *system;
	const char *version;
	const char *const *regions; /* NULL-terminated; NULL: every region */
};

struct sim_key_pair {
	const char *id;
	const char *name;
};

/* The body of a function that looks something up in a table by its id. */
#define SIM_FIND(table, wanted)                                                                    \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)                                             \
		if (strcmp((table)[i].id, (wanted)) == 0)                                          \
			return &(table)[i];                                                        \
	return NULL

/* NULL when the catalogue does not have it. */
const struct sim_region *sim_catalog_region(const char *id);
/* All of them, one after the other; NULL beyond the last. */
const struct sim_region *sim_catalog_region_at(size_t index);
const struct sim_spec *sim_catalog_spec(const char *id);
const struct sim_image *sim_catalog_image(const char *id);
const struct sim_key_pair *sim_catalog_key_pair(const char *id);
bool sim_image_is_in(const struct sim_image *image, const struct sim_region *region);
