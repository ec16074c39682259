#pragma once
/*
 * Durations as people write them: <integer>(ms|s|m|h|d); a bare number is seconds.
 */
#include <stddef.h>
#include <stdint.h>

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* Returns 0, -EINVAL (not a duration) or -ERANGE (over 10,000 days). */
int duration_parse(const char *text, uint64_t *ret_ms);
/* The shortest exact form for people: "1500ms", "90s", "2h", "3d". */
void duration_text(uint64_t ms, char *out, size_t size);
/* A rounded form for people: "45 s", "12 min", "3 h 5 min", "2 d 4 h". */
void duration_human(uint64_t ms, char *out, size_t size);
