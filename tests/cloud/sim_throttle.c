#include "sim_throttle.h"

static struct sim_bucket *bucket_for(struct sim_throttle *throttle, const void *operation,
				     uint64_t cloud_ms)
{
	vec_each(&throttle->buckets, bucket) if (bucket->operation == operation) return bucket;
	struct sim_bucket *bucket = vec_add(&throttle->buckets);
	if (bucket)
		*bucket = (struct sim_bucket){operation, throttle->per_s > 1 ? throttle->per_s : 1,
					      cloud_ms};
	return bucket;
}

int64_t sim_throttle_take(struct sim_throttle *throttle, const void *operation, uint64_t cloud_ms)
{
	if (throttle->per_s <= 0)
		return 0;
	struct sim_bucket *bucket = bucket_for(throttle, operation, cloud_ms);
	if (!bucket)
		return -ENOMEM;
	double burst = throttle->per_s > 1 ? throttle->per_s : 1;
	bucket->tokens += (double)(cloud_ms - bucket->at_cloud_ms) * throttle->per_s / 1000;
	bucket->tokens = bucket->tokens > burst ? burst : bucket->tokens;
	bucket->at_cloud_ms = cloud_ms;
	if (bucket->tokens < 1)
		return 1 + (int64_t)((1 - bucket->tokens) * 1000 / throttle->per_s);
	bucket->tokens -= 1;
	return 0;
}

void sim_throttle_fini(struct sim_throttle *throttle)
{
	vec_free(&throttle->buckets);
}
