#include "report/notify.h"

#include <inttypes.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#define KEEP_ENVIRONMENT 0 /* $NOTIFY_SOCKET is needed again */

/* A newline would start a variable of its own. */
static void one_line(const char *text, char *out, size_t size)
{
	size_t n = 0;
	for (; text[n] && n + 1 < size; n++)
		out[n] = (unsigned char)text[n] < ' ' ? ' ' : text[n];
	out[n] = '\0';
}

static void send_state(const char *state, const char *status)
{
	char line[512];
	one_line(status ? status : "", line, sizeof(line));
	/* ignored: a manager that does not listen must not stop the daemon */
	(void)sd_notifyf(KEEP_ENVIRONMENT, "%s%s%s", state, status ? "STATUS=" : "", line);
}

void notify_ready(const char *status)
{
	send_state("READY=1\n", status);
}

void notify_reloading(struct env *env)
{
	/* Rounded up: systemd ignores a time before the moment it asked for the reload. */
	uint64_t usec = (env_mono_ms(env) + 1) * 1000;
	(void)sd_notifyf(KEEP_ENVIRONMENT, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, usec);
}

void notify_status(const char *status)
{
	send_state("", status);
}

void notify_stopping(const char *status)
{
	send_state("STOPPING=1\n", status);
}

void notify_watchdog(void)
{
	(void)sd_notify(KEEP_ENVIRONMENT, "WATCHDOG=1");
}

uint64_t notify_watchdog_interval_ms(void)
{
	uint64_t usec = 0;
	if (sd_watchdog_enabled(KEEP_ENVIRONMENT, &usec) <= 0)
		return 0;
	return usec / 2000 ? usec / 2000 : 1;
}
