/*
 * An account belongs to one of two sites, and only that site's billing endpoint serves it
 * (bssopenapi 2). Which one is learned by reads: the wrong one answers NotApplicable, then the
 * read is made once more at the other. A purchase is never made anywhere but where the settings
 * say: a person has to change them.
 */
#include <string.h>

#include "cloud/cloud_state.h"

#define WRONG_SITE "NotApplicable"

static bool has_two_sites(const struct cloud_call *call)
{
	return operation_info(call->op)->service == SERVICE_BSS && call_is_read(call) &&
	       *call->cloud->site.other.url;
}

void site_choose(struct cloud_call *call)
{
	if (!has_two_sites(call))
		call->at_other = false;
	else if (!call->crossed)
		call->at_other = call->cloud->site.reads_other;
}

static void learn(struct cloud *cloud, bool at_other)
{
	if (cloud->site.reads_other == at_other)
		return;
	cloud->site.reads_other = at_other;
	if (cloud->o.on_site)
		cloud->o.on_site(cloud->o.data, cloud_account_site(cloud));
}

bool cloud_site_refuses(enum outcome outcome, const char *code)
{
	return outcome == OUTCOME_REJECTED && strcmp(code, WRONG_SITE) == 0;
}

bool site_is_nowhere(const struct cloud_reply *reply)
{
	return reply->outcome == OUTCOME_AUTH && strcmp(reply->code, WRONG_SITE) == 0;
}

bool site_cross(struct cloud_call *call, struct cloud_reply *reply)
{
	struct cloud *cloud = call->cloud;
	if (!has_two_sites(call))
		return false;
	if (call->crossed && reply->outcome == OUTCOME_DONE)
		learn(cloud, call->at_other);
	if (!cloud_site_refuses(reply->outcome, reply->code))
		return false;
	if (call->crossed) { /* nowhere: also said to callers who may not use an operation at all */
		reply->outcome = OUTCOME_AUTH;
		return false;
	}
	if (call->cancelled || cloud->closing)
		return false;
	settle_abandon_trials(call);
	call->crossed = true;
	call->at_other = !call->at_other;
	cloud->stats.retries++;
	call_requeue(call, env_mono_ms(cloud->o.env));
	return true;
}

enum site cloud_account_site(const struct cloud *cloud)
{
	bool international = cloud->site.of_settings == SITE_INTERNATIONAL;
	return international != cloud->site.reads_other ? SITE_INTERNATIONAL : SITE_CHINA;
}

bool cloud_site_is_other(const struct cloud *cloud)
{
	return cloud->site.reads_other;
}
