#pragma once
/*
 * How fast requests leave the daemon, judged at the wire: never faster than the bucket of
 * drover.yaml's defaults allows that doubles as soon as it is used up, whatever a refusal tells it.
 */
#include <stdbool.h>
#include <stdint.h>

void pace_start(void);
/* A new process may begin anew. */
void pace_reset(void);
void pace_request(const char *action, bool changing, uint64_t now_ms);
/* A refusal leaves nothing saved up: whoever comes next has to wait. */
void pace_refused(const char *action, bool changing, uint64_t now_ms);
/* NULL, or the first request that came too soon. */
const char *pace_wrong(void);
