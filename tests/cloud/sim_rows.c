#include "sim_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_page.h"

#define TAIL_MAX ((size_t)64 << 10)

static const char *shown_status(const struct sim_call *call, const char *status)
{
	return sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS) ? sim_unknown_word(call)
									  : status;
}

/* Only subscriptions end. Groups show 2027-06-29 07:25:31, instances 2027-06-29T07:25:31Z
 * (eds-aic 1). */
static void expiry(const struct sim_call *call, const struct sim_group *group, bool iso,
		   char out[TIMEFMT_SIZE])
{
	out[0] = '\0';
	if (!group->wish.prepaid)
		return;
	uint64_t wall = sim_group_expiry_wall_ms(call->sim, group);
	if (iso)
		timefmt_iso(wall, out);
	else
		sim_format_time(wall, out);
}

static void add_disks(struct strbuf *out, const struct sim_spec *spec)
{
	json_key(out, "Disks");
	strbuf_addf(out, "[{\"DiskType\":\"SYSTEM\",\"DiskSize\":%u}]", spec->disk_gib);
}

static void add_group_size(struct strbuf *out, const struct sim_group *group)
{
	char text[12];
	(void)snprintf(text, sizeof(text), "%zu", group->instances.n);
	json_text(out, "NumberOfInstances", text); /* a string (eds-aic 1) */
	json_int(out, "AvailableInstanceAmount", sim_group_size(group));
	(void)snprintf(text, sizeof(text), "%u", group->wish.spec->cores);
	json_text(out, "Cpu", text);
	json_int(out, "Memory", group->wish.spec->memory_gib);
	add_disks(out, group->wish.spec);
}

static void add_group_place(struct strbuf *out, const struct sim_group *group)
{
	const struct sim_wish *wish = &group->wish;
	json_text(out, "RegionId", wish->region->id);
	json_text(out, "ZoneId", group->zone);
	json_text(out, "OfficeSiteId", wish->office_site);
	json_text(out, "VSwitchId", wish->vswitch);
	json_text(out, "PolicyGroupId", wish->policy);
	json_text(out, "NetworkType", wish->network_type);
	json_text(out, "BandwidthPackageId", wish->bandwidth_package);
	json_text(out, "BandwidthPackageType", *wish->bandwidth_package ? "cbwp_ecd" : "");
	json_text(out, "BandwidthPackageStatus", *wish->bandwidth_package ? "InUse" : "");
	json_literal(out, ",\"BindQosRules\":{\"totalCount\":0,\"InstanceQosRule\":[]}");
}

void sim_add_group_row(struct sim_call *call, const void *item)
{
	const struct sim_group *group = item;
	const struct sim_wish *wish = &group->wish;
	struct strbuf *out = &call->out;
	char expired[TIMEFMT_SIZE];
	expiry(call, group, false, expired);
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "InstanceGroupId", group->id);
	json_text(out, "InstanceGroupName", wish->name);
	json_text(out, "InstanceGroupStatus", shown_status(call, group->status));
	json_text(out, "ErrorCode", group->error_code);
	json_text(out, "InstanceGroupSpec", wish->spec->id);
	json_text(out, "InstanceGroupSpecDescribe", wish->spec->describe);
	json_text(out, "ChargeType", wish->prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "GmtCreate", group->created);
	json_text(out, "GmtModified", group->modified);
	json_text(out, "GmtExpired", expired);
	json_text(out, "ImageId", wish->image->id);
	json_text(out, "ImageVersion", wish->image->version);
	json_text(out, "SystemVersion", wish->image->system);
	add_group_size(out, group);
	add_group_place(out, group);
	json_text(out, "ArchitectureType", "ARM");
	json_text(out, "RenderingType", wish->gpu ? "GPURemote" : "CPU");
	json_int(out, "ResolutionWidth", 720);
	json_int(out, "ResolutionHeight", 1280);
	json_text(out, "SaleMode", "standard");
	json_literal(out, ",\"Tags\":");
	strbuf_add(out, wish->tags->json);
	json_literal(out, ",\"AppInstanceGroupId\":\"aig-");
	strbuf_add(out, group->id + 3);
	json_literal(out,
		     "\",\"InstalledAppList\":\"\",\"Channel\":\"CLOUDPHONE\",\"PackageId\":\"\","
		     "\"EnableIpv6\":false,\"Ipv6Bandwidth\":0}");
}

/* --- instances */

void sim_instance_ip(const struct sim_instance *instance, char out[SIM_IP_SIZE])
{
	(void)snprintf(out, SIM_IP_SIZE, "10.%u.%u.%u", (unsigned)(instance->seq >> 16 & 0xff),
		       (unsigned)(instance->seq >> 8 & 0xff), (unsigned)(instance->seq & 0xff));
}

static void add_tail_size(struct strbuf *out, const struct sim_wish *wish)
{
	char cpu[12];
	(void)snprintf(cpu, sizeof(cpu), "%u", wish->spec->cores);
	json_text(out, "InstanceType", wish->spec->id);
	json_text(out, "Cpu", cpu);
	json_int(out, "Memory", (int64_t)wish->spec->memory_gib * 1024); /* MiB, here */
	add_disks(out, wish->spec);
	json_text(out, "ChargeType", wish->prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "ImageId", wish->image->id);
	json_text(out, "ImageVersion", wish->image->version);
	json_text(out, "SystemVersion", wish->image->system);
	json_text(out, "BizImageType", wish->image->type);
	json_text(out, "RenderingType", wish->gpu ? "remote" : "local");
}

static void add_tail_network(struct strbuf *out, const struct sim_wish *wish)
{
	json_text(out, "NetworkType", wish->network_type);
	json_text(out, "BandwidthPackageType", *wish->bandwidth_package ? "cbwp_ecd" : "");
	json_text(out, "BandwidthPackageId", wish->bandwidth_package);
	json_literal(out, ",\"UpBandwidthLimit\":5,\"DownBandwidthLimit\":30,\"QosRuleId\":\"\"");
	json_text(out, "PolicyGroupId", wish->policy);
	json_int(out, "StreamMode", wish->stream_mode);
}

/* What all instances of a group have in common, up to the end of the row: written once
 * per group, for it is most of a page's bytes. */
static char *make_tail(const struct sim_group *group)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(TAIL_MAX);
	json_text(&out, "AndroidInstanceGroupId", group->id);
	json_text(&out, "AndroidInstanceGroupName", group->wish.name);
	json_text(&out, "RegionId", group->wish.region->id);
	json_text(&out, "ZoneId", group->zone);
	json_text(&out, "OfficeSiteId", group->wish.office_site);
	json_text(&out, "VSwitchId", group->wish.vswitch);
	add_tail_size(&out, &group->wish);
	add_tail_network(&out, &group->wish);
	json_literal(
		&out,
		",\"PublicIpAddress\":\"\",\"InternetStatus\":\"AVAILABLE\",\"AuthorizedUserId\":"
		"\"\","
		"\"BindUserId\":\"\",\"Rate\":0,\"ErrorCode\":\"\",\"DisplayConfig\":{"
		"\"ResolutionWidth\":720,\"ResolutionHeight\":1280,\"Dpi\":240,\"Fps\":30,"
		"\"LockResolution\":\"off\"},\"BizTags\":[],\"AppManagePolicy\":{"
		"\"AppManagePolicyId\":\"\",\"AppManagePolicyName\":\"\"},\"Channel\":"
		"\"CLOUDPHONE\","
		"\"PackageId\":\"\",\"PhoneDataInfo\":{\"PhoneDataId\":\"\",\"PhoneDataVolume\":0},"
		"\"ServerType\":\"\",\"ServerStatus\":\"\",\"NetworkInterfaceIpv6Address\":"
		"\"null\","
		"\"PublicIpv6Address\":\"null\"");
	json_text(&out, "AppInstanceGroupId", "aig-internal");
	return strbuf_take(&out);
}

static const char *tail_of(struct sim_group *group)
{
	if (!group->row_tail)
		group->row_tail = make_tail(group);
	return group->row_tail;
}

static void add_identity(struct sim_call *call, const struct sim_instance *instance)
{
	struct strbuf *out = &call->out;
	char ip[SIM_IP_SIZE], expired[TIMEFMT_SIZE];
	sim_instance_ip(instance, ip);
	expiry(call, instance->group, true, expired);
	json_text(out, "AndroidInstanceId", instance->id);
	json_text(out, "AndroidInstanceName", instance->id);
	json_text(out, "AndroidInstanceStatus", shown_status(call, instance->status));
	json_text(out, "SessionStatus", instance->session);
	json_text(out, "NetworkInterfaceIp", ip);
	json_text(out, "GmtCreate", instance->created);
	json_text(out, "GmtModified", instance->modified);
	json_text(out, "GmtExpired", expired);
	json_text(out, "KeyPairId", instance->key_pair ? instance->key_pair->id : "");
	json_literal(out, ",\"AppInstanceId\":\"ai-");
	strbuf_add(out, instance->id + 4);
	json_literal(out, "\",\"PersistentAppInstanceId\":\"p-");
	strbuf_add(out, instance->id + 4);
	json_literal(out, "\",\"Tags\":");
	strbuf_add(out, instance->tags->json);
}

void sim_add_instance_row(struct sim_call *call, const void *item)
{
	const struct sim_instance *instance = item;
	struct strbuf *out = &call->out;
	const char *tail = tail_of(instance->group);
	if (!tail) {
		out->error = -ENOMEM;
		return;
	}
	json_comma(out);
	json_literal(out, "{");
	add_identity(call, instance);
	json_literal(out, ",");
	strbuf_add(out, tail);
	json_literal(out, "}");
}
