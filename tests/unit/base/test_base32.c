#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base32.h"
#include "base/cleanup.h"

static void the_published_vectors_come_out(void **state)
{
	/* RFC 4648 section 10, in lower case and without padding */
	static const struct {
		const char *bytes, *text;
	} cases[] = {
		{"", ""},
		{"f", "my"},
		{"fo", "mzxq"},
		{"foo", "mzxw6"},
		{"foob", "mzxw6yq"},
		{"fooba", "mzxw6ytb"},
		{"foobar", "mzxw6ytboi"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[BASE32_SIZE(6)];
		base32_encode(cases[i].bytes, strlen(cases[i].bytes), text);
		assert_string_equal(text, cases[i].text);
	}
}

static void the_size_is_exact_for_every_length(void **state)
{
	static const uint8_t bytes[64] = {0xff, 0x00, 0xff};
	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		char text[BASE32_SIZE(sizeof(bytes)) + 1];
		memset(text, '!', sizeof(text));
		base32_encode(bytes, n, text);
		assert_int_equal(strlen(text) + 1, BASE32_SIZE(n));
		assert_int_equal(text[BASE32_SIZE(n)], '!');
	}
}

static void only_the_alphabet_is_used(void **state)
{
	(void)state;
	for (unsigned b = 0; b < 256; b++) {
		uint8_t bytes[5] = {(uint8_t)b, (uint8_t)~b, (uint8_t)(b * 7), 0, 0xff};
		char text[BASE32_SIZE(sizeof(bytes))];
		base32_encode(bytes, sizeof(bytes), text);
		assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz234567"), 8);
	}
}

static void sixteen_bytes_make_a_key_of_26(void **state)
{
	static const uint8_t zero[16], ones[16] = {255, 255, 255, 255, 255, 255, 255, 255,
						   255, 255, 255, 255, 255, 255, 255, 255};
	char text[BASE32_SIZE(16)];
	(void)state;
	base32_encode(zero, sizeof(zero), text);
	assert_string_equal(text, "aaaaaaaaaaaaaaaaaaaaaaaaaa");
	base32_encode(ones, sizeof(ones), text);
	assert_string_equal(text, "77777777777777777777777774"); /* 3 bits left, 2 of filling */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vectors_come_out),
		cmocka_unit_test(the_size_is_exact_for_every_length),
		cmocka_unit_test(only_the_alphabet_is_used),
		cmocka_unit_test(sixteen_bytes_make_a_key_of_26),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
