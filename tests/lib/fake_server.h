#pragma once
/*
 * A server on 127.0.0.1 that does what a script says, byte by byte: one thread per
 * connection, so that a test's loop can be stalled without stalling the server.
 * Its own failures end the test program.
 */
#include <stdbool.h>
#include <stddef.h>

#include "lib/test_certs.h"

enum fake_act {
	FAKE_END,       /* close (also with data unread) */
	FAKE_READ,      /* one whole request; counted. The peer's close ends the script */
	FAKE_READ_SOME, /* at least one byte; not counted as a request */
	FAKE_SEND,      /* text, or n bytes of it when n is not 0 */
	FAKE_ZEROS,     /* n zero bytes */
	FAKE_TLS,       /* handshake */
	FAKE_RESET,     /* RST, then the end */
	FAKE_MARK,      /* fake_server_marks() + 1: "the connection got this far" */
	FAKE_WAIT,      /* until fake_server_release(), or the end of the server */
	FAKE_SLEEP,     /* n milliseconds, or the end of the server */
	FAKE_AGAIN,     /* from the script's FAKE_READ on; for kept connections */
};

struct fake_step {
	enum fake_act act;
	const char *text;
	size_t n;
};

#define FAKE_OK(body_len, body)                                                                    \
	{                                                                                          \
		.act = FAKE_SEND,                                                                  \
		.text = "HTTP/1.1 200 OK\r\nContent-Length: " #body_len "\r\n\r\n" body            \
	}

struct fake_options {
	/* The n-th connection runs the n-th script, the last one also all later ones. The
	 * list is copied, the steps must outlive the server. */
	const struct fake_step *const *scripts;
	size_t n_scripts;
	const struct test_identity *identity; /* for FAKE_TLS */
	int max_tls;                          /* TLS1_1_VERSION; 0 = any */
};

struct fake_server;

struct fake_server *fake_server_start(const struct fake_options *options);
/* Cuts every connection, ends every thread. */
void fake_server_stop(struct fake_server *s);

int fake_server_port(const struct fake_server *s);
void fake_server_release(struct fake_server *s);
int fake_server_connections(struct fake_server *s);
int fake_server_requests(struct fake_server *s);
int fake_server_marks(struct fake_server *s);
/* Bytes of requests seen, after TLS. */
size_t fake_server_bytes(struct fake_server *s);
/* The last whole request, a copy to free(). */
char *fake_server_last_request(struct fake_server *s);
