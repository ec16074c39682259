#pragma once
/*
 * What stands at the top of fleet.yaml, beside the groups.
 */
#include <stdbool.h>

struct fleet_head {
	char *fleet;
	bool allow_empty;
};
