#include "model/kind.h"

#include <stddef.h>
#include <string.h>

static const char *const kinds[KIND_MAX_] = {
	[KIND_CLOUD_PHONE] = "cloud-phone",
	[KIND_APP_STREAMING] = "app-streaming",
	[KIND_PURCHASE] = "purchase",
};

const char *kind_name(enum kind kind)
{
	return kind >= 0 && kind < KIND_MAX_ ? kinds[kind] : "?";
}

enum kind kind_from_name(const char *name)
{
	for (int i = 0; i < KIND_MAX_; i++)
		if (strcmp(kinds[i], name) == 0)
			return (enum kind)i;
	return KIND_INVALID;
}

const char *charge_type_name(enum charge_type type)
{
	return type == CHARGE_POSTPAID ? "PostPaid" : type == CHARGE_PREPAID ? "PrePaid" : "?";
}

enum charge_type charge_type_from_name(const char *name)
{
	if (name && strcmp(name, "PostPaid") == 0)
		return CHARGE_POSTPAID;
	if (name && strcmp(name, "PrePaid") == 0)
		return CHARGE_PREPAID;
	return CHARGE_UNKNOWN;
}
