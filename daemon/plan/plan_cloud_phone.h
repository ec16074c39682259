#pragma once
/*
 * What is particular to cloud phones (eds-aic): instance groups of phones.
 */
#include "plan/steps.h"

extern const struct kind_rules cloud_phone_rules;
