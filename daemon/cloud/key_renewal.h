#pragma once
/*
 * Keeps keys in force: sets those that are given at once, asks for those that have to be
 * asked for (the instance's, a role's, or a role's with the instance's), and renews what ends
 * before it does. While that fails the old ones stay in force.
 *
 * Renewing begins settings.credentials.refresh_ms before the end, or at half of the life of
 * keys that live shorter than twice that, and up to a tenth of it earlier, so that a fleet of
 * daemons does not ask at once. After a failure it is tried again after 1 s growing to 60 s,
 * after a refusal every rates.denied_min_ms.
 *
 * Keys from a file that says when they end are read from it again.
 */
#include "base/env.h"
#include "cloud/assume_role.h"
#include "cloud/call.h"
#include "cloud/instance_role.h"
#include "net/http.h"

struct key_renewal;

enum key_event {
	KEY_EVENT_OBTAINED, /* keys are in force: the first ones, or after an episode */
	KEY_EVENT_RENEWED,  /* as usual */
	KEY_EVENT_FAILED,   /* an episode: no new ones for now */
	KEY_EVENT_REFUSED,  /* an episode: nobody gets any until a person has acted */
	KEY_EVENT_LOW,      /* too little time is left for changing calls: they wait */
	KEY_EVENT_ENDED,    /* all calls wait */
};

/* Borrowed for the callback. */
struct key_news {
	enum key_event event;
	const char *source;                   /* where keys are asked for */
	const struct credentials *in_force;   /* NULL: none */
	const char *code, *request_id, *text; /* of a failure or refusal, else "" */
};

struct key_renewal_options {
	struct env *env;
	struct cloud *cloud;
	struct http *http;
	const struct settings *settings; /* copied where kept */
	bool needs_token;                /* of the metadata service, always */
	/* Calls key_renewal_wake() once, in @delay_ms or a little later; a later request
	 * replaces an earlier one. Not after the close. */
	void (*arm)(void *data, uint64_t delay_ms);
	/* Reads the keys' file again. As credentials_load(). */
	int (*load)(void *data, struct credentials **ret, char **reterr_text);
	/* An episode is told once. May come from inside any function of this header. */
	void (*on_news)(void *data, const struct key_news *news);
	void *data;
};

/* @way is what credentials_load() found; a reference is taken. 0, -ENOMEM, or -EINVAL: the
 * settings' metadata endpoint. */
int key_renewal_new(const struct key_renewal_options *options, struct credentials *way,
		    struct key_renewal **ret);
/* @closed fires once, from the loop or at once; http and cloud must live until then. */
void key_renewal_close(struct key_renewal *k, void (*closed)(void *data), void *data);
void key_renewal_wake(struct key_renewal *k);

/* After a reload. Keys of another identity are not used any more, those of the same one until
 * there are new ones. */
void key_renewal_configure(struct key_renewal *k, const struct settings *settings);
void key_renewal_replace(struct key_renewal *k, struct credentials *way);

/* What the last asking failed with, for people; "" when it went well or goes on. */
const char *key_renewal_trouble(const struct key_renewal *k);
/* Where calls to the token service go; NULL: where the settings say. */
const char *key_renewal_sts_url(const struct key_renewal *k);
