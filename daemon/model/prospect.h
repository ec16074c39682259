#pragma once
/*
 * A group's chances of getting more instances: learned from replies and checks by act/,
 * read by plan/.
 */
#include <stdbool.h>
#include <stdint.h>

enum prospect_answer {
	CHECK_UNKNOWN,
	CHECK_OK,
	CHECK_BAD,
	CHECK_ASKED, /* being asked: buys wait for the answer */
};

/* What the daemon has learned about a desired group's prospects; kept by app/act. */
struct prospects {
	const char *group;
	int64_t pace;              /* creates and grows that may be under way at once: 1, 2, 4, ... */
	uint64_t not_before_mono_ms; /* back-off after a refused create or grow; 0 = none */
	uint64_t upkeep_not_before_mono_ms; /* the same after any other refused call */
	bool protect;              /* the ledger remembers protect: true (it is sticky) */
	const char *last_refusal;  /* for people; "" none, never NULL */
	bool refused_for_good;     /* rejected for its parameters: only an edit helps */
	uint64_t refused_fingerprint; /* of the group then: an edit lifts it */
	/* checked before the first create: unknown until asked */
	enum prospect_answer image, spec, stock;
	const char *check_text;    /* for people when BAD */
	const char *spec_to_use;   /* a fallback spec in stock; NULL = the group's own */
	/* what one instance costs for one period: in millionths; 0 = not known */
	int64_t price_micro;
	const char *currency;      /* "" not known */
	/* what the account has, for buys that pay by themselves */
	bool balance_known;
	int64_t balance_micro;
};
