#pragma once
/*
 * Where each service is reached. By the site of the account, never by the region of
 * the resources (eds-aic 2, bssopenapi 2); an endpoint of the settings wins.
 */
#include <stdbool.h>

#include "model/settings.h"

#define ENDPOINT_URL_SIZE 300

/* Writes "https://host[:port]", without a path. 0, or -EINVAL when the settings name an
 * endpoint that endpoint_is_allowed() refuses. */
int endpoint_url(const struct settings *settings, enum service service,
		 char ret_url[ENDPOINT_URL_SIZE]);

/* The same at the other site; "" where the settings name the endpoint: nothing is known of
 * another one then. */
void endpoint_other_site_url(const struct settings *settings, enum service service,
			     char ret_url[ENDPOINT_URL_SIZE]);

/* Where a profile says that temporary keys are asked for: at @host ("" = none named, a host
 * or "https://host"), else in @region ("" = none), there from inside a VPC when @vpc. Writes ""
 * when neither is named. 0, or -EINVAL for what is no host or no region. */
int endpoint_sts_url(const char *host, const char *region, bool vpc,
		     char ret_url[ENDPOINT_URL_SIZE]);

/* The authority ("host[:port]") inside a URL that endpoint_url() made: what the Host
 * header carries and the signature covers. */
const char *endpoint_host(const char *url);

/* "https://host[:port][/]", or plain http to a literal loopback address (and, for
 * SERVICE_METADATA, to the metadata address). Never a user part, path or query; https
 * never to a link-local address or the metadata address. */
bool endpoint_is_allowed(enum service service, const char *url);
