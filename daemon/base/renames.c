#include "base/renames.h"

int renames_apply(struct renames *r, char **field)
{
	if (strcmp(*field, r->from) != 0)
		return 0;
	char *name = strdup(r->to);
	struct renamed *slot = name ? vec_add(&r->done) : NULL;
	if (!slot) {
		free(name);
		return -ENOMEM;
	}
	*slot = (struct renamed){field, *field};
	*field = name;
	return 1;
}

void renames_keep(struct renames *r)
{
	vec_each(&r->done, renamed)
		free(renamed->former);
	vec_free(&r->done);
}

void renames_undo(struct renames *r)
{
	vec_each(&r->done, renamed) {
		free(*renamed->field);
		*renamed->field = renamed->former;
	}
	vec_free(&r->done);
}
