#pragma once
/*
 * Rows of the tables of parameters, for the files that hold one.
 */
#include "sim_operation.h"

#define TEXT(n)                                                                                    \
	{                                                                                          \
		.name = (n), .type = PARAM_TEXT                                                    \
	}
#define TEXT_MAX(n, most)                                                                          \
	{                                                                                          \
		.name = (n), .type = PARAM_TEXT, .max = (most)                                     \
	}
#define NEED(n)                                                                                    \
	{                                                                                          \
		.name = (n), .type = PARAM_TEXT, .required = true                                  \
	}
#define INT(n, least, most)                                                                        \
	{                                                                                          \
		.name = (n), .type = PARAM_INT, .min = (least), .max = (most)                      \
	}
#define BOOL(n)                                                                                    \
	{                                                                                          \
		.name = (n), .type = PARAM_BOOL                                                    \
	}
#define LIST(n, most)                                                                              \
	{                                                                                          \
		.name = (n), .type = PARAM_LIST, .max = (most)                                     \
	}
#define NEED_LIST(n, most)                                                                         \
	{                                                                                          \
		.name = (n), .type = PARAM_LIST, .max = (most), .required = true                   \
	}
#define TAGS(n)                                                                                    \
	{                                                                                          \
		.name = (n), .type = PARAM_TAGS, .max = 20                                         \
	}
#define NEED_TAGS(n)                                                                               \
	{                                                                                          \
		.name = (n), .type = PARAM_TAGS, .max = 20, .required = true                       \
	}
#define JSON(n, table)                                                                             \
	{                                                                                          \
		.name = (n), .type = PARAM_JSON, .members = (table)                                \
	}
#define DECIMAL(n)                                                                                 \
	{                                                                                          \
		.name = (n), .type = PARAM_DECIMAL                                                 \
	}
#define NEED_INT(n, least, most)                                                                   \
	{                                                                                          \
		.name = (n), .type = PARAM_INT, .min = (least), .max = (most), .required = true    \
	}
/* Name.N.Member: rows of a list of objects, flattened. */
#define ROWS(n, most, table)                                                                       \
	{                                                                                          \
		.name = (n), .type = PARAM_ROWS, .max = (most), .members = (table)                 \
	}
#define NEED_ROWS(n, most, table)                                                                  \
	{                                                                                          \
		.name = (n), .type = PARAM_ROWS, .max = (most), .members = (table),                \
		.required = true                                                                   \
	}
#define WORDS(n, list)                                                                             \
	{                                                                                          \
		.name = (n), .type = PARAM_TEXT, .words = (list)                                   \
	}
#define NEED_WORDS(n, list)                                                                        \
	{                                                                                          \
		.name = (n), .type = PARAM_TEXT, .words = (list), .required = true                 \
	}
#define LIST_WORDS(n, most, list)                                                                  \
	{                                                                                          \
		.name = (n), .type = PARAM_LIST, .max = (most), .words = (list)                    \
	}
#define NEED_JSON(n, table)                                                                        \
	{                                                                                          \
		.name = (n), .type = PARAM_JSON, .members = (table), .required = true              \
	}
#define INTS(n, least, most)                                                                       \
	{                                                                                          \
		.name = (n), .type = PARAM_INTS, .min = (least), .max = (most)                     \
	}
#define OBJECTS(n, most, table)                                                                    \
	{                                                                                          \
		.name = (n), .type = PARAM_OBJECTS, .max = (most), .members = (table)              \
	}
#define PAGE INT("MaxResults", 1, 100), TEXT("NextToken")
#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
