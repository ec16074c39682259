#pragma once
/*
 * What the cloud says exists, with how complete and how old each part is. Kept by
 * observe/ across cycles: a complete listing replaces what it covers, an incomplete
 * one changes nothing. Read by plan/ and report/.
 *
 * Short strings are interned in the observation: equal text is one pointer, and all
 * pointers live as long as the struct observed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/desired.h"
#include "model/kind.h"

#define OBSERVED_ID_SIZE 40 /* ids are about 21 characters; a longer one fails decoding */
/* 1 to OBSERVED_ID_SIZE - 1 visible ASCII characters. What is none is taken from no answer: it
 * could not be asked about, and the ledger would refuse to keep it. */
bool observed_is_id(const char *text);

/* eds-aic 5.1, in that order */
enum instance_status {
	INSTANCE_CREATING,
	INSTANCE_STARTING,
	INSTANCE_RUNNING,
	INSTANCE_STOPPING,
	INSTANCE_STOPPED,
	INSTANCE_REBOOTING,
	INSTANCE_RESETTING,
	INSTANCE_BACKUPING,
	INSTANCE_BACKUP_FAILED,
	INSTANCE_RECOVERING,
	INSTANCE_RECOVER_FAILED,
	INSTANCE_UNAVAILABLE,
	INSTANCE_FAILED,
	INSTANCE_DELETING,
	INSTANCE_DELETED,
	INSTANCE_UNKNOWN, /* a word we do not know: kept, counted, reported */
};

/* eds-aic 5.2 */
enum group_status {
	GROUP_CREATING,
	GROUP_RUNNING,
	GROUP_UPDATING,
	GROUP_UPDATING_FAILED,
	GROUP_FAILED,
	GROUP_UNAVAILABLE, /* exists, but cannot be used: arrears, or the cloud does not say why */
	GROUP_EXPIRED,
	GROUP_DELETING,
	GROUP_DELETED,
	GROUP_UNKNOWN,
};

struct observed_instance {
	char id[OBSERVED_ID_SIZE];
	enum instance_status status;
	bool connected;          /* SessionStatus = connect: a person is using it */
	const char *status_text; /* as the cloud wrote it */
	const char *key_pair;    /* "" when none */
	const char *tags;        /* see tags_get() */
	uint64_t created_ms;     /* wall; 0 unknown */
	uint64_t expires_ms;     /* wall; 0 none */
};

struct observed_group {
	char id[OBSERVED_ID_SIZE];
	enum kind kind;
	enum group_status status;
	const char *status_text;
	const char *error_code; /* "" when none */
	const char *name;
	const char *region;
	const char *spec;
	const char *image;
	const char *bandwidth_package; /* "" when none */
	const char *tags;
	enum charge_type charge;
	int64_t number;     /* NumberOfInstances; -1 when absent */
	int64_t available;  /* AvailableInstanceAmount: neither DELETING nor DELETED; -1 absent.
			       Of a delivery group: its nodes, less the elastic ones; of a purchase: 1 */
	bool counted;       /* its row has no number: that comes from listing what is in it */
	int64_t elastic;    /* nodes that scaling has added, beside those that are available */
	const char *pool;   /* node pool id, "" none */
	/* What else reads back, as tags are: API name (dotted where nested) and value as the
	 * create call would write it. For drift. */
	const char *attributes;
	/* A purchase may be told as working for a while after it has expired: whoever needs to
	 * know compares expires_ms with the time (bssopenapi 3.2). */
	uint64_t created_ms, expires_ms;

	/* The last complete listing of its instances; NULL/0 until there was one. */
	struct observed_instance *instances; /* sorted by id */
	size_t n_instances;
	uint64_t listed_mono_ms;    /* when that listing was complete; 0 = never */
	uint64_t ids_since_mono_ms; /* since when complete listings agree on the ids */
	bool seen;                  /* internal to observe: mark of the current listing */
};

struct intern;

/* The listings of one kind's cloud groups: each kind is another service, and one that fails
 * says nothing about the others. */
struct observed_listing {
	bool complete;              /* the newest one ended complete */
	uint64_t listed_mono_ms;    /* when the last complete one ended; 0 = never */
	uint64_t ids_since_mono_ms; /* since when complete ones agree on the ids */
	unsigned complete_listings; /* how many in all since start */
	/* The last complete one listed these products and some ids, not all that there is. */
	bool by_product;
	struct text_list products;
};

struct observed {
	struct observed_group *groups; /* sorted by id; ids are unique over all kinds */
	size_t n_groups;
	struct observed_listing of[KIND_MAX_];
	struct intern *strings;
	const char *last_tags; /* internal to cloud: of the row that was decoded last */
};

void observed_init(struct observed *o);
void observed_fini(struct observed *o);
/* The interned copy of @text (NULL is ""). NULL without memory. */
const char *observed_intern(struct observed *o, const char *text);
struct observed_group *observed_find_group(const struct observed *o, const char *id);
/* Would what there is of @product be in the last complete listing of @kind? "": it is of none. */
bool observed_covers(const struct observed *o, enum kind kind, const char *product);

enum instance_status instance_status_from_text(const char *text);
const char *instance_status_name(enum instance_status s); /* "UNKNOWN" for unknown */
enum group_status group_status_from_text(const char *text);
const char *group_status_name(enum group_status s);

/* Committed: exists and may be billed. Everything but DELETING and DELETED. */
static inline bool instance_is_committed(enum instance_status s)
{
	return s != INSTANCE_DELETING && s != INSTANCE_DELETED;
}
/* Will change by itself: worth asking again soon. */
bool instance_is_transient(enum instance_status s);

/*
 * Tags in one string: "key\x1fvalue\x1e" pairs sorted by key. tags_get() returns the
 * length of the value and points *ret_value at it, or -1 when @key is absent.
 */
#define TAGS_SEPARATOR '\x1f'
#define TAGS_END '\x1e'
int tags_get(const char *tags, const char *key, const char **ret_value);
bool tags_has(const char *tags, const char *key, const char *value); /* exact value */

/* Our marks (design: owner mark on everything created). */
#define MARK_FLEET "drover:fleet"
#define MARK_GROUP "drover:group"
#define MARK_INTENT "drover:intent"
#define MARK_OWNER "drover:owner"
#define MARK_REMOVE "drover:remove"
