#include "base/vec.h"

int vec_grow(void **items, size_t *cap, size_t need, size_t item_size)
{
	if (need <= *cap)
		return 0;
	size_t wanted = *cap ? *cap * 2 : 8;
	if (wanted < need)
		wanted = need;
	void *grown = reallocarray(*items, wanted, item_size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*cap = wanted;
	return 0;
}
