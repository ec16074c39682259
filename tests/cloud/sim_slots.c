#include <string.h>

#include "sim_model.h"

int sim_slots_add(struct sim_slots *slots, uint64_t seq, void *item)
{
	struct sim_slot *slot = vec_add(&slots->list);
	if (!slot)
		return -ENOMEM;
	*slot = (struct sim_slot){seq, item};
	return 0;
}

size_t sim_slots_lower(const struct sim_slots *slots, uint64_t seq)
{
	size_t low = 0, high = slots->list.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slots->list.items[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void compact(struct sim_slots *slots)
{
	size_t n = 0;
	vec_each(&slots->list, slot) if (slot->item) slots->list.items[n++] = *slot;
	slots->list.n = n;
	slots->gaps = 0;
}

void sim_slots_remove(struct sim_slots *slots, uint64_t seq)
{
	size_t at = sim_slots_lower(slots, seq);
	if (at == slots->list.n || slots->list.items[at].seq != seq)
		return;
	slots->list.items[at].item = NULL;
	if (++slots->gaps > 64 && slots->gaps * 2 > slots->list.n)
		compact(slots);
}
