#pragma once
/*
 * Counters and gauges in the Prometheus text form. One owner, one thread: the loop.
 */
#include <stdint.h>

#include "base/vec.h"
#include "report/status.h"

enum metric {
#define METRIC(name, type, exposed, label1, label2, help) METRIC_##name,
#include "report/metrics.def"
#undef METRIC
	METRIC_MAX_,
};

struct metric_sample {
	enum metric metric;
	char *label1, *label2; /* values; "" where the metric has no such label */
	int64_t value;
};

struct metrics {
	VEC(struct metric_sample) samples; /* sorted by metric, then labels */
};

void metrics_fini(struct metrics *m);
/* Label values NULL where the metric has none. Without memory the change is lost: metrics
 * never stop the daemon. */
void metrics_add(struct metrics *m, enum metric metric, const char *label1, const char *label2,
		 int64_t more);
void metrics_set(struct metrics *m, enum metric metric, const char *label1, const char *label2,
		 int64_t value);
/* Everything, with the groups and orders of @v. 0, -ENOMEM or -E2BIG. */
int metrics_text(const struct metrics *m, const struct status_view *v, char **ret_text);
