/* The memory of libraries on the virtual clock, and the world's own door to the simulated cloud. */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "cloud/sim.h"
#include "ledger/vfs.h"
#include "library_memory.h"

/* ---- SQLite ---- */

static sqlite3_mem_methods below;

static void *sqlite_malloc(int size)
{
	return faults_strike_library(LIBRARY_SQLITE) ? NULL : below.xMalloc(size);
}

static void *sqlite_realloc(void *p, int size)
{
	return faults_strike_library(LIBRARY_SQLITE) ? NULL : below.xRealloc(p, size);
}

/* Nobody else is there, and a process that is forked has not the locks that SQLite thinks it has. */
static int lock_nothing(int fd, int command, void *argument)
{
	return command == F_SETLK ? 0 : fcntl(fd, command, argument);
}

static void free_locks(void)
{
	sqlite3_vfs *files = sqlite3_vfs_find("unix");
	if (!files ||
	    files->xSetSystemCall(files, "fcntl", (sqlite3_syscall_ptr)lock_nothing) != SQLITE_OK)
		abort();
}

/* ---- OpenSSL ---- */

LIBRARY_MEMORY(openssl, LIBRARY_OPENSSL)

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return openssl_malloc(size);
}

static void *crypto_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return openssl_realloc(p, size);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* ---- libyaml, whose references have these names ---- */

LIBRARY_MEMORY(libyaml, LIBRARY_YAML)

/* ---- cJSON: of what the daemon gives it ---- */

static cJSON_Hooks given;

static void *cjson_malloc(size_t size)
{
	return faults_strike_library(LIBRARY_CJSON) ? NULL : given.malloc_fn(size);
}

void faulty_cJSON_InitHooks(cJSON_Hooks *hooks);
void faulty_cJSON_InitHooks(cJSON_Hooks *hooks)
{
	given = *hooks;
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = cjson_malloc, .free_fn = given.free_fn});
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

/* What libcrypto sets up once for a process it leaks when that fails, or never finds again, and the
 * cloud is in the same process. What the daemon makes of it is tested with sign.c. */
static void warm_crypto(void)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!md)
		abort();
	EVP_MD_free(md);
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!mac)
		abort();
	EVP_MAC_free(mac);
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
	free_locks();
	fault_install();
}
