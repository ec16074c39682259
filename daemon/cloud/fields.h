#pragma once
/*
 * Decodes JSON objects into structs by tables: one row per field gives its name on the
 * wire, its type and its place in the struct. The same table prints the struct again
 * and lets a test say which documented fields are covered.
 *
 * Trees are those of json_parse(). Text is borrowed from the tree and lives as long. Absent, null
 * and "" are the same (eds-aic 1): "" for text, FIELD_ABSENT for numbers and booleans, an empty list. Members
 * that no table names are ignored; of a name given twice the first counts.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"

#define FIELD_ABSENT INT64_MIN

enum field_type {
	FIELD_TEXT,     /* const char *; of a number its digits, every one of them */
	FIELD_ADDRESS,  /* const char *; the text "null" is absent too (eds-aic 4.3) */
	FIELD_ID,       /* const char *; must be there, observed_is_id() */
	FIELD_INT,      /* int64_t; a string of digits is taken as well */
	FIELD_INT_TEXT, /* int64_t that is a string on the wire (NumberOfInstances, Cpu) */
	FIELD_BOOL,     /* int64_t: 1 or 0; "true" and "false" as text are taken as well */
	FIELD_OBJECT,   /* the struct of table @of, embedded */
	FIELD_LIST,     /* struct field_list of structs of table @of */
	FIELD_TEXTS,    /* struct field_texts: a list of strings */
	FIELD_IDS,      /* the same, each as FIELD_ID */
	FIELD_JSON,     /* const cJSON *, the member as it came or NULL; printed as null */
};

struct field_table;

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	const struct field_table *of;
	const char *member; /* of the struct, for the documentation */
};

struct field_table {
	const struct field *fields;
	size_t n;
	size_t size;        /* of the struct */
	const char *record; /* its name */
};

#define FIELD(record_, type_, name_, member_)                                                      \
	{                                                                                          \
		.name = (name_), .type = (type_), .offset = offsetof(struct record_, member_),     \
		.member = #member_                                                                 \
	}
#define FIELD_OF(record_, type_, name_, member_, table)                                            \
	{                                                                                          \
		.name = (name_), .type = (type_), .offset = offsetof(struct record_, member_),     \
		.of = (table), .member = #member_                                                  \
	}
#define FIELD_TABLE(record_, rows)                                                                 \
	{                                                                                          \
		.fields = (rows), .n = sizeof(rows) / sizeof((rows)[0]),                           \
		.size = sizeof(struct record_), .record = #record_                                 \
	}

/* Any list of structs, and how a table's user declares one: "struct name" of items. */
struct field_list {
	void *items;
	size_t n;
};
#define FIELD_LIST_TYPE(name, type)                                                                \
	struct name {                                                                              \
		type *items;                                                                       \
		size_t n;                                                                          \
	}

struct field_texts {
	const char **items;
	size_t n;
};

/* Fills @ret, whatever it held. 0, -EBADMSG (not an object, an id missing or too long, a
 * list that is none), -ENOMEM; on failure @ret holds nothing to release. */
int fields_decode(const struct field_table *table, const cJSON *object, void *ret);
/* Releases the lists; the struct itself is the caller's. Accepts a zeroed struct. */
void fields_fini(const struct field_table *table, void *record);
/* The same for a list alone, what a FIELD_JSON holds: @ret is to be zero. */
int fields_decode_list(const struct field_table *table, const cJSON *item, struct field_list *ret);
void fields_fini_list(const struct field_table *table, struct field_list *list);
/* Prints every field of the table: absent numbers as null, absent text as "". */
void fields_write(const struct field_table *table, const void *record, struct jsonw *out);
