#pragma once
/*
 * The network and the cloud of a simulated life: the daemon's http seam ends in the in-process
 * front of drover-sim, which outlives every crash.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

struct cloudside_faults {
	unsigned cut_before;  /* per mille of requests: never left, or cut before any effect */
	unsigned lose_reply;  /* per mille: had its effect, the answer is lost */
	uint64_t latency_ms;  /* at most */
};

/* Those that the cloud accepts, borrowed; of the next start. NULL: drover-sim's own. */
void cloudside_keys(const char *id, const char *secret);
void cloudside_start(uint64_t seed);
/* So many calls of each operation in a second are let through; of the next start. 0: all. */
void cloudside_quota(double reads_per_s, double writes_per_s);
/* Every request as it leaves the daemon. */
void cloudside_on_request(void (*fn)(const char *action, bool changing));
void cloudside_end(void);
void cloudside_faults(const struct cloudside_faults *faults);
/* Of the daemon's next life: what was on its way to the cloud arrives all the same. */
void cloudside_reset(void);
void cloudside_tick(void);

/* The simulator's own door. @body NULL: GET. The caller deletes the answer; NULL when there
 * was none that is JSON. */
cJSON *cloudside_admin(const char *path, const char *body);
/* Around every changing request as it reaches the cloud; @number is the cloud's of the call. */
void cloudside_on_change(void (*before)(void), void (*after)(uint64_t number));
/* Every answer to a look passes it, and may be changed in place; NULL: none. */
void cloudside_on_look(void (*edit)(char *body, size_t len));
uint64_t cloudside_requests(void);

struct http_request;
struct http_response;
/* Who looks at every request: as it leaves the daemon, and with its answer, which may be changed
 * (what is put there must live until the next one). NULL: nobody. */
void cloudside_watch(void (*sent)(const struct http_request *request),
		     void (*answered)(const struct http_request *request, struct http_response *response));
/* The answer is one of a service that is called too fast. */
bool cloudside_throttles(const struct http_response *response);
/* The operation that @request calls. */
const char *cloudside_action(const struct http_request *request);
uint64_t cloudside_wall(void); /* the clock of the cloud, which never jumps */
