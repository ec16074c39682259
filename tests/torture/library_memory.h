#pragma once
/*
 * Memory as a library asks for it: LIBRARY_MEMORY(libyaml, LIBRARY_YAML) makes libyaml_malloc() and its
 * like, which count and may fail.
 */
#include <stdlib.h>
#include <string.h>

#include "faults.h"

#define LIBRARY_MEMORY(prefix, library)                                                                   \
	void *prefix##_malloc(size_t size);                                                               \
	void *prefix##_calloc(size_t n, size_t size);                                                     \
	void *prefix##_realloc(void *p, size_t size);                                                     \
	char *prefix##_strdup(const char *text);                                                          \
                                                                                                          \
	void *prefix##_malloc(size_t size)                                                                \
	{                                                                                                 \
		return faults_strike_library(library) ? NULL : malloc(size);                              \
	}                                                                                                 \
                                                                                                          \
	void *prefix##_calloc(size_t n, size_t size)                                                      \
	{                                                                                                 \
		return faults_strike_library(library) ? NULL : calloc(n, size);                           \
	}                                                                                                 \
                                                                                                          \
	void *prefix##_realloc(void *p, size_t size)                                                      \
	{                                                                                                 \
		return faults_strike_library(library) ? NULL : realloc(p, size);                          \
	}                                                                                                 \
                                                                                                          \
	char *prefix##_strdup(const char *text)                                                           \
	{                                                                                                 \
		return faults_strike_library(library) ? NULL : strdup(text);                              \
	}
