#pragma once
/*
 * What the tests of BssOpenApi share: a client that buys, and looks at what it has.
 */
#include "client.h"

#define DAY UINT64_C(86400000)
#define BASTION                                                                                    \
	"ProductCode=bastionhost", "ProductType=bastionhost", "SubscriptionType=Subscription"
#define VPC "Parameter.1.Code=NetworkType", "Parameter.1.Value=vpc"
#define PLAN "Parameter.2.Code=PlanCode", "Parameter.2.Value=cloudbastion"
#define BUY "CreateInstance", BASTION, "Period=12", VPC, PLAN
#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)
#define CAS "ProductCode=cas", "ProductType=cas", "SubscriptionType=Subscription"
#define KMS_HOURLY "ProductCode=kms", "ProductType=kms_ppi_public_cn", "SubscriptionType=PayAsYouGo"
#define DDOS "ProductCode=ddos", "ProductType=ddoscoo", "SubscriptionType=Subscription"

/* Of the last purchase. */
extern char buyer_order[40], buyer_instance[40];

/* HTTP 200 and Success (bssopenapi 1.2). */
bool buyer_succeeded(const struct client *c);
/* The last answer was that refusal; with 200 it is one of the envelope. */
void buyer_refused(struct client *c, int status, const char *code);
/* Takes the ids from the answer to a purchase that succeeded. */
void buyer_keep(struct client *c);
void buyer_buys(struct client *c);

/* POST /_sim/account, and /_sim/resources/ of what was bought last. */
void buyer_account(struct client *c, const char *json);
void buyer_change(struct client *c, const char *json);

const char *buyer_balance(struct client *c);
/* How many instances are listed. */
int buyer_count(struct client *c);
/* A member of the row of what was bought last. */
const char *buyer_row(struct client *c, const char *name);
/* The status of the order of it. */
const char *buyer_order_state(struct client *c);
