/* The memory of libraries, and the world's own door to the simulated cloud. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/sim.h"
#include "faults.h"
#include "ledger/vfs.h"

static bool no_memory(void)
{
	return faults_strike(FAULTS_LIBRARY);
}

/* ---- SQLite ---- */

static sqlite3_mem_methods below;

static void *sqlite_malloc(int size)
{
	return no_memory() ? NULL : below.xMalloc(size);
}

static void *sqlite_realloc(void *p, int size)
{
	return no_memory() ? NULL : below.xRealloc(p, size);
}

/* ---- OpenSSL ---- */

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory() ? NULL : malloc(size);
}

static void *crypto_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory() ? NULL : realloc(p, size);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* ---- libyaml, whose references have these names ---- */

void *library_malloc(size_t size);
void *library_realloc(void *p, size_t size);
char *library_strdup(const char *text);

void *library_malloc(size_t size)
{
	return no_memory() ? NULL : malloc(size);
}

void *library_realloc(void *p, size_t size)
{
	return no_memory() ? NULL : realloc(p, size);
}

char *library_strdup(const char *text)
{
	return no_memory() ? NULL : strdup(text);
}

/* ---- the cloud's side is not the daemon ---- */

int __real_sim_handle(struct sim *sim, struct sim_now now, const struct sim_request *request,
		      struct sim_response *response);
int __wrap_sim_handle(struct sim *sim, struct sim_now now, const struct sim_request *request,
		      struct sim_response *response);
int __real_sim_tick(struct sim *sim, struct sim_now now);
int __wrap_sim_tick(struct sim *sim, struct sim_now now);

int __wrap_sim_handle(struct sim *sim, struct sim_now now, const struct sim_request *request,
		      struct sim_response *response)
{
	faults_pause();
	int r = __real_sim_handle(sim, now, request, response);
	faults_resume();
	return r;
}

int __wrap_sim_tick(struct sim *sim, struct sim_now now)
{
	faults_pause();
	int r = __real_sim_tick(sim, now);
	faults_resume();
	return r;
}

/* What libcrypto sets up once for a process it leaks when that fails, and nobody can help it. */
static void warm_crypto(void)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!md)
		abort();
	EVP_MD_free(md);
}

void faults_install_libraries(void)
{
	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1 ||
	    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) != SQLITE_OK)
		abort();
	faults_pause();
	warm_crypto();
	faults_resume();
	sqlite3_mem_methods methods = below;
	methods.xMalloc = sqlite_malloc;
	methods.xRealloc = sqlite_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK)
		abort();
	fault_install();
}
