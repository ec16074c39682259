/* What the rooms call that the world on the virtual clock leaves out: sockets, polls, threads. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <uv.h>

#include "faults.h"

static bool io_fails(void)
{
	if (!faults_strike(FAULTS_IO))
		return false;
	errno = faults_errno();
	return true;
}

int faulty_socket(int domain, int type, int protocol);
int faulty_connect(int fd, const struct sockaddr *address, socklen_t length);
int faulty_bind(int fd, const struct sockaddr *address, socklen_t length);
int faulty_listen(int fd, int backlog);
int faulty_chmod(const char *path, mode_t mode);
int faulty_lstat(const char *path, struct stat *ret);
int faulty_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
FILE *faulty_fopen(const char *path, const char *mode);
ssize_t faulty_send(int fd, const void *buffer, size_t size, int flags);
ssize_t faulty_write(int fd, const void *buffer, size_t size);
int faulty_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *data);
int faulty_uv_poll_init(uv_loop_t *loop, uv_poll_t *handle, int fd);
int faulty_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *handle, uv_os_sock_t socket);
int faulty_uv_poll_start(uv_poll_t *handle, int events, uv_poll_cb cb);
int faulty_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request, uv_getaddrinfo_cb cb, const char *node,
			  const char *service, const struct addrinfo *hints);
CURL *faulty_curl_easy_init(void);
CURLM *faulty_curl_multi_init(void);
CURLMcode faulty_curl_multi_add_handle(CURLM *multi, CURL *easy);
struct curl_slist *faulty_curl_slist_append(struct curl_slist *list, const char *text);
CURLU *faulty_curl_url(void);
struct MHD_Response *faulty_MHD_create_response_from_buffer(size_t size, void *buffer,
							    enum MHD_ResponseMemoryMode mode);
enum MHD_Result faulty_MHD_queue_response(struct MHD_Connection *connection, unsigned status,
					  struct MHD_Response *response);
enum MHD_Result faulty_MHD_add_response_header(struct MHD_Response *response, const char *name,
					       const char *value);

int faulty_socket(int domain, int type, int protocol)
{
	return io_fails() ? -1 : socket(domain, type, protocol);
}

int faulty_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return io_fails() ? -1 : connect(fd, address, length);
}

int faulty_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return io_fails() ? -1 : bind(fd, address, length);
}

int faulty_listen(int fd, int backlog)
{
	return io_fails() ? -1 : listen(fd, backlog);
}

int faulty_chmod(const char *path, mode_t mode)
{
	return io_fails() ? -1 : chmod(path, mode);
}

int faulty_lstat(const char *path, struct stat *ret)
{
	return io_fails() ? -1 : lstat(path, ret);
}

int faulty_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	return io_fails() ? -1 : getsockopt(fd, level, name, value, length);
}

FILE *faulty_fopen(const char *path, const char *mode)
{
	return io_fails() ? NULL : fopen(path, mode);
}

ssize_t faulty_send(int fd, const void *buffer, size_t size, int flags)
{
	return io_fails() ? -1 : send(fd, buffer, size, flags);
}

ssize_t faulty_write(int fd, const void *buffer, size_t size)
{
	return io_fails() ? -1 : write(fd, buffer, size);
}

int faulty_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *data)
{
	return io_fails() ? EAGAIN : pthread_create(thread, attributes, run, data);
}

int faulty_uv_poll_init(uv_loop_t *loop, uv_poll_t *handle, int fd)
{
	return io_fails() ? -faults_errno() : uv_poll_init(loop, handle, fd);
}

int faulty_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *handle, uv_os_sock_t socket)
{
	return io_fails() ? -faults_errno() : uv_poll_init_socket(loop, handle, socket);
}

int faulty_uv_poll_start(uv_poll_t *handle, int events, uv_poll_cb cb)
{
	return io_fails() ? -faults_errno() : uv_poll_start(handle, events, cb);
}

int faulty_uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request, uv_getaddrinfo_cb cb, const char *node,
			  const char *service, const struct addrinfo *hints)
{
	return io_fails() ? UV_ENOMEM : uv_getaddrinfo(loop, request, cb, node, service, hints);
}

CURL *faulty_curl_easy_init(void)
{
	return io_fails() ? NULL : curl_easy_init();
}

CURLM *faulty_curl_multi_init(void)
{
	return io_fails() ? NULL : curl_multi_init();
}

CURLMcode faulty_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	return io_fails() ? CURLM_OUT_OF_MEMORY : curl_multi_add_handle(multi, easy);
}

struct curl_slist *faulty_curl_slist_append(struct curl_slist *list, const char *text)
{
	return io_fails() ? NULL : curl_slist_append(list, text);
}

CURLU *faulty_curl_url(void)
{
	return io_fails() ? NULL : curl_url();
}

struct MHD_Response *faulty_MHD_create_response_from_buffer(size_t size, void *buffer,
							    enum MHD_ResponseMemoryMode mode)
{
	return io_fails() ? NULL : MHD_create_response_from_buffer(size, buffer, mode);
}

enum MHD_Result faulty_MHD_queue_response(struct MHD_Connection *connection, unsigned status,
					  struct MHD_Response *response)
{
	return io_fails() ? MHD_NO : MHD_queue_response(connection, status, response);
}

enum MHD_Result faulty_MHD_add_response_header(struct MHD_Response *response, const char *name,
					       const char *value)
{
	return io_fails() ? MHD_NO : MHD_add_response_header(response, name, value);
}
