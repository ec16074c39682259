#pragma once
/*
 * The simulator behind a loopback listener: HTTP/1.1, keep-alive, one thread. Answers
 * that a fault holds back are suspended until cloud time has come to them.
 */
#include <netinet/in.h>
#include <stdint.h>

#include "sim.h"

struct sim_server;

/* Parses 127.0.0.1:PORT, [::1]:PORT. 0, or -EINVAL for anything that is not a literal
 * loopback address with a port. */
int sim_listen_parse(const char *text, struct sockaddr_storage *ret_address);

/* Listens. @sim stays the caller's and must outlive the server. 0 or a negative errno. */
int sim_server_new(struct sim *sim, const struct sockaddr_storage *address,
		   struct sim_server **ret_server);
uint16_t sim_server_port(const struct sim_server *server);
/* Serves until @stop_fd becomes readable. 0 or a negative errno. */
int sim_server_run(struct sim_server *server, int stop_fd);
void sim_server_free(struct sim_server *server);
