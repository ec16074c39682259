#include "sim_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

const char ST_CREATING[] = "CREATING", ST_STARTING[] = "STARTING", ST_RUNNING[] = "RUNNING",
	   ST_STOPPING[] = "STOPPING", ST_STOPPED[] = "STOPPED", ST_REBOOTING[] = "REBOOTING",
	   ST_RESETTING[] = "RESETTING", ST_BACKUP_FAILED[] = "BACKUP_FAILED",
	   ST_RECOVER_FAILED[] = "RECOVER_FAILED", ST_UNAVAILABLE[] = "UNAVAILABLE",
	   ST_FAILED[] = "FAILED", ST_EXPIRED[] = "EXPIRED", ST_DELETING[] = "DELETING",
	   ST_DEPLOYING[] = "DEPLOYING", ST_PUBLISHED[] = "PUBLISHED",
	   ST_MAINTAINING[] = "MAINTAINING", ST_MAINTAIN_FAILED[] = "MAINTAIN_FAILED",
	   ST_EXPIRED_RECYCLING[] = "EXPIRED_RECYCLING", ST_AVAILABLE[] = "AVAILABLE",
	   ST_UPGRADING[] = "UPGRADING", ST_RELEASED[] = "RELEASED";

static const char *const known[] = {
	ST_CREATING,    ST_STARTING,        ST_RUNNING,           ST_STOPPING,       ST_STOPPED,
	ST_REBOOTING,   ST_RESETTING,       ST_BACKUP_FAILED,     ST_RECOVER_FAILED, ST_UNAVAILABLE,
	ST_FAILED,      ST_EXPIRED,         ST_DELETING,          ST_DEPLOYING,      ST_PUBLISHED,
	ST_MAINTAINING, ST_MAINTAIN_FAILED, ST_EXPIRED_RECYCLING, ST_AVAILABLE,      ST_UPGRADING,
	ST_RELEASED};

const char *sim_word_find(const struct sim_words *words, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], text) == 0)
			return known[i];
	vec_each(&words->own, word) if (strcmp(*word, text) == 0) return *word;
	return NULL;
}

const char *sim_word(struct sim_words *words, const char *text)
{
	const char *found = sim_word_find(words, text);
	if (found)
		return found;
	char *copy = strdup(text);
	char **slot = copy ? vec_add(&words->own) : NULL;
	if (!slot) {
		free(copy);
		return NULL;
	}
	*slot = copy;
	return copy;
}

void sim_words_fini(struct sim_words *words)
{
	vec_each(&words->own, word) free(*word);
	vec_free(&words->own);
}
