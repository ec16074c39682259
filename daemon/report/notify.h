#pragma once
/*
 * What systemd is told (sd_notify(3)). Without $NOTIFY_SOCKET every call does nothing.
 */
#include <stdint.h>

#include "base/env.h"

void notify_ready(const char *status);
/* Before a reload; notify_ready() ends it. */
void notify_reloading(struct env *env);
void notify_status(const char *status);
void notify_stopping(const char *status);
void notify_watchdog(void);
/* How often to feed the watchdog: half of what systemd allows; 0 = no watchdog. */
uint64_t notify_watchdog_interval_ms(void);
