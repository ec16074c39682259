/*
 * Prints the journal catalogue (journalctl -x) of the events in report/events.def; run by
 * the build. Subject is the constant text of the event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "report/log.h"

static const char *level_name(int level)
{
	static const char *const names[] = {"emergency", "alert",  "critical", "error",
					    "warning",   "notice", "info",     "debug"};
	return names[level & LOG_PRIMASK];
}

int main(void)
{
	for (enum event ev = 0; ev < EV_MAX_; ev++)
		printf("-- %s\nSubject: %s\nDefined-By: drover\n\n"
		       "This is the event %s of droverd, of level %s. All of its kind:\n"
		       "journalctl DROVER_EVENT=%s. What it is about stands in the DROVER_ fields\n"
		       "of the record (journalctl -o verbose); how things are now: drover status,\n"
		       "and why: drover explain GROUP.\n\n",
		       event_message_id(ev), event_text(ev), event_name(ev),
		       level_name(event_level(ev)), event_name(ev));
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
