#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "report/notify.h"

struct manager {
	char directory[64];
	struct sockaddr_un address;
	int fd;
	char message[1024];
};

static int setup(void **state)
{
	struct manager *m = calloc(1, sizeof(*m));
	assert_non_null(m);
	(void)strcpy(m->directory, "/tmp/drover-notify-XXXXXX");
	assert_non_null(mkdtemp(m->directory));
	m->address.sun_family = AF_UNIX;
	(void)snprintf(m->address.sun_path, sizeof(m->address.sun_path), "%s/notify", m->directory);
	m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)&m->address, sizeof(m->address)), 0);
	(void)setenv("NOTIFY_SOCKET", m->address.sun_path, 1);
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct manager *m = *state;
	(void)unsetenv("NOTIFY_SOCKET");
	(void)close(m->fd);
	(void)unlink(m->address.sun_path);
	(void)rmdir(m->directory);
	free(m);
	return 0;
}

static const char *received(struct manager *m)
{
	ssize_t n = recv(m->fd, m->message, sizeof(m->message) - 1, MSG_DONTWAIT);
	m->message[n > 0 ? n : 0] = '\0';
	return m->message;
}

static void each_state_is_said_in_systemds_words(void **state)
{
	struct manager *m = *state;
	notify_ready("3 groups");
	assert_string_equal(received(m), "READY=1\nSTATUS=3 groups");
	notify_ready(NULL);
	assert_string_equal(received(m), "READY=1\n");
	notify_status("all is well");
	assert_string_equal(received(m), "STATUS=all is well");
	notify_stopping("bye");
	assert_string_equal(received(m), "STOPPING=1\nSTATUS=bye");
	notify_watchdog();
	assert_string_equal(received(m), "WATCHDOG=1");
	assert_string_equal(received(m), "");
}

static uint64_t fixed_mono_ms(struct env *env)
{
	(void)env;
	return 41;
}

static void reloading_carries_a_time_that_is_not_before_the_request(void **state)
{
	struct manager *m = *state;
	struct env env = {.mono_ms = fixed_mono_ms};
	notify_reloading(&env);
	assert_string_equal(received(m), "RELOADING=1\nMONOTONIC_USEC=42000");
}

static void a_status_cannot_add_variables(void **state)
{
	struct manager *m = *state;
	notify_status("a\nREADY=1 %s");
	assert_string_equal(received(m), "STATUS=a READY=1 %s");
}

static void without_a_manager_nothing_happens(void **state)
{
	struct manager *m = *state;
	(void)unsetenv("NOTIFY_SOCKET");
	notify_ready("x");
	(void)setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	notify_ready("x");
	assert_string_equal(received(m), "");
}

static void the_watchdog_is_fed_twice_per_period(void **state)
{
	(void)state;
	char pid[32];
	(void)unsetenv("WATCHDOG_USEC");
	assert_int_equal(notify_watchdog_interval_ms(), 0);
	(void)setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(notify_watchdog_interval_ms(), 15000);
	(void)setenv("WATCHDOG_USEC", "1000", 1);
	assert_int_equal(notify_watchdog_interval_ms(), 1);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid() + 1);
	(void)setenv("WATCHDOG_PID", pid, 1); /* meant for another process */
	assert_int_equal(notify_watchdog_interval_ms(), 0);
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_state_is_said_in_systemds_words),
		CASE(reloading_carries_a_time_that_is_not_before_the_request),
		CASE(a_status_cannot_add_variables),
		CASE(without_a_manager_nothing_happens),
		CASE(the_watchdog_is_fed_twice_per_period),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
