#pragma once
/*
 * The bounded queue between emitters and the writer thread. Knows what may be dropped;
 * has no lock of its own. Internal to report/.
 */
#include <stdbool.h>
#include <stdint.h>

#include "report/record.h"

struct queue {
	struct record *head, **tail;
	size_t n;
};

void queue_init(struct queue *q);
void queue_add(struct queue *q, struct record *r);
struct record *queue_pop(struct queue *q); /* NULL when empty */
void queue_clear(struct queue *q);         /* frees the records */

enum ring_class { RING_ORDINARY, RING_IMPORTANT, RING_CONFIRMED, RING_CLASSES };

struct ring {
	struct queue queues[RING_CLASSES];
	uint64_t next_seq;
};

void ring_init(struct ring *ring);
void ring_fini(struct ring *ring);

/* Consumes @r; returns how many records were lost by it. Full: the oldest ordinary one goes, for
 * an important or confirmed @r else the oldest important one. A confirmed one never goes; when
 * only such ones are there, @r is not taken, and as nobody is told of its acceptance, its caller
 * repeats it. A confirmed record that waits already is not added again. */
unsigned ring_add(struct ring *ring, struct record *r);
/* The oldest of all; NULL when empty. */
struct record *ring_take(struct ring *ring);

bool record_is_same(const struct record *a, const struct record *b);
