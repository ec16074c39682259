#include "cloud/listings.h"

/* The one table of kinds. */
const struct listing_kind *listing_of(enum kind kind)
{
	static const struct listing_kind *const kinds[KIND_MAX_] = {
		[KIND_CLOUD_PHONE] = &listing_cloud_phone,
		[KIND_APP_STREAMING] = &listing_app_streaming,
		[KIND_PURCHASE] = &listing_purchase,
	};
	return kind >= 0 && kind < KIND_MAX_ ? kinds[kind] : NULL;
}
