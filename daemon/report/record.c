#include "report/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* CODE_* are those of the call site, not of this file */
#include <systemd/sd-journal.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/timefmt.h"

#define MAX_FIELDS 32
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
/* Every byte of a value may become four ("\x1b"), names and frame come on top. */
#define RENDERED_BYTES (4 * LIMIT_LOG_RECORD_BYTES + 4096)

static bool is_given(const struct log_field *f)
{
	return f->type == LOG_FIELD_INT || (f->text && f->text[0] != '\0');
}

/* Names are literals of ours; journald refuses a record with any other byte in one. */
static void copy_name(char *to, const char *from)
{
	for (; *from; from++, to++) {
		bool fine = (*from >= 'A' && *from <= 'Z') || (*from >= '0' && *from <= '9');
		*to = fine ? *from : '_';
		if (*from >= 'a' && *from <= 'z')
			*to = (char)(*from - 'a' + 'A');
	}
	*to = '\0';
}

static bool copy_field(struct record *r, const struct log_field *from, size_t *room)
{
	struct record_field *to = &r->fields[r->n_fields++];
	to->integer = from->integer;
	to->name = malloc(strlen(from->name) + 1);
	if (!to->name)
		return false;
	copy_name(to->name, from->name);
	if (from->type == LOG_FIELD_INT)
		return true;
	to->text = strndup(from->text, *room);
	*room -= to->text ? strlen(to->text) : 0;
	return to->text != NULL;
}

struct record *record_new(enum event event, const char *file, int line, const char *function,
			  const struct log_field *fields, const char *key)
{
	size_t n = 0, room = LIMIT_LOG_RECORD_BYTES;
	while (n < MAX_FIELDS && fields[n].type != LOG_FIELD_END)
		n++;
	struct record *r = calloc(1, sizeof(*r) + n * sizeof(r->fields[0]));
	if (!r)
		return NULL;
	r->event = event;
	r->file = file;
	r->line = line;
	r->function = function;
	r->key = key ? strdup(key) : NULL;
	bool whole = !key || r->key;
	for (size_t i = 0; i < n && whole; i++)
		if (is_given(&fields[i]))
			whole = copy_field(r, &fields[i], &room);
	return whole ? r : record_free(r);
}

struct record *record_free(struct record *r)
{
	if (!r)
		return NULL;
	for (size_t i = 0; i < r->n_fields; i++) {
		free(r->fields[i].name);
		free(r->fields[i].text);
	}
	free(r->key);
	free(r);
	return NULL;
}

static bool is_plain(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f || strchr("\"=\\", *p))
			return false;
	return text[0] != '\0';
}

/* Control bytes, C1 controls and what is not UTF-8 are shown, never sent to a terminal. */
static bool is_printable(const char *p, size_t n)
{
	unsigned char first = (unsigned char)p[0];
	if (n == 1)
		return first >= ' ' && first != 0x7f;
	return n > 1 && !(first == 0xc2 && (unsigned char)p[1] < 0xa0);
}

static void add_quoted(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *p = text; *p;) {
		size_t n = utf8_length(p);
		if (*p == '\n') {
			strbuf_add(out, "\\n");
		} else if (!is_printable(p, n)) {
			n = 1;
			strbuf_addf(out, "\\x%02x", (unsigned)(unsigned char)*p);
		} else {
			if (*p == '"' || *p == '\\')
				strbuf_add_char(out, '\\');
			strbuf_add_n(out, p, n);
		}
		p += n;
	}
	strbuf_add_char(out, '"');
}

static void add_lower(struct strbuf *out, const char *name)
{
	for (; *name; name++)
		strbuf_add_char(out,
				*name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name);
}

void record_text(const struct record *r, struct strbuf *out)
{
	strbuf_add(out, event_text(r->event));
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct record_field *f = &r->fields[i];
		strbuf_add_char(out, ' ');
		add_lower(out, f->name);
		strbuf_add_char(out, '=');
		if (!f->text)
			strbuf_addf(out, "%" PRId64, f->integer);
		else if (is_plain(f->text))
			strbuf_add(out, f->text);
		else
			add_quoted(out, f->text);
	}
}

static const char *level_name(int level)
{
	static const char *const names[] = {"emerg",   "alert",  "crit", "error",
					    "warning", "notice", "info", "debug"};
	return level >= 0 && level < (int)ARRAY_SIZE(names) ? names[level] : "debug";
}

void record_line(const struct record *r, struct strbuf *out)
{
	char time[TIMEFMT_SIZE];
	timefmt_iso(r->wall_ms, time);
	strbuf_addf(out, "%s %s: ", time, level_name(event_level(r->event)));
	record_text(r, out);
	strbuf_add_char(out, '\n');
}

void record_json(const struct record *r, struct strbuf *out)
{
	char time[TIMEFMT_SIZE], name[LIMIT_NAME_BYTES];
	struct jsonw w = JSONW_INIT(out);
	timefmt_iso(r->wall_ms, time);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "time", time);
	jsonw_key_text(&w, "level", level_name(event_level(r->event)));
	jsonw_key_text(&w, "event", event_name(r->event));
	jsonw_key_text(&w, "message", event_text(r->event));
	jsonw_key_text(&w, "message_id", event_message_id(r->event));
	for (size_t i = 0; i < r->n_fields; i++) {
		struct strbuf lower = STRBUF_INIT(sizeof(name) - 1);
		add_lower(&lower, r->fields[i].name);
		jsonw_key(&w, strbuf_text(&lower));
		strbuf_fini(&lower);
		if (r->fields[i].text)
			jsonw_text(&w, r->fields[i].text);
		else
			jsonw_int(&w, r->fields[i].integer);
	}
	jsonw_end_object(&w);
	strbuf_add_char(out, '\n');
}

/* The fields lie one after the other in @text; their ends are noted, because the text
 * moves while it grows. */
struct journal_fields {
	struct strbuf text;
	size_t ends[MAX_FIELDS + 10];
	int n;
};

static void end_field(struct journal_fields *j)
{
	j->ends[j->n++] = j->text.len;
}

static void add_fixed(struct journal_fields *j, const struct record *r)
{
	strbuf_add(&j->text, "MESSAGE=");
	record_text(r, &j->text);
	end_field(j);
	strbuf_addf(&j->text, "MESSAGE_ID=%s", event_message_id(r->event));
	end_field(j);
	strbuf_addf(&j->text, "PRIORITY=%d", event_level(r->event));
	end_field(j);
	strbuf_add(&j->text, "SYSLOG_IDENTIFIER=droverd");
	end_field(j);
	strbuf_addf(&j->text, "CODE_FILE=%s", r->file);
	end_field(j);
	strbuf_addf(&j->text, "CODE_LINE=%d", r->line);
	end_field(j);
	strbuf_addf(&j->text, "CODE_FUNC=%s", r->function);
	end_field(j);
	strbuf_addf(&j->text, "DROVER_EVENT=%s", event_name(r->event));
	end_field(j);
}

static void add_own(struct journal_fields *j, const struct record *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		const struct record_field *f = &r->fields[i];
		strbuf_addf(&j->text, "DROVER_%s=", f->name);
		if (f->text)
			strbuf_add(&j->text, f->text);
		else
			strbuf_addf(&j->text, "%" PRId64, f->integer);
		end_field(j);
	}
}

int record_to_journal(const struct record *r)
{
	/* libsystemd calls a missing socket success; then nothing was taken. */
	if (access(JOURNAL_SOCKET, F_OK) < 0)
		return -errno;
	struct journal_fields j = {.text = STRBUF_INIT(2 * RENDERED_BYTES)};
	struct iovec vectors[ARRAY_SIZE(j.ends)];
	add_fixed(&j, r);
	add_own(&j, r);
	int result = strbuf_error(&j.text);
	for (int i = 0; i < j.n && result == 0; i++) {
		size_t start = i ? j.ends[i - 1] : 0;
		vectors[i] = (struct iovec){j.text.data + start, j.ends[i] - start};
	}
	if (result == 0)
		result = sd_journal_sendv(vectors, j.n);
	strbuf_fini(&j.text);
	return result;
}
