#pragma once
/*
 * How the cloud groups of a kind, and the instances in them, are listed: one row per kind.
 * observe/ follows the pages and knows nothing else of a kind. The rows' functions live with
 * the kind's other calls (android_query.c, stream_query.c, purchase_query.c).
 */
#include <cjson/cJSON.h>

#include "base/jsonw.h"
#include "cloud/operations.h"
#include "model/desired.h"
#include "model/observed.h"
#include "model/params.h"

/* What one listing of cloud groups asks for; both NULL: all there are. */
struct listing_scope {
	const char *product;         /* purchase: a product code */
	const struct text_list *ids; /* purchase: these, at most 100 */
};

struct listing_kind {
	enum operation groups;
	bool scoped; /* lists by scope only: there is no listing of all */
	int (*encode_groups)(const struct listing_scope *scope, struct params *ret);
	int (*group_row)(const cJSON *row, struct observed *strings, struct observed_group *ret);

	/* OP_MAX_: a group's row says all there is to know, its instances are not listed. */
	enum operation instances;
	size_t batch; /* most cloud groups in one listing of instances */
	int (*encode_instances)(const struct text_list *groups, struct params *ret);
	/* @group (OBSERVED_ID_SIZE) is set to "" where a row does not name its cloud group: then
	 * batch is 1. */
	int (*instance_row)(const cJSON *row, struct observed *strings,
			    struct observed_instance *ret, char *group);
	/* After the instances of @g were listed whole: what follows from the two together. NULL:
	 * nothing. */
	void (*settle_group)(struct observed_group *g);

	/* For a person: every documented field of what is in some cloud groups, by their ids.
	 * detail_row() prints one row as JSON with the API's names and says its id: 0, -EBADMSG,
	 * or -ENOMEM. */
	enum operation detail;
	size_t detail_batch;
	int (*encode_detail)(const struct text_list *groups, struct params *ret);
	int (*detail_row)(const cJSON *row, char id[OBSERVED_ID_SIZE], struct jsonw *out);

	/* One small call for how many instances of @fleet run (TotalCount). OP_MAX_: none. */
	enum operation count;
	int (*encode_count)(const char *fleet, struct params *ret);
};

/* NULL for a value outside the enum. */
const struct listing_kind *listing_of(enum kind kind);

extern const struct listing_kind listing_cloud_phone;
extern const struct listing_kind listing_app_streaming;
extern const struct listing_kind listing_purchase;
