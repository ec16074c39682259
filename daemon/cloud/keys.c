/*
 * The keys in force: how long they are good, and for which calls.
 */
#include "base/cleanup.h"
#include "cloud/cloud_state.h"

uint64_t cloud_wall_ms(const struct cloud *cloud)
{
	return clock_corrected(&cloud->clock, env_wall_ms(cloud->o.env));
}

const struct credentials *cloud_credentials(const struct cloud *cloud)
{
	return cloud->keys.credentials;
}

void cloud_watch_keys(struct cloud *cloud, void (*ended)(void *data), void *data)
{
	cloud->keys.on_ended = ended;
	cloud->keys.data = data;
}

void cloud_set_credentials(struct cloud *cloud, struct credentials *credentials)
{
	struct credentials *old = cloud->keys.credentials;
	cloud->keys.credentials = credentials_ref(credentials);
	(void)credentials_free(old);
	cloud->keys.ended = cloud->keys.proved = false;
	auth_gate_hurry(&cloud->keys_gate);
	for (size_t i = 0; i < OP_MAX_; i++)
		auth_gate_hurry(&cloud->lanes[i].gate);
	call_wake_soon(cloud);
}

/* Until an answer has told the time, a clock that is far off would have reads wait for ever
 * for keys that have not "ended": they go, and bring the time. */
bool keys_allow(const struct cloud_call *call)
{
	const struct cloud *cloud = call->cloud;
	const struct keys_in_force *keys = &cloud->keys;
	if (call->base_keys)
		return true;
	if (!keys->credentials || keys->ended)
		return false;
	uint64_t end = credentials_expires_ms(keys->credentials), now = cloud_wall_ms(cloud);
	if (end == 0)
		return true;
	if (call_is_read(call))
		return now < end || !cloud->clock_heard;
	return now < end && end - now >= keys->margin_ms;
}

void keys_of_attempt(const struct cloud_call *call, struct credential_keys *ret)
{
	if (call->base_keys)
		*ret = *call->base_keys;
	else if (call->signed_as)
		credentials_keys(call->signed_as, ret);
	else
		*ret = (struct credential_keys){"", "", ""};
}

void keys_prove(struct cloud *cloud, const struct credentials *credentials)
{
	if (credentials && credentials == cloud->keys.credentials) {
		cloud->keys.proved = true;
		cloud->keys.ended_unproved = 0;
	}
}

bool keys_end(struct cloud *cloud, const struct credentials *credentials)
{
	struct keys_in_force *keys = &cloud->keys;
	if (!keys->on_ended || !credentials || credentials_expires_ms(credentials) == 0)
		return false;
	if (credentials != keys->credentials || keys->ended)
		return true;
	if (!keys->proved && keys->ended_unproved > 0)
		return false;
	keys->ended_unproved += !keys->proved;
	keys->ended = true;
	keys->on_ended(keys->data);
	return true;
}
