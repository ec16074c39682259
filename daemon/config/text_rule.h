#pragma once
/*
 * What a text may look like: a name, an id, a URL. Each rule is a predicate, the
 * words that follow "must be", and a pattern for the documentation and JSON Schema.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_rule {
	const char *what;    /* "a region id such as cn-hangzhou" */
	const char *pattern; /* POSIX extended = ECMA for these; NULL where none says it */
	bool (*fits)(const char *text);
	bool may_hold_secret; /* a value with '@' is not repeated in complaints */
	bool may_be_empty;    /* "" means something here */
};

extern const struct text_rule rule_group_name;
extern const struct text_rule rule_fleet_name;
extern const struct text_rule rule_region;
extern const struct text_rule rule_id;
extern const struct text_rule rule_cloud_group_id;
extern const struct text_rule rule_delivery_group_id;
extern const struct text_rule rule_cidr;
extern const struct text_rule rule_domain;
extern const struct text_rule rule_date;
extern const struct text_rule rule_time_of_day;
extern const struct text_rule rule_path;
extern const struct text_rule rule_socket;
extern const struct text_rule rule_profile;
extern const struct text_rule rule_role_arn;
extern const struct text_rule rule_session_name;
extern const struct text_rule rule_external_id;
extern const struct text_rule rule_role_name; /* may be empty */
extern const struct text_rule rule_endpoint;
extern const struct text_rule rule_metadata;
extern const struct text_rule rule_money; /* of money_parse_sum() */
extern const struct text_rule rule_any;

/* Days since 1970 of a yyyy-MM-dd that exists; false for any other text. */
bool date_days(const char *text, uint64_t *ret);
/* Minutes since midnight of an HH:mm; false for any other text. */
bool time_of_day_minutes(const char *text, int *ret);
/* Characters, not bytes, of valid UTF-8. */
size_t text_length(const char *text);
/* What is wrong with a user's tag key or value ("must not start with acs:"), or NULL. */
const char *tag_key_fault(const char *key);
const char *tag_value_fault(const char *value);
