/* The memory of libraries that only the real process uses: libuv, libcurl, libmicrohttpd. */
#include <errno.h>
#include <sys/mman.h>
#include <curl/curl.h>
#include <uv.h>

#include "library_memory.h"

LIBRARY_MEMORY(libuv, LIBRARY_UV)
LIBRARY_MEMORY(libcurl, LIBRARY_CURL)
LIBRARY_MEMORY(libmicrohttpd, LIBRARY_MICROHTTPD)

/* libuv takes it only before its first call. */
static __attribute__((constructor)) void begin(void)
{
	if (uv_replace_allocator(libuv_malloc, libuv_realloc, libuv_calloc, free) != 0)
		abort();
}

CURLcode faulty_curl_global_init(long flags);
CURLcode faulty_curl_global_init(long flags)
{
	return curl_global_init_mem(flags, libcurl_malloc, free, libcurl_realloc, libcurl_strdup,
				    libcurl_calloc);
}

/* Of a connection's buffer, where it is large. */
void *libmicrohttpd_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *libmicrohttpd_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (!faults_strike_library(LIBRARY_MICROHTTPD))
		return mmap(at, size, protection, flags, fd, offset);
	errno = ENOMEM;
	return MAP_FAILED;
}
