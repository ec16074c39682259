#pragma once
/*
 * What can be bought through BssOpenApi, and what it costs. Constant; pointers into it stay
 * valid for ever. Prices are made up.
 *
 * An article is priced by modules (DescribePricingModule), each of which sums the prices of
 * its attributes. Where the code of a purchase's Parameter is the code of an attribute, a
 * client can work out the price beforehand; no more than that is promised (bssopenapi 3.13).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim_catalog.h"

#define SIM_PRICED_MAX 50 /* modules in one question for a price (bssopenapi 3.13) */

struct sim_choice {
	const char *value, *name;
	uint64_t cents; /* per month, or per hour when paid as it goes */
};

struct sim_attribute {
	const char *code, *name, *unit;
	const struct sim_choice *choices; /* the first is the default; an empty value ends it */
	/* a number in place of a choice: from low in steps to high */
	int64_t low, high, step;
	uint64_t step_cents;
};

struct sim_module {
	const char *code, *name;
	const struct sim_attribute *attributes[3]; /* NULL ends it */
};

enum sim_cycle {
	CYCLE_MONTHS, /* PricingCycle does not apply (bssopenapi 3.1) */
	CYCLE_NEEDED, /* observed: refused unless 2 is sent */
	CYCLE_ANY,    /* the documented ones: years, months or days */
};

struct sim_article {
	const char *code, *type, *name;
	const char *id_prefix;
	bool international, prepaid;
	bool by_years; /* Period is a multiple of 12 */
	enum sim_cycle cycle;
	const char *const *parameters;       /* the codes a purchase may give; NULL ends it */
	const struct sim_module *modules[3]; /* NULL ends it */
};

/* The @i-th article, or NULL beyond the last. */
const struct sim_article *sim_article(size_t i);
/* @type NULL or empty: the first of the code. NULL when it is not sold there, so. */
const struct sim_article *sim_article_find(const char *code, const char *type, bool international,
					   bool prepaid);
bool sim_article_takes(const struct sim_article *article, const char *parameter);
const struct sim_module *sim_article_module(const struct sim_article *article, const char *code);

/* The price of a value; NULL is the default. False when it is not to be had. */
bool sim_attribute_price(const struct sim_attribute *attribute, const char *value,
			 uint64_t *ret_cents);

#define SIM_MONTH 30 /* in the days that prices count */
/* The price of a module for so many days; @value tells what is asked for an attribute. A
 * year and more is a tenth cheaper. Returns the attribute whose value is not to be had;
 * else NULL. */
const struct sim_attribute *sim_module_price(const struct sim_module *module, uint64_t days,
					     const char *(*value)(const void *data,
								  const char *code),
					     const void *data, struct sim_price *ret_price);
const char *sim_article_currency(const struct sim_article *article);
