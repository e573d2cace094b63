/* The shelf of prebuilt answers: what is kept, what goes first, what lives on while it is sent. */
#include "../../src/http/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEN_KB 10000u

static void put(struct shelf *s, uint64_t key)
{
	struct str bytes = {0};
	static char filling[TEN_KB];
	memset(filling, (int)key, sizeof filling);
	str_addn(&bytes, filling, sizeof filling);
	shelf_put(s, key, &bytes, false);
	assert_int_equal(bytes.length, 0);
}

static void what_is_put_is_found(void **state)
{
	(void)state;
	struct shelf *s = shelf_open(100 * TEN_KB);
	for (uint64_t key = 1; key <= 50; key++)
		put(s, key << 20);
	for (uint64_t key = 1; key <= 50; key++) {
		struct kept *k = shelf_find(s, key << 20);
		assert_non_null(k);
		assert_int_equal(k->bytes.length, TEN_KB);
	}
	assert_null(shelf_find(s, 51 << 20));
	assert_null(shelf_find(s, 0));
	shelf_close(&s);
	assert_null(s);
}

static void it_is_bounded_and_the_least_used_goes_first(void **state)
{
	(void)state;
	struct shelf *s = shelf_open(11 * TEN_KB);
	for (uint64_t key = 1; key <= 10; key++)
		put(s, key);
	assert_non_null(shelf_find(s, 1)); /* asked for again: 2 is now the oldest */
	put(s, 11);
	assert_true(shelf_bytes(s) <= 11 * TEN_KB);
	assert_non_null(shelf_find(s, 1));
	assert_null(shelf_find(s, 2));
	assert_non_null(shelf_find(s, 3));
	for (uint64_t key = 100; key < 1000; key++) {
		put(s, key);
		assert_true(shelf_bytes(s) <= 11 * TEN_KB);
	}
	shelf_close(&s);
}

static void what_is_larger_than_the_shelf_is_kept_until_the_next(void **state)
{
	(void)state;
	struct shelf *s = shelf_open(100);
	put(s, 1);
	assert_non_null(shelf_find(s, 1));
	put(s, 2);
	assert_null(shelf_find(s, 1));
	shelf_close(&s);
}

static void what_is_being_sent_lives_on(void **state)
{
	(void)state;
	struct shelf *s = shelf_open(100);
	put(s, 7);
	struct kept *k = kept_hold(shelf_find(s, 7));
	put(s, 8);
	assert_null(shelf_find(s, 7));
	shelf_close(&s);
	assert_int_equal(k->bytes.length, TEN_KB);
	assert_int_equal(str_text(&k->bytes)[5], 7);
	kept_drop(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_put_is_found),
	    cmocka_unit_test(it_is_bounded_and_the_least_used_goes_first),
	    cmocka_unit_test(what_is_larger_than_the_shelf_is_kept_until_the_next),
	    cmocka_unit_test(what_is_being_sent_lives_on),
	};
	return cmocka_run_group_tests_name("shelf", tests, NULL, NULL);
}
