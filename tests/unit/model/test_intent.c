#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "model/intent.h"

static void a_new_intent_has_empty_texts(void **state)
{
	auto_intent struct intent *i = intent_new();
	const char *texts[] = {i->operation, i->group, i->region,  i->cloud_group,
			       i->name,      i->token, i->params,  i->result_group,
			       i->order_id,  i->code,  i->message, i->request_id};
	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++)
		assert_string_equal(texts[t], "");
	assert_int_equal(i->id, 0);
	assert_int_equal(i->state, INTENT_RECORDED);
}

static struct intent *full_intent(void)
{
	struct intent *i = intent_new();
	char **texts[] = {&i->operation, &i->group, &i->region,  &i->cloud_group,
			  &i->name,      &i->token, &i->params,  &i->result_group,
			  &i->order_id,  &i->code,  &i->message, &i->request_id};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		char text[] = {(char)('a' + t), '\0'};
		assert_int_equal(intent_set(texts[t], text), 0);
	}
	strcpy(i->key, "abcdefghijklmnopqrstuvwxyz");
	i->id = 7;
	i->verb = VERB_GROW;
	i->state = INTENT_UNCLEAR;
	i->count = 3;
	i->buys = i->landed = true;
	i->sends = 2;
	i->first_sent_wall_ms = 11;
	assert_int_equal(text_list_add(&i->before, "acp-1"), 0);
	assert_int_equal(text_list_add(&i->targets, "acp-2"), 0);
	assert_int_equal(text_list_add(&i->result, "acp-3"), 0);
	return i;
}

static void a_copy_has_everything_of_its_own(void **state)
{
	auto_intent struct intent *from = full_intent();
	auto_intent struct intent *copy = NULL;
	(void)state;
	assert_int_equal(intent_copy(from, &copy), 0);
	const char *texts[] = {copy->operation, copy->group, copy->region,  copy->cloud_group,
			       copy->name,      copy->token, copy->params,  copy->result_group,
			       copy->order_id,  copy->code,  copy->message, copy->request_id};
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		char text[] = {(char)('a' + t), '\0'};
		assert_string_equal(texts[t], text);
	}
	assert_ptr_not_equal(copy->params, from->params);
	from = intent_free(from); /* what is left must not lean on it */
	assert_string_equal(copy->key, "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(copy->id, 7);
	assert_int_equal(copy->verb, VERB_GROW);
	assert_int_equal(copy->state, INTENT_UNCLEAR);
	assert_int_equal(copy->count, 3);
	assert_int_equal(copy->sends, 2);
	assert_true(copy->buys && copy->landed && !copy->unpaid);
	assert_true(copy->first_sent_wall_ms == 11);
	assert_true(text_list_has(&copy->before, "acp-1"));
	assert_true(text_list_has(&copy->targets, "acp-2"));
	assert_true(text_list_has(&copy->result, "acp-3"));
}

static void setting_copies_and_null_is_empty(void **state)
{
	auto_intent struct intent *i = intent_new();
	char text[] = "Throttling";
	(void)state;
	assert_int_equal(intent_set(&i->code, text), 0);
	text[0] = 'x';
	assert_string_equal(i->code, "Throttling");
	assert_int_equal(intent_set(&i->code, i->code), 0); /* from itself */
	assert_string_equal(i->code, "Throttling");
	assert_int_equal(intent_set(&i->code, NULL), 0);
	assert_string_equal(i->code, "");
}

static void every_value_has_a_word_of_its_own(void **state)
{
	(void)state;
	for (int v = 0; v < VERB_MAX_; v++)
		for (int w = v + 1; w <= VERB_MAX_; w++)
			assert_string_not_equal(verb_name((enum verb)v), verb_name((enum verb)w));
	for (int s = 0; s < INTENT_STATE_MAX_; s++)
		for (int t = s + 1; t <= INTENT_STATE_MAX_; t++)
			assert_string_not_equal(intent_state_name((enum intent_state)s),
						intent_state_name((enum intent_state)t));
	assert_string_equal(verb_name(VERB_MAX_), "?");
	assert_string_equal(intent_state_name(INTENT_STATE_MAX_), "?");
}

static void open_is_whatever_may_still_have_an_effect(void **state)
{
	static const bool open[INTENT_STATE_MAX_] = {
		[INTENT_RECORDED] = true,
		[INTENT_SENT] = true,
		[INTENT_UNCLEAR] = true,
		[INTENT_HELD] = true,
	};
	auto_intent struct intent *i = intent_new();
	(void)state;
	for (int s = 0; s < INTENT_STATE_MAX_; s++) {
		i->state = (enum intent_state)s;
		assert_int_equal(intent_is_open(i), open[s]);
	}
}

static void nothing_is_freed_from_null(void **state)
{
	(void)state;
	assert_null(intent_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_intent_has_empty_texts),
		cmocka_unit_test(a_copy_has_everything_of_its_own),
		cmocka_unit_test(setting_copies_and_null_is_empty),
		cmocka_unit_test(every_value_has_a_word_of_its_own),
		cmocka_unit_test(open_is_whatever_may_still_have_an_effect),
		cmocka_unit_test(nothing_is_freed_from_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
