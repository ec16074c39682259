#pragma once
/*
 * The operations themselves; sim_operations.c has their table. Each follows the rule of
 * sim_call.h: check everything, then change, then answer.
 */
#include "sim_call.h"
#include "sim_model.h"

int sim_create_group(struct sim_call *call);
int sim_upgrade_group(struct sim_call *call);
int sim_downgrade_group(struct sim_call *call);
int sim_delete_groups(struct sim_call *call);
int sim_renew_groups(struct sim_call *call);
int sim_modify_group(struct sim_call *call);

int sim_describe_groups(struct sim_call *call);
int sim_describe_instances(struct sim_call *call);

int sim_start_instances(struct sim_call *call);
int sim_stop_instances(struct sim_call *call);
int sim_reboot_instances(struct sim_call *call);
int sim_reset_instances(struct sim_call *call);
int sim_attach_key_pair(struct sim_call *call);
int sim_describe_tasks(struct sim_call *call);

int sim_tag_resources(struct sim_call *call);
int sim_untag_resources(struct sim_call *call);
int sim_list_tag_resources(struct sim_call *call);

int sim_describe_regions(struct sim_call *call);
int sim_describe_spec(struct sim_call *call);
int sim_describe_image_list(struct sim_call *call);
int sim_describe_key_pairs(struct sim_call *call);
int sim_check_resource_stock(struct sim_call *call);

int sim_get_order_detail(struct sim_call *call);
int sim_query_orders(struct sim_call *call);
int sim_create_instance(struct sim_call *call);
int sim_query_available_instances(struct sim_call *call);
int sim_cancel_order(struct sim_call *call);
int sim_set_renewal(struct sim_call *call);
int sim_refund_instance(struct sim_call *call);
int sim_query_account_balance(struct sim_call *call);
int sim_get_subscription_price(struct sim_call *call);
int sim_get_pay_as_you_go_price(struct sim_call *call);
int sim_describe_pricing_module(struct sim_call *call);
int sim_query_product_list(struct sim_call *call);

/* Shared checks. 0, SIM_REFUSED or -ENOMEM. */
/* The account belongs to the site whose endpoint was called (bssopenapi 2). */
int sim_check_site(struct sim_call *call);
/* ProductCode, ProductType and SubscriptionType name something that is sold there. */
int sim_check_article(struct sim_call *call, const struct sim_article **ret_article);
/* A comma list of ids is not too long. */
#define SIM_IDS_MAX 100
int sim_check_ids(struct sim_call *call, const char *name);
int sim_check_region(struct sim_call *call,
		     const struct sim_region **ret_region); /* NULL: none given */
/* The group named by parameter @name, which must exist and not be leaving. */
int sim_check_group(struct sim_call *call, const char *name, struct sim_group **ret_group);
/* Tags of the call as a set of their own; refuses bad keys. */
int sim_check_tags(struct sim_call *call, const char *name, struct sim_tags **ret_tags);
/* The tags of a filter, as they are; values may be NULL. The table bounds their number. */
#define SIM_TAGS_MAX 20 /* also on one thing (eds-aic 4.17, appstream-center 3.18) */
size_t sim_read_tags(const struct sim_call *call, const char *name,
		     struct sim_tag ret_tags[SIM_TAGS_MAX]);
/* What the ageing faults have decided for this call. */
enum sim_fate sim_fate_of(const struct sim_call *call);
/* How many phones a call makes that asks for so many, and how many of @n its answer names:
 * partial success. */
unsigned sim_made(const struct sim_call *call, int64_t asked);
size_t sim_named_ids(const struct sim_call *call, size_t n);
/* Period and PeriodUnit as a duration; "Hour" only where @hours. */
int sim_period_ms(struct sim_call *call, const char *absent_unit, bool hours, uint64_t *ret_ms);
/* Puts a copy of @value into @text; NULL leaves it as it is. 0 or -ENOMEM. */
int sim_replace(char **text, const char *value);
bool sim_is_name(const char *name);
uint64_t sim_price_cents(const struct sim_wish *wish, unsigned instances, uint64_t period_ms);
/* Runs an operation that takes a ClientToken. One that was used within the window gives its
 * first answer again; with other parameters it is refused; a refused call does not use its
 * token up. */
int sim_once(struct sim_call *call, int (*run)(struct sim_call *call));
void sim_token_free(struct sim_token *token);
