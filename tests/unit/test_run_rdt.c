/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "run/rdt_schema.h"

/* As the kernel prints them, padded. */
static const char present[] = "    L3:0=7f0;1=01f;10=fffff\n"
			      "    MB:0= 20;1=100\n"
			      "L3CODE:0=ff\n";

static void test_what_is_in(void **state)
{
	(void)state;
	assert_true(rdt_schema_is_in("L3:0=7f0", present));
	assert_true(rdt_schema_is_in("L3:0=7f0;1=1f;10=fffff", present));
	assert_true(rdt_schema_is_in("L3:1=1F;0=07F0", present)); /* order, case, zeros */
	assert_true(rdt_schema_is_in("L3: 0 = 7f0 ; 1=1f", present));
	assert_true(rdt_schema_is_in("MB:1=100;0=20", present));
	assert_true(rdt_schema_is_in("L3:0=7f0\nMB:0=20", present));
	assert_true(rdt_schema_is_in("L3CODE:0=ff\n", present));
	assert_true(rdt_schema_is_in("L3:0=7f0;", present));
}

static void test_what_is_not(void **state)
{
	(void)state;
	assert_false(rdt_schema_is_in("L3:0=7f", present));
	assert_false(rdt_schema_is_in("L3:0=7f1", present));
	assert_false(rdt_schema_is_in("L3:0=7f00", present));
	assert_false(rdt_schema_is_in("L3:2=7f0", present)); /* no such domain */
	assert_false(rdt_schema_is_in("L3:0=7f0;1=ff", present));
	assert_false(rdt_schema_is_in("L2:0=7f0", present)); /* no such resource */
	assert_false(rdt_schema_is_in("L3C:0=ff", present));
	assert_false(rdt_schema_is_in("L3:0=7f0\nMB:0=30", present));
	assert_false(rdt_schema_is_in("MB:0=20", ""));
	assert_false(rdt_schema_is_in("L3:0", present));
	assert_false(rdt_schema_is_in("L3:0=", present));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_in),
		cmocka_unit_test(test_what_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
