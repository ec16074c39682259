#pragma once
/*
 * Events for operators: one per thing that happened, from one catalogue
 * (report/events.def), with typed fields. Constant text; what varies is in the
 * fields. Sinks never block the loop: a thread behind a bounded ring writes to
 * journald or stderr; when the ring is full the oldest unimportant record is dropped
 * and counted, never one that concerns an order.
 *
 * Any thread may log. There is no constructor that takes a secret.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "model/settings.h"

enum event {
#define EVENT(name, id, level, text) EV_##name,
#include "report/events.def"
#undef EVENT
	EV_MAX_,
};

enum log_field_type { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_INT };

struct log_field {
	enum log_field_type type;
	const char *name; /* upper case without prefix: "GROUP" becomes DROVER_GROUP */
	const char *text; /* copied by log_emit; NULL or "" leaves the field out */
	int64_t integer;
};

#define LOG_STR(field, value)                                                                      \
	{                                                                                          \
		LOG_FIELD_TEXT, (field), (value), 0                                                \
	}
#define LOG_INT(field, value)                                                                      \
	{                                                                                          \
		LOG_FIELD_INT, (field), NULL, (int64_t)(value)                                     \
	}
#define LOG_NONE                                                                                   \
	{                                                                                          \
		LOG_FIELD_END, NULL, NULL, 0                                                       \
	}
/* log_event(EV_GROUP_CREATED, LOG_STR("GROUP", g->name), LOG_INT("COUNT", n)); at least one
 * field, or LOG_NONE alone */
#define log_event(ev, ...)                                                                         \
	log_emit((ev), __FILE__, __LINE__, __func__,                                               \
		 (const struct log_field[]){__VA_ARGS__, LOG_NONE})

void log_emit(enum event ev, const char *file, int line, const char *function,
	      const struct log_field *fields);

/* What the sink did with a record that asked to be confirmed; called on the loop's
 * thread by log_poll(). */
typedef void (*log_accepted_cb)(void *data, const char *key);

/* Starts the writer thread. LOG_AUTO: journal when $JOURNAL_STREAM matches stderr, else
 * text. 0 or a negative errno. Before it, and after log_stop(), events are dropped. */
int log_start(enum log_form form, int max_level, struct env *env);
/* Flushes for at most @wait_ms, then ends the thread. */
void log_stop(uint64_t wait_ms);

/* Like log_emit, for records that must not be lost: @key ("order id") comes back through
 * log_accepted() once the sink has taken the record. Never filtered by level. The caller
 * repeats it until then: while one with the same event and key waits, another is not added. */
void log_emit_confirmed(enum event ev, const char *file, int line, const char *function,
			const struct log_field *fields, const char *key);
#define log_event_confirmed(ev, key, ...)                                                          \
	log_emit_confirmed((ev), __FILE__, __LINE__, __func__,                                     \
			   (const struct log_field[]){__VA_ARGS__, LOG_NONE}, (key))
/* Delivers confirmations since the last call; run it from the loop. */
void log_accepted(log_accepted_cb cb, void *data);
uint64_t log_dropped(void);

/* Tests: every event goes to @sink synchronously as well; NULL ends that. Without a writer
 * thread the sink counts as having taken the confirmed ones. */
typedef void (*log_sink)(void *data, enum event ev, const struct log_field *fields);
void log_set_sink(log_sink sink, void *data);

const char *event_name(enum event ev); /* "group_created": the DROVER_EVENT field */
const char *event_text(enum event ev);
int event_level(enum event ev);              /* syslog level */
const char *event_message_id(enum event ev); /* 32 hex digits */
