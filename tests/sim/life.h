#pragma once
/*
 * One droverd after the other on the same ledger: each life ends in a crash, and the next
 * begins with what the disk had then. Events for operators and requests go into the trace, whose
 * hash says whether two runs were the same.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "report/log.h"

struct life_options {
	const char *dir; /* fleet.yaml and drover.yaml are in it, the ledgers go there */
	bool trace;      /* tell every event on stderr */
};

struct life_counts {
	unsigned lives, crashes;
	uint64_t hash;
	uint64_t events[EV_MAX_];
};

void life_start(const struct life_options *options);
/* Lives until the virtual time @until_ms. A chance to crash comes with every event, commit and
 * changing call; life_crash_after() says how many pass before the next one that is taken. */
void life_until(uint64_t until_ms);
void life_crash_after(uint64_t chances); /* 0: no more crashes */
/* One life, asked to end (SIGTERM) at @until_ms: its exit code. It may end earlier by itself, and a
 * while later when it waits for answers. -1: it did not listen, and is dead all the same. */
int life_serve(uint64_t until_ms);
void life_end(void); /* SIGTERM, now */
/* The state directory of the last life, "" before the first. */
const char *life_state_dir(void);
const struct life_counts *life_counts(void);

/* The operator's door of the daemon that lives now; each false when none does, or the daemon says
 * no. life_ask(): "plan", "intents", "orders", "status"; the caller deletes it. */
cJSON *life_ask(const char *what);
/* Everything that can be asked, the answers are dropped. */
void life_look(const char *group);
bool life_reload(void);
bool life_approve(const char *hash);
bool life_adopt(int64_t intent, const char *resource);
bool life_abandon(int64_t intent);
