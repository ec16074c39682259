/* What the catalogue says of an event. */
#include <pthread.h>
#include <string.h>
#include <syslog.h>

#include "report/log.h"

static const struct {
	const char *name, *message_id, *text;
	int level;
} catalogue[EV_MAX_] = {
#define EVENT(name, id, level, text) [EV_##name] = {#name, id, text, level},
#include "report/events.def"
#undef EVENT
};

#define NAME_SIZE 40
static char names[EV_MAX_][NAME_SIZE];
static pthread_once_t names_once = PTHREAD_ONCE_INIT;

#define EVENT(name, id, level, text)                                                               \
	_Static_assert(sizeof(#name) <= NAME_SIZE, "name of an event is too long");                \
	_Static_assert(sizeof(id) == 33, "a message id has 32 digits");
#include "report/events.def"
#undef EVENT

static void make_names(void)
{
	for (size_t i = 0; i < EV_MAX_; i++)
		for (size_t c = 0; catalogue[i].name[c]; c++) {
			char upper = catalogue[i].name[c];
			names[i][c] =
				upper >= 'A' && upper <= 'Z' ? (char)(upper - 'A' + 'a') : upper;
		}
}

const char *event_name(enum event ev)
{
	(void)pthread_once(&names_once, make_names);
	return names[ev];
}

const char *event_text(enum event ev)
{
	return catalogue[ev].text;
}

int event_level(enum event ev)
{
	return catalogue[ev].level;
}

const char *event_message_id(enum event ev)
{
	return catalogue[ev].message_id;
}
