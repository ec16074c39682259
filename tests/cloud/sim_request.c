#include "sim_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/percent.h"

/* Form decoding; the gateway does the same to a query, where a raw plus is therefore
 * a blank (protocol a). */
static int decode(const char *text, size_t n, char **ret_text)
{
	auto_strbuf struct strbuf spaced = STRBUF_INIT(LIMIT_BODY_BYTES);
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_BODY_BYTES);
	for (size_t i = 0; i < n; i++)
		strbuf_add_char(&spaced, text[i] == '+' ? ' ' : text[i]);
	int r = percent_decode(&out, strbuf_text(&spaced), spaced.len);
	if (r < 0)
		return r;
	char *taken = strbuf_take(&out);
	if (!taken)
		return -ENOMEM;
	*ret_text = taken;
	return 0;
}

static int add_pair(struct sim_input *input, const char *text, size_t n, bool in_form)
{
	const char *equals = memchr(text, '=', n);
	size_t name_len = equals ? (size_t)(equals - text) : n;
	size_t value_at = equals ? name_len + 1 : n;
	struct sim_pair *pair = vec_add(&input->pairs);
	if (!pair)
		return -ENOMEM;
	pair->in_form = in_form;
	int r = decode(text, name_len, &pair->name);
	return r < 0 ? r : decode(text + value_at, n - value_at, &pair->value);
}

static int add_pairs(struct sim_input *input, const char *text, size_t len, bool in_form)
{
	while (len > 0) {
		const char *amp = memchr(text, '&', len);
		size_t n = amp ? (size_t)(amp - text) : len;
		int r = n > 0 ? add_pair(input, text, n, in_form) : 0;
		if (r < 0)
			return r;
		size_t used = amp ? n + 1 : n;
		text += used;
		len -= used;
	}
	return 0;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct sim_pair *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static bool is_form(const struct sim_request *request)
{
	char type[128];
	return sim_header_get(request, "content-type", type, sizeof(type)) &&
	       strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
}

static int parse(const struct sim_request *request, struct sim_input *input)
{
	const char *question = strchr(request->target, '?');
	size_t path_len = question ? (size_t)(question - request->target) : strlen(request->target);
	input->path = strndup(request->target, path_len);
	if (!input->path)
		return -ENOMEM;
	int r = question ? add_pairs(input, question + 1, strlen(question + 1), false) : 0;
	if (r == 0 && request->body_len > 0 && is_form(request))
		r = add_pairs(input, request->body, request->body_len, true);
	if (r == 0 && input->pairs.n > 1)
		qsort(input->pairs.items, input->pairs.n, sizeof(*input->pairs.items),
		      compare_pairs);
	return r;
}

int sim_input_parse(const struct sim_request *request, struct sim_input *ret_input)
{
	struct sim_input input = {.request = request};
	int r = parse(request, &input);
	if (r < 0) {
		sim_input_fini(&input);
		return r;
	}
	*ret_input = input;
	return 0;
}

void sim_input_fini(struct sim_input *input)
{
	vec_each(&input->pairs, pair)
	{
		free(pair->name);
		free(pair->value);
	}
	vec_free(&input->pairs);
	free(input->path);
	input->path = NULL;
}

bool sim_header_get(const struct sim_request *request, const char *name, char *out, size_t size)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (strcasecmp(request->headers[i].name, name) != 0)
			continue;
		const char *value = request->headers[i].value;
		value += strspn(value, " \t");
		size_t n = strlen(value);
		while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
			n--;
		if (n >= size)
			n = size - 1;
		memcpy(out, value, n);
		out[n] = '\0';
		return true;
	}
	return false;
}

const char *sim_input_get(const struct sim_input *input, const char *name)
{
	size_t low = 0, high = input->pairs.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(input->pairs.items[middle].name, name);
		if (order == 0)
			return input->pairs.items[middle].value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
