#include "cloud/actions_kind.h"

#include <errno.h>

#include "base/vec.h"
#include "model/observed.h"

/* Not the mark of an intent: that belongs to the call that made a thing, and no tagging did. */
int action_tags(const struct action_context *ctx, const struct desired_group *group,
		struct tag **ret_tags, size_t *ret_n)
{
	VEC(struct tag) tags = {0};
	const struct tag marks[] = {{(char *)MARK_FLEET, (char *)ctx->fleet},
				    {(char *)MARK_GROUP, group->name},
				    {(char *)MARK_OWNER, (char *)ctx->owner}};
	for (size_t k = 0; k < group->n_tags + ARRAY_SIZE(marks); k++) {
		struct tag *slot = vec_add(&tags);
		if (!slot) {
			vec_free(&tags);
			return -ENOMEM;
		}
		*slot = k < group->n_tags ? group->tags[k] : marks[k - group->n_tags];
	}
	*ret_tags = tags.items;
	*ret_n = tags.n;
	return 0;
}
