#pragma once
/*
 * The codes by which a call that may cost money is known to have been refused before any effect
 * (eds-aic 8, appstream-center 10, bssopenapi 9), written down a second time: a code that gets onto
 * the list of cloud/outcome.c has to be put here as well, by somebody who has read why.
 */

static const char *const refusals[] = {
	"ORDER.ACCOUNT_STATUS_ILLEGAL",
	"ORDER.ACCOUNT_INFORMATION_INCOMPLETE",
	"Throttling",
	"Rejected.Throttling",
	"TooManyRequests",
	"INSUFFICIENT.AVAILABLE.QUOTA",
	"InsufficientBalance",
	"ACCOUNT_BALANCE_EXCEEDED",
	"StockError.NoStock",
	"OperationDenied.NoStock",
	"ResourceNotAvailable",
	"PURCHASE_QUANTITY_LIMIT",
	"CURRENT_ORDER_QUANTITY_EXCEED",
	"InvalidTimeStamp.Format",
	"IllegalTimestamp",
	"InvalidTimeStamp.Expired",
	"InvalidAccessKeyId",
	"SignatureDoesNotMatch",
	"IncompleteSignature",
	"InvalidSignatureMethod",
	"MissingSecurityToken",
	"InvalidSecurityToken",
	"Forbidden",
	"Forbbiden.SubUser",
	"Forbedden.NotSupportRAM",
	"NoPermission",
	"NotAuthorized",
	"InvalidOwner",
	"InvalidCaller",
	"InvalidApi.NotFound",
	"InvalidProduct.NotFound",
	"InvalidAction",
	"InvalidAction.NotFound",
	"NoSuchVersion",
	"InvalidVersion",
	"UnsupportedOperation",
	"UnsupportedHTTPMethod",
	"InvalidProtocol.NeedSsl",
	"NotApplicable",
	"ProductCode.NotFound",
	"UnsupportedParameter",
	"InvalidRegion.NotMatch",
	"InvalidSpecId.Missing",
	"InvalidModuleCode",
	"InvalidConfigCode",
	"COMMODITY.INVALID_COMPONENT",
	"OperationDenied.ProductNotSupport",
	"Invalid_Product_Code",
	"PARAM_ERROR",
	"InvalidResourceId.NotFound",
	"InvalidInstanceGroup.NotFound",
	"InvalidInstanceGroupId.NotFound",
	"InvalidAndroidInstanceGroup.NotFound",
	"InvalidAppInstanceGroup.NotFound",
	"InvalidAppInstanceGroupSpecItem.NotFound",
	"InvalidBrowserInstanceGroup.NotFound",
	"InvalidImage.NotFound",
	"InvalidImageId.NotFound",
	"InvalidKeyPair.NotFound",
	"InvalidKeyPairId.NotFound",
	"OperationConflict",
	"OperationBusy",
	"ResourceStatusError",
	"IncorrectInstanceStatus",
	"IncorrectInstanceGroupStatus",
};

/* All that begin so. */
static const char *const refusal_families[] = {
	"Throttling.",           "QuotaExceeded", "LimitExceeded",    "InvalidAccessKeyId.",
	"InvalidSecurityToken.", "Forbidden.",    "InvalidParameter", "MissingParameter",
};

/* A person decides: it may be ours, or somebody else's. */
static const char *const holds[] = {
	"IdempotentParameterMismatch",
	"Has.effect.suit",
	"ORDER.OPEND",
	"INSTANCE_ID_IS_NOT_UNIQUE",
};
