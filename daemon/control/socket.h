#pragma once
/*
 * A listening UNIX socket in the file system. Internal to control/.
 */
#include <stddef.h>
#include <sys/types.h>

struct control_socket {
	char path[108];
	int fd; /* -1 once handed over or closed */
	/* what bind() made: only that file is removed again */
	dev_t device;
	ino_t inode;
};

/* See control_open() for the results. */
int control_socket_open(const char *path, struct control_socket *ret);
/* Removes the file if it is still ours; closes fd unless -1. */
void control_socket_close(struct control_socket *s);

/* "alice (uid 1000)": who is at the other end of @fd. Always terminated. */
void control_socket_peer(int fd, char *out, size_t size);
