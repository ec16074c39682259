#include "cloud/locked.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

void *locked_new(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	/* Both may be refused (RLIMIT_MEMLOCK, old kernels); the keys are needed all the same. */
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

void *locked_free(void *memory, size_t size)
{
	if (memory) {
		OPENSSL_cleanse(memory, size);
		(void)munmap(memory, size);
	}
	return NULL;
}
