/*
 * Drives report/log for test_journald.py: reads commands from standard input, one a line, and
 * answers each with a line. A command that only emits is answered at once, whatever the
 * journal does: that is what the test is about.
 *
 *	order ID        a confirmed record
 *	burst N         N ordinary records
 *	hostile         a record with bytes that could forge fields
 *	accepted        the keys accepted since the last time
 *	stop MS         log_stop()
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "report/log.h"

static void print_key(void *data, const char *key)
{
	(void)data;
	(void)printf(" %s", key);
}

static void run_command(const char *command, const char *argument)
{
	if (strcmp(command, "order") == 0) {
		log_event_confirmed(EV_ORDER_NEEDS_PAYMENT, argument, LOG_STR("ORDER_ID", argument),
				    LOG_STR("GROUP", "phones"), LOG_INT("COUNT", 3));
	} else if (strcmp(command, "burst") == 0) {
		long n = strtol(argument, NULL, 10);
		for (long i = 0; i < n; i++)
			log_event(EV_GROUP_CREATED, LOG_STR("GROUP", "phones"),
				  LOG_INT("SERIAL", i));
	} else if (strcmp(command, "hostile") == 0) {
		log_event(EV_CALL_REJECTED,
			  LOG_STR("MESSAGE_OF_CLOUD",
				  "a\nPRIORITY=0\nDROVER_FORGED=yes\n\x1b[2J %n"));
	} else if (strcmp(command, "stop") == 0) {
		log_stop(strtoull(argument, NULL, 10));
	}
	(void)printf("%s", command);
	if (strcmp(command, "accepted") == 0)
		log_accepted(print_key, NULL);
	(void)printf(" dropped=%" PRIu64 "\n", log_dropped());
	(void)fflush(stdout);
}

int main(void)
{
	char line[256];
	if (log_start(LOG_JOURNAL, LOG_INFO, env_os()) < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		char *argument = strchr(line, ' ');
		line[strcspn(line, "\n")] = '\0';
		if (argument)
			*argument++ = '\0';
		run_command(line, argument ? argument : "");
	}
	log_stop(10000);
	return 0;
}
