#pragma once
/*
 * The nested tables of kind app-streaming, each in a file of its own with its rules.
 */
#include "config/schema.h"

/* node_pool */
extern const struct schema schema_app_pool;
/* network, storage_policy, video_policy, runtime_policy, security_policy, user_define_policy */
extern const struct schema schema_app_network;
extern const struct schema schema_app_storage;
extern const struct schema schema_app_video;
extern const struct schema schema_app_runtime;
extern const struct schema schema_app_security;
extern const struct schema schema_app_user_define;

/* The words of node_pool.strategy that rules ask for. */
#define STRATEGY_BY_USAGE "NODE_SCALING_BY_USAGE"
#define STRATEGY_BY_SCHEDULE "NODE_SCALING_BY_SCHEDULE"
