/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>

#include "base/arena.h"

static void test_nothing_is_allocated_before_use(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_null(a.chunks);
	assert_int_equal(arena_check(&a, &e), 0);
	arena_release(&a);
}

static void test_aligned_and_zeroed(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	static const size_t align[] = { 1, 2, 4, 8, 16, 64, 4096 };
	size_t i, k;

	(void)state;
	for (i = 0; i < 700; i++) {
		size_t size = i * 7 % 300 + 1;
		unsigned char *p = arena_alloc(&a, size, align[i % N_OF(align)]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % align[i % N_OF(align)], 0);
		for (k = 0; k < size; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xff, size); /* an overlap would show as a byte that is not zero */
	}
}

static void test_large_request(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	char *small = arena_alloc(&a, 10, 1);
	char *large = arena_alloc(&a, (size_t)5 << 20, 16);

	(void)state;
	assert_non_null(small);
	assert_non_null(large);
	large[((size_t)5 << 20) - 1] = 1;
	assert_non_null(arena_alloc(&a, 10, 1));
}

static void test_limit_is_remembered(void **state)
{
	_cleanup_arena_ struct arena a = { .limit = 1000 };
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(arena_alloc(&a, 900, 1));
	assert_null(arena_alloc(&a, 101, 1));
	assert_null(arena_alloc(&a, 1, 1));
	assert_fails_with(arena_check(&a, &e), &e, ERR_SYSTEM, "1000 allowed");
	assert_int_equal(e.errnum, ENOMEM);
}

static void test_overflow(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_arena_ struct arena b = ARENA_INIT;
	_cleanup_arena_ struct arena c = ARENA_INIT;

	(void)state;
	assert_null(arena_array(&a, SIZE_MAX / 2, 3, 1));
	assert_null(arena_alloc(&b, SIZE_MAX, 16));
	assert_null(arena_strndup(&c, "", SIZE_MAX));
	assert_true(a.exhausted && b.exhausted && c.exhausted);
}

static void test_empty_array_is_not_null(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;

	(void)state;
	assert_non_null(arena_new_array(&a, uint64_t, 0));
	assert_false(a.exhausted);
}

static void test_strings(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(arena_strdup(&a, "abc"), "abc");
	assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
}

static void test_fixed(void **state)
{
	static _Alignas(16) char range[64];
	struct arena a;
	struct err e = ERR_INIT;
	char *p, *q;

	(void)state;
	arena_init_fixed(&a, range, sizeof(range));
	p = arena_alloc(&a, 3, 1);
	assert_ptr_equal(p, range);
	q = arena_alloc(&a, 8, 8);
	assert_ptr_equal(q, range + 8);
	assert_non_null(arena_alloc(&a, 48, 16));
	assert_int_equal(arena_check(&a, &e), 0);
	assert_null(arena_alloc(&a, 1, 1));
	assert_int_equal(arena_check(&a, &e), -1);
	arena_release(&a); /* the range is the caller's: nothing is freed */
}

static void test_used_counts_what_a_fixed_arena_needs(void **state)
{
	static _Alignas(16) char range[4096];
	struct arena a;

	(void)state;
	arena_init_fixed(&a, range, sizeof(range));
	(void)arena_alloc(&a, 1, 1);
	(void)arena_alloc(&a, 16, 16);
	assert_int_equal(a.used, 32);
	assert_ptr_equal(a.next, range + a.used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_allocated_before_use),
		cmocka_unit_test(test_aligned_and_zeroed),
		cmocka_unit_test(test_large_request),
		cmocka_unit_test(test_limit_is_remembered),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_empty_array_is_not_null),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_used_counts_what_a_fixed_arena_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
