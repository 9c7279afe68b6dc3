/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_TESTS_UNIT_TEST_H
#define RT_TESTS_UNIT_TEST_H

/* What cmocka.h wants before itself, and the few things that most unit tests share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* CALL fails, with KIND, and the message holds TEXT. */
#define assert_fails_with(call, e, expected_kind, text)                                          \
	do {                                                                                     \
		err_clear(e);                                                                    \
		assert_true((call) < 0);                                                         \
		assert_int_equal((e)->kind, (expected_kind));                                    \
		if (strstr((e)->msg, (text)) == NULL)                                            \
			fail_msg("message \"%s\" does not hold \"%s\"", (e)->msg, (text));       \
	} while (0)

/* CALL succeeds; the error is shown if not. */
#define assert_succeeds(call, e)                                                                 \
	do {                                                                                     \
		if ((call) < 0)                                                                  \
			fail_msg("%s: %s", #call, (e)->msg);                                     \
	} while (0)

#endif
