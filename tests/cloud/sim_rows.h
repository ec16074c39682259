#pragma once
/*
 * One row of a listing, with every field that the API documents for it.
 */
#include "sim_call.h"
#include "sim_model.h"

#define SIM_IP_SIZE 16

void sim_add_group_row(struct sim_call *call, const void *group);
void sim_add_instance_row(struct sim_call *call, const void *instance);
void sim_instance_ip(const struct sim_instance *instance, char out[SIM_IP_SIZE]);
