#include "report/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "report/record.h"
#include "report/ring.h"

#define RETRY_MS 1000 /* between two tries at a sink that did not take a record */
#define MAX_TRIES 60  /* of an ordinary record; confirmed ones are tried for ever */

/*
 * One writer thread's world. On the heap and owned by the thread once abandoned: a
 * thread that hangs in the journal outlives log_stop().
 */
struct writer {
	struct ring ring;
	enum log_form form;
	pthread_t thread;
	pthread_cond_t work, ended;
	struct record *writing; /* confirmed record in the thread's hand, for the duplicate check */
	uint64_t dropped_told;
	uint64_t give_up_mono_ms; /* once stopping: no retry after it */
	bool stopping, has_ended, abandoned;
};

/* Never held during I/O, so that no emitter ever waits for a sink. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct writer *writer;
static struct env *clock_env;
static struct queue accepted = {.tail = &accepted.head};
static uint64_t dropped;
static log_sink test_sink;
static void *test_sink_data;
static atomic_int max_level_in_force = LOG_DEBUG;

static uint64_t monotonic_ms(void)
{
	return env_mono_ms(env_os());
}

static struct timespec monotonic_at(uint64_t ms)
{
	return (struct timespec){(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
}

static struct writer *writer_free(struct writer *w)
{
	if (!w)
		return NULL;
	ring_fini(&w->ring);
	(void)pthread_cond_destroy(&w->work);
	(void)pthread_cond_destroy(&w->ended);
	free(w);
	return NULL;
}

/* --- the thread ----------------------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);
		struct pollfd writable = {.fd = fd, .events = POLLOUT};
		if (done < 0 && errno == EAGAIN) /* a terminal that somebody made non-blocking */
			(void)poll(&writable, 1, RETRY_MS);
		else if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

static int write_stderr(enum log_form form, const struct record *r)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(8 * LIMIT_LOG_RECORD_BYTES);
	if (form == LOG_JSON)
		record_json(r, &out);
	else
		record_line(r, &out);
	if (strbuf_error(&out))
		return strbuf_error(&out);
	return write_all(STDERR_FILENO, out.data, out.len);
}

/* Without the lock: this is what may hang. */
static int deliver(enum log_form form, const struct record *r)
{
	return form == LOG_JOURNAL ? record_to_journal(r) : write_stderr(form, r);
}

/* With the lock, as are the functions below. Returns false when it is time to give up. */
static bool wait_before_retry(struct writer *w, const struct record *r, int tries)
{
	if (!r->key && tries >= MAX_TRIES)
		return false;
	uint64_t until = monotonic_ms() + RETRY_MS;
	while (monotonic_ms() < until) {
		if (w->stopping && monotonic_ms() >= w->give_up_mono_ms)
			return false;
		uint64_t wake =
			w->stopping && w->give_up_mono_ms < until ? w->give_up_mono_ms : until;
		struct timespec at = monotonic_at(wake);
		(void)pthread_cond_clockwait(&w->work, &lock, CLOCK_MONOTONIC, &at);
	}
	return true;
}

static void write_record(struct writer *w, struct record *r)
{
	int result = -1;
	w->writing = r->key ? r : NULL;
	for (int tries = 1; result < 0; tries++) {
		(void)pthread_mutex_unlock(&lock);
		result = deliver(w->form, r);
		(void)pthread_mutex_lock(&lock);
		if (result < 0 && !wait_before_retry(w, r, tries))
			break;
	}
	w->writing = NULL;
	if (result == 0 && r->key) {
		queue_add(&accepted, r);
		return;
	}
	dropped += result < 0;
	record_free(r);
}

/* Once the ring is empty again: how many records are missing from the journal. */
static void tell_dropped(struct writer *w)
{
	const struct log_field fields[] = {LOG_INT("COUNT", dropped - w->dropped_told), LOG_NONE};
	struct record *r =
		record_new(EV_LOG_DROPPED, __FILE__, __LINE__, __func__, fields, /* key= */ NULL);
	w->dropped_told = dropped;
	if (!r)
		return;
	r->wall_ms = env_wall_ms(env_os());
	write_record(w, r);
}

static void *run(void *data)
{
	struct writer *w = data;
	(void)pthread_mutex_lock(&lock);
	while (!w->abandoned) {
		struct record *r = ring_take(&w->ring);
		if (r)
			write_record(w, r);
		else if (w->stopping)
			break;
		else if (dropped > w->dropped_told)
			tell_dropped(w);
		else
			(void)pthread_cond_wait(&w->work, &lock);
	}
	w->has_ended = true;
	(void)pthread_cond_signal(&w->ended);
	bool mine = w->abandoned;
	(void)pthread_mutex_unlock(&lock);
	if (mine)
		(void)writer_free(w);
	return NULL;
}

/* --- start, stop ---------------------------------------------------------------- */

/* systemd names the stream it connected to stderr as device:inode (systemd.exec(5)). */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char own[64];
	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(own, stream) == 0;
}

static struct writer *writer_new(enum log_form form)
{
	struct writer *w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->form = form == LOG_AUTO ? (stderr_is_journal() ? LOG_JOURNAL : LOG_TEXT) : form;
	ring_init(&w->ring);
	(void)pthread_cond_init(&w->work, NULL);
	(void)pthread_cond_init(&w->ended, NULL);
	return w;
}

/* Signals belong to the loop's thread. */
static int start_thread(struct writer *w)
{
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&w->thread, NULL, run, w);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

int log_start(enum log_form form, int max_level, struct env *env)
{
	struct writer *w = writer_new(form);
	if (!w)
		return -ENOMEM;
	(void)pthread_mutex_lock(&lock);
	int result = writer ? -EALREADY : 0;
	w->dropped_told = dropped;
	if (result == 0)
		result = start_thread(w);
	if (result == 0) {
		writer = w;
		clock_env = env;
		atomic_store(&max_level_in_force, max_level);
	}
	(void)pthread_mutex_unlock(&lock);
	if (result < 0)
		(void)writer_free(w);
	return result;
}

/* With the lock. */
static void wait_for_end(struct writer *w, uint64_t until)
{
	struct timespec at = monotonic_at(until);
	while (!w->has_ended && monotonic_ms() < until)
		(void)pthread_cond_clockwait(&w->ended, &lock, CLOCK_MONOTONIC, &at);
}

void log_stop(uint64_t wait_ms)
{
	(void)pthread_mutex_lock(&lock);
	struct writer *w = TAKE(writer);
	if (w) {
		w->stopping = true;
		w->give_up_mono_ms = monotonic_ms() + wait_ms;
		(void)pthread_cond_signal(&w->work);
		/* a little more than the thread's own limit: usually it ends by itself */
		wait_for_end(w, w->give_up_mono_ms + 50);
		w->abandoned = !w->has_ended;
	}
	bool joinable = w && !w->abandoned;
	pthread_t thread = w ? w->thread : pthread_self();
	(void)pthread_mutex_unlock(&lock);
	if (joinable) {
		(void)pthread_join(thread, NULL);
		(void)writer_free(w);
	} else if (w) {
		(void)pthread_detach(thread);
	}
}

/* --- emitting ------------------------------------------------------------------- */

/* Consumes @r. One that the thread has in hand already is not added again. */
static void add_to_ring(struct writer *w, struct record *r)
{
	if (r->key && w->writing && record_is_same(w->writing, r)) {
		record_free(r);
		return;
	}
	dropped += ring_add(&w->ring, r);
	(void)pthread_cond_signal(&w->work);
}

static void queue_record(struct record *r)
{
	(void)pthread_mutex_lock(&lock);
	if (!r) {
		dropped++;
	} else if (writer) {
		r->wall_ms = env_wall_ms(clock_env);
		add_to_ring(writer, r);
	} else if (r->key && test_sink) {
		queue_add(&accepted, r); /* the test's sink has taken it */
	} else {
		record_free(r);
	}
	(void)pthread_mutex_unlock(&lock);
}

void log_emit_confirmed(enum event ev, const char *file, int line, const char *function,
			const struct log_field *fields, const char *key)
{
	(void)pthread_mutex_lock(&lock);
	log_sink sink = test_sink;
	void *sink_data = test_sink_data;
	bool wanted = writer || (sink && key);
	(void)pthread_mutex_unlock(&lock);
	if (sink)
		sink(sink_data, ev, fields);
	/* a confirmed record is never filtered: its caller waits for the acceptance */
	if (wanted && (key || event_level(ev) <= atomic_load(&max_level_in_force)))
		queue_record(record_new(ev, file, line, function, fields, key));
}

void log_emit(enum event ev, const char *file, int line, const char *function,
	      const struct log_field *fields)
{
	log_emit_confirmed(ev, file, line, function, fields, /* key= */ NULL);
}

void log_accepted(log_accepted_cb cb, void *data)
{
	struct queue taken;
	queue_init(&taken);
	(void)pthread_mutex_lock(&lock);
	for (struct record *r; (r = queue_pop(&accepted));)
		queue_add(&taken, r);
	(void)pthread_mutex_unlock(&lock);
	for (struct record *r; (r = queue_pop(&taken));) {
		cb(data, r->key);
		record_free(r);
	}
}

uint64_t log_dropped(void)
{
	(void)pthread_mutex_lock(&lock);
	uint64_t n = dropped;
	(void)pthread_mutex_unlock(&lock);
	return n;
}

void log_set_sink(log_sink sink, void *data)
{
	(void)pthread_mutex_lock(&lock);
	test_sink = sink;
	test_sink_data = data;
	(void)pthread_mutex_unlock(&lock);
}
