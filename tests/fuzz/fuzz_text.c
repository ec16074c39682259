/*
 * The small text forms, every one with every input: durations, amounts, times, percent-encoding,
 * base32, parameters, JSON texts. What can be read can be written and read again as the same;
 * what can be written can be read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base32.h"
#include "base/duration.h"
#include "base/jsonw.h"
#include "base/money.h"
#include "base/percent.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "cloud/json.h"
#include "fuzz/fuzz.h"
#include "lib/same_params.h"
#include "model/observed.h"
#include "model/params.h"

#define MANY (1u << 20)
#define YEAR_9900_MS (UINT64_C(250246627200) * 1000)

static void check_duration(const char *text)
{
	uint64_t ms = 1, again = 2;
	char out[64];
	if (duration_parse(text, &ms) != 0) {
		CHECK(ms == 1);
		return;
	}
	CHECK(ms <= UINT64_C(10000) * 86400000);
	duration_text(ms, out, sizeof(out));
	CHECK(duration_parse(out, &again) == 0 && again == ms);
	duration_human(ms, out, sizeof(out));
	CHECK(*out);
}

static void check_money(const char *text, int64_t seed)
{
	int64_t micro = seed, again = 0, twice = 0;
	char out[MONEY_SIZE];
	int r = money_parse(text, &micro);
	CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
	CHECK(r == 0 || micro == seed);
	money_format(micro, out);
	if (micro == INT64_MIN)
		return; /* has no amount of the other sign, and no text can make it */
	CHECK(money_parse(out, &again) == 0 && again == micro);
	if (money_multiply(micro, 2, &twice) == 0)
		CHECK(money_add(micro, micro, &again) == 0 && again == twice);
}

static void check_time(const char *text)
{
	uint64_t ms = 1, again = 2;
	char out[TIMEFMT_SIZE];
	if (timefmt_parse_http(text, &ms) != 0 && timefmt_parse(text, &ms) != 0) {
		CHECK(ms == 1);
		return;
	}
	if (ms >= YEAR_9900_MS)
		return; /* what a zone or a leap second may carry beyond the last year */
	timefmt_iso(ms, out);
	CHECK(timefmt_parse(out, &again) == 0 && again == ms - ms % 1000);
}

static void check_percent(const char *bytes, size_t n)
{
	auto_strbuf struct strbuf encoded = STRBUF_INIT(MANY), decoded = STRBUF_INIT(MANY);
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_.~%";
	percent_encode(&encoded, bytes, n);
	CHECK(strspn(strbuf_text(&encoded), plain) == encoded.len);
	int r = percent_decode(&decoded, strbuf_text(&encoded), encoded.len);
	CHECK(r == (memchr(bytes, '\0', n) ? -EINVAL : 0));
	CHECK(r < 0 || (decoded.len == n && memcmp(strbuf_text(&decoded), bytes, n) == 0));
	strbuf_clear(&decoded);
	r = percent_decode(&decoded, bytes, n);
	CHECK(r == 0 || r == -EINVAL);
}

/* Five bits of each letter, as its reader would take them. */
static void check_base32(const unsigned char *bytes, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	char out[BASE32_SIZE(64)];
	if (n > 64)
		n = 64;
	base32_encode(bytes, n, out);
	CHECK(strlen(out) == BASE32_SIZE(n) - 1);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		const char *letter = strchr(letters, out[bit / 5]);
		CHECK(letter);
		unsigned got = (unsigned)(letter - letters) >> (4 - bit % 5) & 1;
		CHECK(got == ((unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1));
	}
}

static void check_params(const char *text)
{
	auto_params struct params params = {0}, again = {0}, copy = {0};
	int r = params_parse(text, &params);
	CHECK(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	for (size_t i = 1; i < params.n; i++)
		CHECK(strcmp(params.items[i - 1].name, params.items[i].name) < 0);
	auto_free char *canonical = params_text(&params);
	CHECK(canonical && params_parse(canonical, &again) == 0 && same_params(&params, &again));
	auto_free char *twice = params_text(&again);
	CHECK_TEXT(canonical, twice);
	CHECK(params_copy(&params, &copy) == 0 && same_params(&copy, &params));
}

/* Any name but "" and any value come back, whatever is in them. */
static void check_param(const char *text)
{
	auto_params struct params params = {0}, again = {0};
	size_t half = strlen(text) / 2;
	auto_free char *name = strndup(text, half);
	CHECK(name && params_set(&params, *name ? name : "n", text + half) == 0);
	CHECK(params_set(&params, "z", "") == 0);
	auto_free char *canonical = params_text(&params);
	CHECK(canonical && params_parse(canonical, &again) == 0 && same_params(&params, &again));
}

static void check_json(const char *text)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(MANY);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "text", text);
	jsonw_key_text(&w, text, "after");
	jsonw_end_object(&w);
	const cJSON *root = fuzz_json(strbuf_text(&out), out.len);
	CHECK(root && root->child && root->child->next && !root->child->next->next);
	const char *got = json_item_text(root->child);
	if (fuzz_is_printable(text))
		CHECK_TEXT(got, text);
	CHECK_TEXT(got, root->child->next->string);
}

static void check_words(const char *text)
{
	const char *value = NULL;
	enum instance_status instance = instance_status_from_text(text);
	enum group_status group = group_status_from_text(text);
	CHECK(instance == INSTANCE_UNKNOWN || strcmp(instance_status_name(instance), text) == 0);
	CHECK(group <= GROUP_UNKNOWN && group_status_name(group));
	int n = tags_get(text, "key", &value);
	CHECK(n == -1 || (value >= text && value + n <= text + strlen(text)));
	CHECK(observed_is_id(text) == fuzz_is_id(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	int64_t seed = 0;
	size_t len;
	auto_free char *text = fuzz_rest(&in, &len);
	memcpy(&seed, text, len < sizeof(seed) ? len : sizeof(seed));
	check_percent(text, len);
	check_base32((const unsigned char *)text, len);
	check_duration(text);
	check_money(text, seed);
	check_time(text);
	check_params(text);
	check_param(text);
	check_json(text);
	check_words(text);
	return 0;
}
