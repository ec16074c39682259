#pragma once
/*
 * Every cap on sizes and counts that come from outside, with its reason.
 */

/* Configuration files: the largest sensible fleet is some thousand lines. */
#define LIMIT_CONFIG_BYTES (1024u * 1024u)
#define LIMIT_YAML_DEPTH 16
#define LIMIT_YAML_NODES 200000
#define LIMIT_DIAGS 50 /* complaints shown; more do not help a reader */
#define LIMIT_GROUPS 10000

/* HTTP answers: a page of 100 instances is about 180 KB of JSON. */
#define LIMIT_BODY_BYTES (4u * 1024u * 1024u) /* decompressed */
#define LIMIT_HEADER_BYTES (64u * 1024u)
#define LIMIT_JSON_DEPTH 64

/* Listings: the page size of every operation we list with (eds-aic 1), and a
 * bound on pages so that a token that never ends cannot hold the daemon. */
#define LIMIT_PAGE_SIZE 100
#define LIMIT_PAGES 100000

/* Ids and names of the cloud; the longest seen are 30 characters. */
#define LIMIT_ID_BYTES 64
#define LIMIT_NAME_BYTES 128

#define LIMIT_CREDENTIAL_FILE_BYTES (256u * 1024u)
/* A request to the control socket: at most a fleet file to be planned. */
#define LIMIT_CONTROL_BODY_BYTES LIMIT_CONFIG_BYTES
#define LIMIT_CONTROL_CONNECTIONS 64
/* An answer of it: 10,000 groups take about 5 MiB, the rest are victims' ids. */
#define LIMIT_STATUS_BYTES (64u * 1024u * 1024u)
/* A group's instances in it with every field, about 2 KB each: some 16,000. */
#define LIMIT_INSTANCES_BYTES (32u * 1024u * 1024u)
#define LIMIT_LOG_RECORD_BYTES (16u * 1024u)
#define LIMIT_LOG_RING 4096
