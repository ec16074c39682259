#pragma once
/*
 * What the fleet file asks for. Built by config/, read by everyone else, never
 * changed after it is built.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/kind.h"
#include "model/value.h"

struct pos {
	unsigned line, column; /* from 1; 0 = not from a file */
};

struct tag {
	char *key;
	char *value;
};

enum heal { HEAL_NONE, HEAL_REBOOT, HEAL_RESET, HEAL_REPLACE };

struct text_list {
	char **items;
	size_t n;
};

struct desired_group {
	char *name; /* [a-z][a-z0-9-]*, at most 23 characters, unique in the fleet */
	enum kind kind;
	struct pos pos;   /* of the group's first key */
	struct pos count_pos;
	char *region;     /* "" for purchase */
	int64_t count;    /* instances (cloud-phone), nodes (app-streaming), purchases */
	/* What is asked for, in two words that a listing shows again: the instance type and the
	 * image; of a purchase the product code and the product type ("" when it has none). */
	char *spec;
	char *image;
	/* NODE_SCALING_BY_SCHEDULE: the cloud decides how many nodes there are. count is then 1,
	 * the delivery group itself, or 0. */
	bool unsized;
	enum charge_type charge;
	bool auto_pay;          /* the order is paid at once: as PrePaid asks for it; a purchase always */
	struct tag *tags;       /* the user's, sorted by key; never drover: */
	size_t n_tags;
	char *key_pair;         /* NULL when none */
	int64_t instances_per_group; /* 1..100 */
	enum heal heal;
	bool power_on;          /* power: on — start stopped phones */
	bool drain_force;       /* drain: force — victims may have a user connected */
	bool protect;
	bool rollout_now;
	bool reorder_after_cancel;
	struct text_list adopt;    /* ids of existing cloud groups to take in */
	struct text_list fallback; /* specs to try in order when the first is sold out */
	char *renamed_from;        /* NULL when none */
	/* A map of the create call's own parameters, named and nested as the API does
	 * (BizRegionId, NetworkInfo, ...), less those derived at the time of the call:
	 * Amount, NumberOfInstances, InstanceGroupName, ClientToken, Tag. */
	struct value *create;
	uint64_t fingerprint; /* changes with any edit of this group; order of keys does not count */
};

struct desired {
	char *fleet;
	struct desired_group *groups;
	size_t n_groups;
	bool has_end_marker; /* the file ends in YAML's "..." */
	char *text;          /* the accepted file, whole, for the ledger's last good copy */
	uint64_t digest;     /* of text */
	uint64_t generation; /* counted by the ledger; 0 until accepted there */
};

void desired_group_fini(struct desired_group *g);
struct desired *desired_free(struct desired *d); /* accepts NULL, returns NULL */
DEFINE_CLEANUP(struct desired *, desired_free)
#define auto_desired cleanup(desired_freep)

const struct desired_group *desired_find(const struct desired *d, const char *name);
void text_list_fini(struct text_list *l);
int text_list_add(struct text_list *l, const char *text); /* 0 or -ENOMEM */
int text_list_copy(const struct text_list *from, struct text_list *ret); /* appends; 0 or -ENOMEM */
/* Sorts, and leaves one of each. */
void text_list_unique(struct text_list *l);
bool text_list_has(const struct text_list *l, const char *text);

const char *heal_name(enum heal heal);
