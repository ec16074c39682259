#pragma once
/*
 * One droverd after the other on the same ledger: each life ends in a crash, and the next
 * begins with what the disk had then. Events for operators and requests go into the trace, whose
 * hash says whether two runs were the same.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/log.h"

struct life_options {
	const char *dir; /* fleet.yaml and drover.yaml are in it, the ledgers go there */
	bool trace;      /* tell every event on stderr */
	bool deaf;       /* nobody reads what is told of orders */
	void (*on_life)(void); /* a process begins; may be NULL */
	/* Everything that is told to operators; may be NULL. */
	void (*on_event)(enum event ev, const struct log_field *fields);
	/* All that is logged, answered or in the ledger, @where; may be NULL. */
	void (*on_bytes)(const char *where, const char *bytes, size_t n);
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
void life_finish(void); /* life_until() returns at the next event */
void life_mix(uint64_t number); /* into the hash */
void life_crash_after(uint64_t chances); /* 0: no more crashes */
/* One life, asked to end (SIGTERM) at @until_ms: its exit code. It may end earlier by itself, and a
 * while later when it waits for answers. -1: it did not listen, and is dead all the same. */
int life_serve(uint64_t until_ms);
void life_end(void); /* SIGTERM, now */
/* The state directory of the last life, "" before the first. */
const char *life_state_dir(void);
const struct life_counts *life_counts(void);

/* Whether an order was told as one to be paid, in any life; whether the ledger has its id. */
bool life_told(const char *order);
bool life_remembers(const char *order);

/* The operator's door of the daemon that lives now; each false when none does, or the daemon says
 * no. life_ask(): "plan", "intents", "orders", "status"; the caller deletes it. */
cJSON *life_ask(const char *what);
/* Everything that can be asked, the answers are dropped. */
void life_look(const char *group);
bool life_reload(void);
bool life_approve(const char *hash);
bool life_adopt(int64_t intent, const char *resource);
bool life_abandon(int64_t intent);
bool life_pause(const char *group, bool paused, const char *who);
