#include "report/ring.h"

#include <string.h>
#include <syslog.h>

#include "base/limits.h"

/* Warnings and worse outlive notices when the ring is full. */
#define IMPORTANT_LEVEL LOG_WARNING

void queue_init(struct queue *q)
{
	*q = (struct queue){.tail = &q->head};
}

void queue_add(struct queue *q, struct record *r)
{
	r->next = NULL;
	*q->tail = r;
	q->tail = &r->next;
	q->n++;
}

struct record *queue_pop(struct queue *q)
{
	struct record *r = q->head;
	if (!r)
		return NULL;
	q->head = r->next;
	if (!q->head)
		q->tail = &q->head;
	q->n--;
	return r;
}

void queue_clear(struct queue *q)
{
	for (struct record *r; (r = queue_pop(q));)
		record_free(r);
}

void ring_init(struct ring *ring)
{
	ring->next_seq = 0;
	for (int i = 0; i < RING_CLASSES; i++)
		queue_init(&ring->queues[i]);
}

void ring_fini(struct ring *ring)
{
	for (int i = 0; i < RING_CLASSES; i++)
		queue_clear(&ring->queues[i]);
}

bool record_is_same(const struct record *a, const struct record *b)
{
	return a->event == b->event && strcmp(a->key, b->key) == 0;
}

static bool is_waiting(const struct ring *ring, const struct record *r)
{
	for (const struct record *p = ring->queues[RING_CONFIRMED].head; p; p = p->next)
		if (record_is_same(p, r))
			return true;
	return false;
}

static size_t size_of(const struct ring *ring)
{
	size_t n = 0;
	for (int i = 0; i < RING_CLASSES; i++)
		n += ring->queues[i].n;
	return n;
}

static enum ring_class class_of(const struct record *r)
{
	if (r->key)
		return RING_CONFIRMED;
	return event_level(r->event) <= IMPORTANT_LEVEL ? RING_IMPORTANT : RING_ORDINARY;
}

unsigned ring_add(struct ring *ring, struct record *r)
{
	enum ring_class class = class_of(r);
	if (class == RING_CONFIRMED && is_waiting(ring, r)) {
		record_free(r);
		return 0;
	}
	unsigned lost = 0;
	if (size_of(ring) >= LIMIT_LOG_RING) {
		struct record *victim = queue_pop(&ring->queues[RING_ORDINARY]);
		if (!victim && class != RING_ORDINARY)
			victim = queue_pop(&ring->queues[RING_IMPORTANT]);
		lost = 1;
		record_free(victim ? victim : r);
		if (!victim)
			return lost;
	}
	r->seq = ring->next_seq++;
	queue_add(&ring->queues[class], r);
	return lost;
}

struct record *ring_take(struct ring *ring)
{
	struct queue *oldest = NULL;
	for (int i = 0; i < RING_CLASSES; i++) {
		struct queue *q = &ring->queues[i];
		if (q->head && (!oldest || q->head->seq < oldest->head->seq))
			oldest = q;
	}
	return oldest ? queue_pop(oldest) : NULL;
}
