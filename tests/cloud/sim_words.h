#pragma once
/*
 * Status words, one pointer per spelling, so that filters compare pointers. Words that
 * the API does not document (set by hand in a test) are kept for the life of the sim.
 */
#include "base/vec.h"

extern const char ST_CREATING[], ST_STARTING[], ST_RUNNING[], ST_STOPPING[], ST_STOPPED[],
	ST_REBOOTING[], ST_RESETTING[], ST_BACKUP_FAILED[], ST_RECOVER_FAILED[], ST_UNAVAILABLE[],
	ST_FAILED[], ST_EXPIRED[], ST_DELETING[], ST_DEPLOYING[], ST_PUBLISHED[], ST_MAINTAINING[],
	ST_MAINTAIN_FAILED[], ST_EXPIRED_RECYCLING[], ST_AVAILABLE[], ST_UPGRADING[], ST_RELEASED[];

struct sim_words {
	VEC(char *) own;
};

/* The one pointer for @text; NULL without memory. */
const char *sim_word(struct sim_words *words, const char *text);
/* The same, but NULL for a word that nothing has had so far. */
const char *sim_word_find(const struct sim_words *words, const char *text);
void sim_words_fini(struct sim_words *words);
