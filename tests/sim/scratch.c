#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void scratch_make(char *dir, size_t size)
{
	(void)snprintf(dir, size, "%s/drover-sim.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(1);
	}
}

void scratch_make_at(const char *dir)
{
	if (mkdir(dir, 0700) < 0) {
		perror(dir);
		exit(1);
	}
}

void scratch_remove(const char *dir)
{
	char command[512];
	(void)snprintf(command, sizeof(command), "rm -rf -- '%s'", dir);
	if (system(command) != 0)
		perror(dir);
}
