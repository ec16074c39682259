/* The sink under test is stderr, put onto a pipe: read late or not at all it behaves as a
 * stopped journal does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "report/log.h"

#define LONG_MS 20000

struct fixture {
	int saved_stderr;
	int read_fd;
	struct strbuf text;
	pthread_t reader;
	bool reading;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];
	assert_non_null(f);
	strbuf_init(&f->text, 64u << 20);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f->saved_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fds[1], STDERR_FILENO) >= 0);
	(void)close(fds[1]);
	f->read_fd = fds[0];
	*state = f;
	return 0;
}

static void restore_stderr(struct fixture *f)
{
	if (f->saved_stderr < 0)
		return;
	(void)dup2(f->saved_stderr, STDERR_FILENO);
	(void)close(f->saved_stderr);
	f->saved_stderr = -1;
}

static void *read_everything(void *data)
{
	struct fixture *f = data;
	char chunk[65536];
	for (ssize_t n; (n = read(f->read_fd, chunk, sizeof(chunk))) > 0;)
		strbuf_add_n(&f->text, chunk, (size_t)n);
	return NULL;
}

static void start_reading(struct fixture *f)
{
	assert_int_equal(pthread_create(&f->reader, NULL, read_everything, f), 0);
	f->reading = true;
}

/* All that was written, once the writer has let go of stderr. */
static const char *finish(struct fixture *f)
{
	if (!f->reading)
		start_reading(f);
	log_stop(LONG_MS);
	restore_stderr(f);
	(void)pthread_join(f->reader, NULL);
	f->reading = false;
	return strbuf_text(&f->text);
}

static void count_key(void *data, const char *key)
{
	(void)key;
	++*(int *)data;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int left = 0;
	(void)finish(f);
	log_accepted(count_key, &left); /* a case starts with none */
	(void)close(f->read_fd);
	strbuf_fini(&f->text);
	free(f);
	return 0;
}

static int count_lines_with(const char *text, const char *needle)
{
	int n = 0;
	for (const char *p = text; (p = strstr(p, needle)); p += strlen(needle))
		n++;
	return n;
}

static void text_form_is_text_then_fields(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	log_event(EV_GROUP_CREATED, LOG_STR("GROUP", "phones"), LOG_INT("COUNT", 250),
		  LOG_STR("RESOURCE", ""), LOG_STR("CODE", NULL));
	const char *text = finish(f);
	assert_non_null(strstr(text, "Z notice: The cloud accepted a new cloud group "
				     "group=phones count=250\n"));
	assert_null(strstr(text, "resource"));
	assert_null(strstr(text, "code"));
}

static void foreign_bytes_cannot_forge_lines_or_reach_a_terminal(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	log_event(EV_CALL_REJECTED,
		  LOG_STR("MESSAGE_OF_CLOUD", "a\nb \x1b[2J \"q\" \\ %n \xff \xc2\x9b end"));
	const char *text = finish(f);
	assert_non_null(strstr(text, "message_of_cloud=\"a\\nb \\x1b[2J \\\"q\\\" \\\\ %n \\xff "
				     "\\xc2\\x9b end\"\n"));
	assert_int_equal(count_lines_with(text, "\n"), 1);
}

static void an_overlong_value_is_cut(void **state)
{
	struct fixture *f = *state;
	char *value = malloc(200001);
	assert_non_null(value);
	memset(value, '\x02', 200000);
	value[200000] = '\0';
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	log_event(EV_CALL_REJECTED, LOG_STR("A", value), LOG_STR("B", value));
	free(value);
	const char *text = finish(f);
	assert_int_equal(count_lines_with(text, "\\x02"), LIMIT_LOG_RECORD_BYTES);
}

static void json_form_is_one_object_a_line(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(log_start(LOG_JSON, LOG_INFO, env_os()), 0);
	log_event(EV_ORDER_NEEDS_PAYMENT, LOG_STR("ORDER_ID", "2023\n1"), LOG_INT("COUNT", 3));
	cJSON *json = cJSON_Parse(finish(f));
	assert_non_null(json);
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "event")->valuestring,
			    "order_needs_payment");
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "level")->valuestring,
			    "warning");
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "order_id")->valuestring,
			    "2023\n1");
	assert_int_equal(cJSON_GetObjectItemCaseSensitive(json, "count")->valueint, 3);
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "message_id")->valuestring,
			    event_message_id(EV_ORDER_NEEDS_PAYMENT));
	cJSON_Delete(json);
}

static void levels_above_the_limit_are_left_out(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(log_start(LOG_TEXT, LOG_WARNING, env_os()), 0);
	log_event(EV_GROUP_CREATED, LOG_STR("GROUP", "quiet"));
	log_event(EV_CALL_REJECTED, LOG_STR("GROUP", "loud"));
	const char *text = finish(f);
	assert_null(strstr(text, "quiet"));
	assert_non_null(strstr(text, "loud"));
}

static void records_keep_their_order(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	for (int i = 0; i < 300; i++) {
		if (i % 3 == 0)
			log_event_confirmed(EV_ORDER_PAID, "key", LOG_INT("SERIAL", i));
		else if (i % 3 == 1)
			log_event(EV_CALL_REJECTED, LOG_INT("SERIAL", i));
		else
			log_event(EV_GROUP_CREATED, LOG_INT("SERIAL", i));
	}
	const char *p = finish(f);
	int before = -1, n = 0;
	for (; (p = strstr(p, "serial=")); p += 7, n++) {
		int serial = (int)strtol(p + 7, NULL, 10);
		assert_true(serial > before);
		before = serial;
	}
	assert_true(n >= 200); /* repeats of a confirmed record that waits are not added */
}

static void a_sink_that_hangs_drops_ordinary_records_never_confirmed_ones(void **state)
{
	struct fixture *f = *state;
	uint64_t dropped_before = log_dropped();
	int accepted = 0;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	for (int i = 0; i < 100; i++) {
		char key[16];
		(void)snprintf(key, sizeof(key), "order-%d", i);
		log_event_confirmed(EV_ORDER_NEEDS_PAYMENT, key, LOG_STR("ORDER_ID", key));
	}
	for (int i = 0; i < 200; i++)
		log_event(EV_CALL_REJECTED, LOG_INT("SERIAL", i));
	for (int i = 0; i < 3 * LIMIT_LOG_RING; i++) /* nobody reads: the pipe is soon full */
		log_event(EV_GROUP_CREATED, LOG_INT("SERIAL", i));
	assert_true(log_dropped() > dropped_before + LIMIT_LOG_RING / 2);
	const char *text = finish(f);
	log_accepted(count_key, &accepted);
	assert_int_equal(accepted, 100);
	assert_int_equal(count_lines_with(text, "An order has to be paid"), 100);
	assert_int_equal(count_lines_with(text, "The cloud rejected a call"), 200);
	assert_non_null(strstr(text, "serial=12287\n")); /* the newest survive, not the oldest */
}

static void dropped_records_are_told_once_the_sink_is_back(void **state)
{
	struct fixture *f = *state;
	int accepted = 0;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	for (int i = 0; i < 3 * LIMIT_LOG_RING; i++)
		log_event(EV_GROUP_CREATED, LOG_INT("SERIAL", i));
	start_reading(f);
	/* the notice follows when the ring is empty: wait for a later record to be taken */
	for (int i = 0; i < 2; i++) {
		log_event_confirmed(EV_ORDER_PAID, "key", LOG_INT("SERIAL", i));
		for (accepted = 0; accepted == 0; usleep(1000))
			log_accepted(count_key, &accepted);
	}
	assert_non_null(strstr(finish(f), "Log records were dropped"));
}

static void stop_does_not_wait_for_a_sink_that_hangs(void **state)
{
	struct fixture *f = *state;
	int accepted = 0;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	for (int i = 0; i < LIMIT_LOG_RING; i++)
		log_event(EV_GROUP_CREATED, LOG_STR("GROUP", "a name that fills the pipe soon"));
	log_event_confirmed(EV_ORDER_PAID, "late", LOG_NONE);
	log_stop(20); /* the pipe is full and unread: returning at all is the point */
	log_accepted(count_key, &accepted);
	assert_int_equal(accepted, 0);
	/* once stopped, emitting is harmless, and a new writer can start */
	log_event(EV_GROUP_CREATED, LOG_NONE);
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	start_reading(f);
}

static void a_confirmed_record_is_reported_with_its_key(void **state)
{
	struct fixture *f = *state;
	int accepted = 0;
	assert_int_equal(log_start(LOG_TEXT, LOG_ERR, env_os()), 0); /* never filtered */
	log_event_confirmed(EV_ORDER_PAID, "20230001", LOG_STR("ORDER_ID", "20230001"));
	assert_non_null(strstr(finish(f), "order_id=20230001"));
	log_accepted(count_key, &accepted);
	assert_int_equal(accepted, 1);
	log_accepted(count_key, &accepted);
	assert_int_equal(accepted, 1);
}

static void auto_form_outside_systemd_is_text(void **state)
{
	struct fixture *f = *state;
	(void)setenv("JOURNAL_STREAM", "1:1", 1);
	assert_int_equal(log_start(LOG_AUTO, LOG_INFO, env_os()), 0);
	log_event(EV_GROUP_CREATED, LOG_STR("GROUP", "a"));
	assert_non_null(strstr(finish(f), "group=a\n"));
	(void)unsetenv("JOURNAL_STREAM");
}

static void a_second_start_is_refused(void **state)
{
	(void)state;
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), 0);
	assert_int_equal(log_start(LOG_TEXT, LOG_INFO, env_os()), -EALREADY);
}

static void remember_event(void *data, enum event ev, const struct log_field *fields)
{
	assert_string_equal(fields[0].name, "GROUP");
	*(enum event *)data = ev;
}

static void the_test_sink_sees_events_without_a_writer(void **state)
{
	(void)state;
	enum event seen = EV_MAX_;
	int accepted = 0;
	log_set_sink(remember_event, &seen);
	log_event(EV_GROUP_HELD, LOG_STR("GROUP", "a"));
	assert_int_equal(seen, EV_GROUP_HELD);
	log_event_confirmed(EV_ORDER_PAID, "key", LOG_STR("GROUP", "a"));
	log_set_sink(NULL, NULL);
	log_accepted(count_key, &accepted);
	assert_int_equal(accepted, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(text_form_is_text_then_fields),
		CASE(foreign_bytes_cannot_forge_lines_or_reach_a_terminal),
		CASE(an_overlong_value_is_cut),
		CASE(json_form_is_one_object_a_line),
		CASE(levels_above_the_limit_are_left_out),
		CASE(records_keep_their_order),
		CASE(a_sink_that_hangs_drops_ordinary_records_never_confirmed_ones),
		CASE(dropped_records_are_told_once_the_sink_is_back),
		CASE(stop_does_not_wait_for_a_sink_that_hangs),
		CASE(a_confirmed_record_is_reported_with_its_key),
		CASE(auto_form_outside_systemd_is_text),
		CASE(a_second_start_is_refused),
		CASE(the_test_sink_sees_events_without_a_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
