#pragma once
/*
 * The keys of the two files as tables: one per kind of group, one for drover.yaml.
 * Checking, decoding, documentation, JSON Schema and the coverage of the API are all
 * read from the same rows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/text_rule.h"
#include "model/kind.h"

struct check;
struct source;
struct desired_group;

enum schema_type {
	SCHEMA_INT,
	SCHEMA_BOOL,
	SCHEMA_TEXT,
	SCHEMA_WORD,     /* one of words */
	SCHEMA_DURATION, /* min and max are milliseconds */
	SCHEMA_PERCENT,  /* min and max are whole percents, stored as a fraction */
	SCHEMA_RATE,     /* per second; min and max are thousandths */
	SCHEMA_TAGS,     /* a map of text to text; max counts entries */
	SCHEMA_TEXTS,    /* a list of text or words, no entry twice; max counts entries */
	SCHEMA_INTS,     /* a list of numbers from min to max, no entry twice */
	SCHEMA_PAIRS,    /* a map of text to text, sent as a list of {Code, Value}; max counts entries */
	SCHEMA_MAP,      /* a nested table */
	SCHEMA_MAPS,     /* a list of nested tables; max counts entries */
	SCHEMA_OTHER,    /* read by code of its own (defaults, groups) */
};

/* Where a value goes in the struct being filled. */
enum schema_store {
	STORE_NONE,
	STORE_INT64,
	STORE_INT,    /* int, or an enum whose values are the indexes of words */
	STORE_UINT64,
	STORE_DOUBLE,
	STORE_BOOL,   /* of a word: its index is not 0 */
	STORE_TEXT,   /* char *, owned by the struct */
	STORE_TEXTS,  /* struct text_list */
};

/* Numbers that are no range: what follows "must be", and which they are. */
struct number_rule {
	const char *what;
	bool (*fits)(int64_t n);
};

struct schema_field {
	const char *key;
	enum schema_type type;
	bool required;
	bool always_sent;    /* the default goes into the request when nothing is written */
	bool no_default;     /* makes no sense under defaults: */
	bool sent_as_text;   /* a number or boolean that the API wants as a string */
	int64_t min, max;    /* TEXT: max characters */
	const char *initial; /* the default as one would write it; NULL: none */
	const char *api;     /* the request parameter; NULL: drover's own, or derived elsewhere */
	const char *doc;
	const struct text_rule *rule;
	const struct number_rule *numbers; /* NULL: the whole range */
	const char *const *words; /* NULL-terminated */
	const struct schema *table;
	enum schema_store store;
	size_t offset;
};

/* A key that people may try and that is spelled, or decided, elsewhere. */
struct schema_note {
	const char *key;
	const char *api; /* the request parameter that drover derives; "": none, or it has a key */
	const char *note;
};

struct schema {
	const char *name;
	const char *doc;
	const struct schema_field *fields; /* ends in a row without key */
	const struct schema_note *notes;   /* ends in a row without key; NULL: none */
	/* Rules across keys; @defaults may be NULL. Optional. */
	void (*rules)(struct check *c, const struct source *own, const struct source *defaults);
	/* Of a kind: completes a group without faults by what follows from its values. 0 or -ENOMEM. */
	int (*finish)(struct desired_group *g);
};

extern const struct schema schema_fleet;    /* the top of fleet.yaml */
extern const struct schema schema_settings; /* drover.yaml */

/* The table of a kind; NULL for a value outside the enum. */
const struct schema *schema_kind(enum kind kind);

const struct schema_field *schema_find(const struct schema *s, const char *key);

/* Calls @visit for every row in order, a map before its own rows; @path is dotted
 * ("network_info.isp", "network.routes[].mode") and lives for the call. */
typedef void (*schema_visit_cb)(void *data, const char *path, const struct schema_field *field);
void schema_walk(const struct schema *s, schema_visit_cb visit, void *data);

#define SCHEMA_HINT_SIZE 160
/* What to say of the unknown @key: "; did you mean count?". "" when nothing is near. */
void schema_hint(const struct schema *s, const char *key, char out[SCHEMA_HINT_SIZE]);
