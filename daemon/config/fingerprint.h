#pragma once
/*
 * A digest of what a group asks for. Equal for equal wishes, however they are
 * written: order of keys (but of a purchase's parameters, which are sent in it),
 * comments, spelled-out defaults and where a value stands (group or defaults) do not
 * count. Stable across versions of drover, because the ledger compares it with one of
 * long ago: a setting added later must not enter the digest while it has its default.
 */
#include <stdint.h>

#include "model/desired.h"

int fingerprint_group(const struct desired_group *g, uint64_t *ret); /* 0 or -ENOMEM */
