/*
 * The ledger's file as a whole. An input is what is wrong with a good one: lines of
 * "OFFSET HEXDIGITS" (bytes overwritten) and "cut LENGTH"; or it is a file of SQLite's by itself.
 * Whatever is found, opening ends in one of its results; a file that is refused stays as it is, to
 * the byte; of one that is taken every row can be read. One spot of up to four bytes: refused, or
 * what is read is what was written.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "fuzz/rows.h"
#include "ledger/ledger.h"

#define WALL_MS UINT64_C(1790000000000)
#define TEXT_BYTES (1u << 24)
#define MAGIC "SQLite format 3"

/* --- a place of its own --------------------------------------------------------------------- */

static char root[64], dir[80], path[96];

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

static void remove_place(void)
{
	(void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* In memory where the machine has such a place: thousands of files are made. */
static void make_place(void)
{
	const char *under = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(root, sizeof(root), "%s/drover-fuzz-XXXXXX", under);
	CHECK(mkdtemp(root) && atexit(remove_place) == 0);
	(void)snprintf(dir, sizeof(dir), "%s/state", root);
	(void)snprintf(path, sizeof(path), "%s/ledger.db", dir);
}

static uint64_t now_ms(struct env *env)
{
	(void)env;
	return WALL_MS;
}

static void no_chance(struct env *env, void *buf, size_t size)
{
	(void)env;
	memset(buf, 0x5a, size);
}

static struct env env = {now_ms, now_ms, no_chance};

struct image {
	char *bytes;
	size_t size;
};

static struct image image_read(void)
{
	struct image image = {0};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	image.size = (size_t)st.st_size;
	image.bytes = malloc(image.size + 1);
	CHECK(image.bytes && read(fd, image.bytes, image.size + 1) == (ssize_t)image.size);
	(void)close(fd);
	return image;
}

static void image_write(const struct image *image)
{
	char other[128];
	(void)snprintf(other, sizeof(other), "%s-wal", path);
	(void)unlink(other);
	(void)snprintf(other, sizeof(other), "%s-shm", path);
	(void)unlink(other);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && write(fd, image->bytes, image->size) == (ssize_t)image->size);
	(void)close(fd);
}

/* --- what a ledger holds ---------------------------------------------------------------------- */

#define PRINTER(name, type, table)                                                                 \
	static int name(void *data, const struct type *row)                                        \
	{                                                                                          \
		print_row(&ledger_tables[table], row, data);                                       \
		return 0;                                                                          \
	}
PRINTER(print_intent, intent, TABLE_INTENTS)
PRINTER(print_order, order, TABLE_ORDERS)
PRINTER(print_resource, resource, TABLE_RESOURCES)
PRINTER(print_approval, approval, TABLE_APPROVALS)
PRINTER(print_known_group, known_group, TABLE_KNOWN_GROUPS)
PRINTER(print_event, ledger_event, TABLE_EVENTS)

static int print_paused(void *data, const char *group)
{
	strbuf_addf(data, "paused %s\n", group);
	return 0;
}

static int print_change(void *data, const char *group, int64_t intent, int64_t count,
			uint64_t wall_ms)
{
	strbuf_addf(data, "change %s %" PRId64 " %" PRId64 " %" PRIu64 "\n", group, intent, count,
		    wall_ms);
	return 0;
}

/* Everything that can be read; the caller frees it. */
static char *read_all(struct ledger *l)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(TEXT_BYTES);
	auto_free char *text = NULL, *fleet = NULL;
	uint64_t generation = 0;
	strbuf_addf(&out, "%s %" PRIu64 "\n", ledger_owner(l), ledger_since_wall_ms(l));
	CHECK(ledger_meta_get(l, "fleet", &fleet) == 0);
	CHECK(ledger_load_fleet(l, &text, &generation) == 0);
	strbuf_addf(&out, "%s %s %" PRIu64 "\n", fleet ? fleet : "", text ? text : "", generation);
	CHECK(ledger_each_intent(l, print_intent, &out) == 0);
	CHECK(ledger_each_order(l, print_order, &out) == 0);
	CHECK(ledger_each_resource(l, print_resource, &out) == 0);
	CHECK(ledger_each_approval(l, print_approval, &out) == 0);
	CHECK(ledger_each_paused(l, print_paused, &out) == 0);
	CHECK(ledger_each_known_group(l, print_known_group, &out) == 0);
	CHECK(ledger_each_change(l, print_change, &out) == 0);
	CHECK(ledger_each_event(l, NULL, 100, print_event, &out) == 0);
	char *all = strbuf_take(&out);
	CHECK(all);
	return all;
}

static char word[][16] = {"phones", "cn-shanghai", "ag-1", "acp-1",
			  "22222",  "alice",       "paid", "12.50"};

static void fill_ledger(struct ledger *l)
{
	auto_intent struct intent *intent = intent_new();
	CHECK(intent && ledger_begin(l) == 0);
	(void)snprintf(intent->key, sizeof(intent->key), "%s", "abcdefghijklmnopqrstuvwxyz");
	CHECK(intent_set(&intent->group, word[0]) == 0 &&
	      intent_set(&intent->token, "drover-a") == 0);
	CHECK(intent_set(&intent->params, "Amount=1") == 0);
	CHECK(text_list_add(&intent->before, word[3]) == 0);
	intent->state = INTENT_UNCLEAR;
	intent->count = 100;
	CHECK(ledger_save_intent(l, intent) == 0);
	const struct order order = {.id = word[4],
				    .group = word[0],
				    .intent = intent->id,
				    .count = 100,
				    .status = ORDER_UNPAID,
				    .amount = word[7]};
	const struct resource resource = {.id = word[3],
					  .cloud_group = word[2],
					  .group = word[0],
					  .intent = intent->id,
					  .state = RESOURCE_SEEN};
	const struct approval approval = {.hash = "abcdefghijklm",
					  .who = word[5],
					  .given_wall_ms = WALL_MS,
					  .count = 3,
					  .holds = "spend "};
	const struct known_group known = {.name = word[0],
					  .kind = KIND_CLOUD_PHONE,
					  .region = word[1],
					  .charge = CHARGE_POSTPAID,
					  .protect = true,
					  .end_marker = true,
					  .fingerprint = 7};
	uint64_t generation = 0;
	CHECK(ledger_save_order(l, &order) == 0 && ledger_save_resource(l, &resource) == 0);
	CHECK(ledger_save_approval(l, &approval) == 0 && ledger_save_known_group(l, &known) == 0);
	CHECK(ledger_note_change(l, word[0], intent->id, 100, WALL_MS) == 0);
	CHECK(ledger_note_event(l, WALL_MS, word[0], "created", "a detail") == 0);
	CHECK(ledger_save_paused(l, word[0], true, word[5]) == 0);
	CHECK(ledger_meta_set(l, "fleet", "qa-lab") == 0);
	CHECK(ledger_save_fleet(l, "version: 1\nfleet: qa-lab\n...\n", WALL_MS, &generation) == 0);
	CHECK(ledger_commit(l) == 0);
}

static char *good_text;

static struct image good_image(void)
{
	static struct image image;
	struct ledger *l = NULL;
	char *why = NULL;
	if (image.bytes)
		return image;
	make_place();
	CHECK(ledger_open(dir, &env, &l, &why) == LEDGER_OK);
	fill_ledger(l);
	good_text = read_all(l);
	(void)ledger_close(l);
	free(why);
	image = image_read();
	return image;
}

/* --- what is wrong with it ----------------------------------------------------------------------
 */

static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* Gives how many bytes were written over. */
static size_t patch(struct image *image, const char *line)
{
	char *hex = NULL;
	size_t at = strtoul(line, &hex, 10), n = 0;
	for (hex += strspn(hex, " "); nibble(hex[0]) >= 0 && nibble(hex[1]) >= 0; hex += 2, n++)
		if (at + n < image->size)
			image->bytes[at + n] = (char)(nibble(hex[0]) << 4 | nibble(hex[1]));
	return n;
}

/* Whether it is one spot only. */
static bool damage(struct image *image, struct fuzz_input in)
{
	size_t spots = 0, longest = 0;
	while (in.at < in.end) {
		auto_free char *line = fuzz_line(&in);
		size_t n = SIZE_MAX, length;
		if (strncmp(line, "cut ", 4) != 0)
			n = patch(image, line);
		else if ((length = strtoul(line + 4, NULL, 10)) < image->size)
			image->size = length;
		spots += n > 0;
		longest = n > longest ? n : longest;
	}
	return spots <= 1 && longest <= 4;
}

static struct image make_image(struct fuzz_input in, bool *ret_one_spot)
{
	struct image good = good_image(), image = {0};
	size_t len = (size_t)(in.end - in.at);
	*ret_one_spot = false;
	if (len >= sizeof(MAGIC) && memcmp(in.at, MAGIC, sizeof(MAGIC)) == 0) {
		image.bytes = fuzz_rest(&in, &image.size);
		return image;
	}
	image = (struct image){malloc(good.size), good.size};
	CHECK(image.bytes);
	memcpy(image.bytes, good.bytes, good.size);
	*ret_one_spot = damage(&image, in);
	return image;
}

static void check_untouched(const struct image *image)
{
	struct image now = image_read();
	CHECK(now.size == image->size && memcmp(now.bytes, image->bytes, now.size) == 0);
	free(now.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool one_spot;
	struct image image = make_image(fuzz_begin(data, size), &one_spot);
	struct ledger *l = NULL;
	char *why = NULL;
	image_write(&image);
	int r = ledger_open(dir, &env, &l, &why);
	CHECK(r < 0 || r == LEDGER_OK || r == LEDGER_E_NEWER || r == LEDGER_E_CORRUPT);
	CHECK((r == LEDGER_OK) == (l != NULL));
	if (r == LEDGER_OK) {
		auto_free char *text = read_all(l);
		if (one_spot)
			CHECK_TEXT(good_text, text);
	} else {
		CHECK(why && *why);
		check_untouched(&image);
	}
	(void)ledger_close(l);
	free(why);
	free(image.bytes);
	return 0;
}
