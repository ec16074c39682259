#pragma once
/*
 * Token buckets in cloud time, one per operation, as the real service counts.
 */
#include <stdint.h>

#include "base/vec.h"

struct sim_bucket {
	const void *operation;
	double tokens;
	uint64_t at_cloud_ms;
};

struct sim_throttle {
	double per_s; /* 0: off */
	VEC(struct sim_bucket) buckets;
};

/* 0 let through, else the cloud milliseconds after which it would be; -ENOMEM. */
int64_t sim_throttle_take(struct sim_throttle *throttle, const void *operation, uint64_t cloud_ms);
void sim_throttle_fini(struct sim_throttle *throttle);
