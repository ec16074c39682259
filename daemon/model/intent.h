#pragma once
/*
 * One intended change of the cloud, from the moment it is recorded until it is
 * settled. This is the row of the ledger, the object of the executor and what the
 * plan counts as in flight.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/money.h"
#include "model/desired.h"
#include "model/kind.h"

enum verb {
	VERB_CREATE,      /* a new cloud group */
	VERB_GROW,        /* more instances in a cloud group */
	VERB_SHRINK,      /* named instances leave a cloud group */
	VERB_DELETE,      /* a whole cloud group */
	VERB_TAG,         /* named instances get our marks and the user's tags */
	VERB_ATTACH_KEY,  /* named instances get the key pair */
	VERB_START,       /* named instances are switched on */
	VERB_REBOOT,
	VERB_RESET,
	VERB_CONFIGURE,    /* settings of a cloud group that read back otherwise */
	VERB_SET_SCALING,  /* how its node pool scales */
	VERB_UPDATE_IMAGE, /* its image; disconnects whoever uses it */
	VERB_MAX_,
};

/* The life of a call; the allowed moves are the table in act/executor.c. */
enum intent_state {
	INTENT_RECORDED,  /* durable, not sent (or provably without effect): may be sent */
	INTENT_SENT,      /* durable before the first byte; no answer yet */
	INTENT_UNCLEAR,   /* may have had its effect: replayed by token or looked for */
	INTENT_DONE,      /* the cloud said yes, or we found what it made */
	INTENT_REJECTED,  /* the cloud said no, before any effect */
	INTENT_HELD,      /* cannot be decided by itself: waits for a person */
	INTENT_ABSENT,    /* looked for long enough: it had no effect */
	INTENT_STATE_MAX_,
};

#define INTENT_KEY_SIZE 27 /* 16 random bytes in base32 */

struct intent {
	int64_t id;                 /* ledger row; 0 until recorded */
	char key[INTENT_KEY_SIZE];  /* identity outside: the drover:intent mark */
	enum verb verb;
	enum kind kind;
	enum intent_state state;
	char *operation;            /* API operation name */
	char *group;                /* desired group */
	char *region;
	char *cloud_group;          /* target id; "" for a create until it is known */
	char *name;                 /* name given to a new cloud group; "" otherwise */
	char *token;                /* ClientToken; "" where the call has none */
	char *params;               /* canonical text of the parameters, complete */
	int64_t count;              /* instances it adds, removes or touches */
	int64_t total;              /* calls that state an absolute number: that number; else 0 */
	int64_t price_micro;        /* a buy: what all of it costs for one period; 0 = not known */
	char currency[MONEY_CURRENCY_SIZE]; /* of that; "" not known */
	struct text_list before;    /* GROW: instance ids known before the call */
	struct text_list targets;   /* ids it names: victims, instances to tag, ... */
	enum charge_type charge;
	bool buys;                  /* may cost money: create and grow */
	bool unpaid;                /* leaves an order that a person pays */
	uint64_t fingerprint;       /* of the desired group when recorded */
	uint64_t generation;
	uint64_t created_wall_ms;
	uint64_t first_sent_wall_ms; /* 0 = never sent */
	uint64_t last_sent_wall_ms;
	int sends;
	int looks;                  /* complete looks that found nothing, since unclear */
	int looks_late;             /* those of them after the replay window */
	/* the answer */
	char *result_group;         /* cloud group id; "" unknown */
	struct text_list result;    /* instance ids it made */
	char *order_id;             /* "" none; digits kept as text */
	char *code;                 /* last error code; "" none */
	char *message;              /* last error message, shortened */
	char *request_id;
	uint64_t settled_wall_ms;
	bool landed;                /* what it made was seen in a complete listing */
};

struct intent *intent_new(void); /* all strings "", id 0 */
struct intent *intent_free(struct intent *i);
int intent_copy(const struct intent *from, struct intent **ret); /* 0 or -ENOMEM */
DEFINE_CLEANUP(struct intent *, intent_free)
#define auto_intent cleanup(intent_freep)

const char *verb_name(enum verb v);          /* "create", "grow", ... */
const char *intent_state_name(enum intent_state s);
/* Unsettled: it may still have an effect, or its effect is not known. */
bool intent_is_open(const struct intent *i);
/* A create that was done, though nothing has told yet what it made. */
bool intent_is_unnamed(const struct intent *i);
/* Replaces *field with a copy of @text (NULL is ""). 0 or -ENOMEM. */
int intent_set(char **field, const char *text);
