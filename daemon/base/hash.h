#pragma once
/*
 * uthash as we use it: no memory is an error that the caller sees (the element's hh.tbl stays
 * NULL), and a hash function without fall-through that every compiler accepts.
 */
#define uthash_fatal(msg) ((void)0)
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION HASH_FNV
#include <uthash.h>
