#pragma once
/*
 * Which of the daemon's calls fails. Calls are numbered from 1 in each class, in the order in which
 * a run makes them; what the world around the daemon does is not counted.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum faults_class {
	FAULTS_ALLOC,   /* memory that our code asks for */
	FAULTS_IO,      /* the system, the loop and the network, as our code calls them */
	FAULTS_DISK,    /* SQLite's calls to its files */
	FAULTS_COMMIT,  /* transactions of the ledger, as a whole */
	FAULTS_LIBRARY, /* memory that libraries ask for */
	FAULTS_CLASS_MAX_,
};

/* Whose memory. The last three are only in the real process. */
enum faults_library {
	LIBRARY_SQLITE,
	LIBRARY_OPENSSL,
	LIBRARY_YAML,
	LIBRARY_CJSON,
	LIBRARY_CURL,
	LIBRARY_UV,
	LIBRARY_MICROHTTPD,
	LIBRARY_MAX_,
};

enum faults_mode {
	FAULTS_NEVER,
	FAULTS_ONCE,
	FAULTS_STICKY, /* from then on, until faults_end() */
	FAULTS_SPELL,  /* from then on, for ten minutes */
	FAULTS_MODE_MAX_,
};

struct faults_plan {
	enum faults_class class;
	enum faults_mode mode;
	uint64_t at;      /* the number of the call, from 1 */
	unsigned variant; /* how a call of IO or DISK fails: below faults_variants() */
	bool forget;      /* a commit that failed says that it is done: a broken promise */
	uint64_t then;    /* where not 0: after faults_again(), the so-manieth call fails once */
};

struct faults_counts {
	uint64_t calls[FAULTS_CLASS_MAX_];
	bool struck;
};

#define FAULTS_SITES_MAX (UINT32_C(1) << 20)
/* Where each call of the plan's class came from: a number for the chain of callers, of LIBRARY the
 * enum faults_library. */
struct faults_sites {
	uint32_t chain[FAULTS_SITES_MAX];
};

const char *faults_class_name(enum faults_class class);
const char *faults_mode_name(enum faults_mode mode);
const char *faults_library_name(enum faults_library library);
/* FAULTS_CLASS_MAX_, FAULTS_MODE_MAX_: no such name. */
enum faults_class faults_class_of(const char *name);
enum faults_mode faults_mode_of(const char *name);
unsigned faults_variants(enum faults_class class);

/* Once, before any other call of a process. @ret_sites may be NULL. */
void faults_begin(const struct faults_plan *plan, struct faults_sites *ret_sites);
/* Faults are over; calls are not counted any more. */
void faults_end(void);
/* Recovery begins: the fault is over, and the one that is planned for it is counted from here. */
void faults_again(void);
/* @fn before each call of the class of the plan, with its number; nothing counts meanwhile. */
void faults_on_call(void (*fn)(uint64_t number));
/* The call that is about to be made, and what follows, goes by @plan; @fn is not called any more. */
void faults_become(const struct faults_plan *plan);
/* As it is now. */
const struct faults_plan *faults_plan(void);
/* From time to time: a spell may be over. */
void faults_tick(void);
void faults_count(struct faults_counts *ret);

/* The world is at work: nothing counts and nothing fails, until as many resumes. */
void faults_pause(void);
void faults_resume(void);

/* Counts a call; true when it has to fail. */
bool faults_strike(enum faults_class class);
/* The same of LIBRARY. */
bool faults_strike_library(enum faults_library library);
/* The errno of a call of IO that fails. */
int faults_errno(void);
bool faults_forget(void);
/* From libraries_world.c: SQLite's files and memory, OpenSSL's memory. */
void faults_install_libraries(void);
