#pragma once
/*
 * Scope-bound release of heap objects, and the idioms that go with it.
 * Not for objects that close asynchronously (anything holding a uv handle).
 */
#include <stddef.h>
#include <stdlib.h>

#define cleanup(fn) __attribute__((__cleanup__(fn)))

/* Defines destroy##p(), the form the cleanup attribute wants; @type is the pointer
 * type, @destroy accepts NULL. */
#define DEFINE_CLEANUP(type, destroy)                                                              \
	static inline void destroy##p(type *p)                                                     \
	{                                                                                          \
		if (*p)                                                                            \
			(void)destroy(*p);                                                         \
	}

/* Hands ownership on: yields the value and leaves NULL behind. */
#define TAKE(p)                                                                                    \
	__extension__({                                                                            \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void freep(void *p)
{
	free(*(void **)p);
}
#define auto_free cleanup(freep)
