#pragma once
/*
 * Where a URL leads, and whether a request may go there at all. Reads the URL with
 * libcurl's own parser, so that what is judged here is what is connected to.
 */
#include <stdbool.h>

#define TARGET_HOST_SIZE 256
#define TARGET_PORT_SIZE 6

struct target {
	char host[TARGET_HOST_SIZE]; /* a literal IPv6 address without its brackets */
	char port[TARGET_PORT_SIZE]; /* never empty */
	bool literal;                /* an address, not a name: nothing to resolve */
	bool plain;                  /* http */
};

/* https to anywhere; http only to a literal loopback address, or when
 * @plain_http_ok. Refuses credentials in the URL, and hosts that two parsers could
 * read differently. Returns 0, -EINVAL or -ENOMEM. */
int target_parse(const char *url, bool plain_http_ok, struct target *ret_target);
