/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus of systemd where it does not answer, or is not there, and values of properties as annotations write them.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cgroup/systemd_manager.h"
#include "plan/unit_text.h"

#ifdef HAVE_SYSTEMD

/* Nobody accepts, or reads, on this socket. */
static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* Any call connects first. */
static int call(struct err *e)
{
	const struct systemd_manager m = systemd_manager_begin(true, 300);

	return systemd_manager_stop_unit(&m, "rt-test.scope", e);
}

static void test_silent_bus(void **state)
{
	char dir[] = "/tmp/rt-test-bus-XXXXXX";
	char address[128], path[64];
	struct err e = ERR_INIT;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/bus", dir);
	(void)snprintf(address, sizeof(address), "unix:path=%s", path);
	fd = listen_on(path);
	assert_int_equal(setenv("DBUS_SESSION_BUS_ADDRESS", address, 1), 0);
	assert_int_equal(call(&e), -1);
	assert_int_equal(e.errnum, ETIMEDOUT);
	assert_string_equal(e.msg, "the user's systemd: no answer in 0.3 s: greeting on the bus");
	(void)close(fd);
	(void)unlink(path);

	/* Nobody listens. */
	err_clear(&e);
	assert_int_equal(call(&e), -1);
	assert_int_equal(e.errnum, ENOENT);
	assert_non_null(strstr(e.hint, "loginctl enable-linger"));
	(void)rmdir(dir);
}

static void test_no_environment(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(unsetenv("DBUS_SESSION_BUS_ADDRESS"), 0);
	assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
	assert_int_equal(call(&e), -1);
	assert_int_equal(e.kind, ERR_UNSUPPORTED);
	assert_non_null(strstr(e.msg, "neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set"));
}

#endif

/* The type, and the values with a blank in front of each: numbers in decimal, as unsigned ones. */
static void expect_text(const char *text, const char *expected)
{
	struct arena a = ARENA_INIT;
	struct plan_unit_property p = { .name = "X" };
	const char *why = "";
	char got[256];
	size_t len;

	if (unit_text_parse(text, &a, &p, &why) < 0) {
		assert_string_equal(why, expected);
	} else {
		len = (size_t)snprintf(got, sizeof(got), "%s", p.type);
		for (unsigned i = 0; i < p.n_values && len < sizeof(got); i++)
			len += p.values[i].text ? (size_t)snprintf(got + len, sizeof(got) - len, " %s", p.values[i].text) :
						  (size_t)snprintf(got + len, sizeof(got) - len, " %llu",
								   (unsigned long long)p.values[i].number);
		assert_string_equal(got, expected);
	}
	arena_release(&a);
}

static void test_texts(void **state)
{
	(void)state;
	expect_text("true", "b 1");
	expect_text(" false ", "b 0");
	expect_text("12", "i 12");
	expect_text("-1", "i 18446744073709551615");
	expect_text("byte 255", "y 255");
	expect_text("int16 -32768", "n 18446744073709518848");
	expect_text("uint16 65535", "q 65535");
	expect_text("uint64 18446744073709551615", "t 18446744073709551615");
	expect_text("int64 -5", "x 18446744073709551611");
	expect_text("'it\\'s'", "s it's");
	expect_text("\"a b\"", "s a b");
	expect_text("['a', 'b']", "as a b");
	expect_text("[uint32 1, 2, 3]", "au 1 2 3");
	expect_text("@as []", "as");
	expect_text("[('/dev/sda', uint64 5), ('/dev/sdb', 6)]", "a(st) /dev/sda 5 /dev/sdb 6");
	expect_text("[]", "an empty list without a type, as in @as []");
	expect_text("@as ['a']", "after @ only the type of an empty list, as in @as []");
	expect_text("@a{sv} []", "after @ only the type of an empty list, as in @as []");
	expect_text("", "no value");
	expect_text("word", "no value");
	expect_text("uint64", "no value");
	expect_text("uint64 x", "no value");
	expect_text("uint64 -1", "a number out of its type's range");
	expect_text("2147483648", "a number out of its type's range");
	expect_text("int64 -9223372036854775809", "a number out of its type's range");
	expect_text("99999999999999999999999999999", "no value");
	expect_text("'open", "a string without an end");
	expect_text("'open\\", "a string without an end");
	expect_text("[1, true]", "values of different types");
	expect_text("['a', ('b', 1)]", "values of different types");
	expect_text("[('a', 1), ('b')]", "values of different types");
	expect_text("[1", "a list without an end");
	expect_text("[(1, 2]", "a tuple without an end");
	expect_text("[(1,1,1,1,1,1,1,1,1)]", "a tuple with too many members");
	expect_text("1 2", "something behind the value");
}

static void expect_seconds(const char *text, int64_t expected)
{
	struct arena a = ARENA_INIT;
	struct plan_unit_property p = { .name = "X" };
	const char *why = "";
	int r = unit_text_parse_seconds(text, &a, &p, &why);

	if (expected < 0) {
		assert_int_equal(r, -1);
		assert_string_not_equal(why, "");
	} else {
		assert_int_equal(r, 0);
		assert_string_equal(p.type, "t");
		assert_int_equal(p.values[0].number, expected);
	}
	arena_release(&a);
}

static void test_seconds(void **state)
{
	(void)state;
	expect_seconds("0", 0);
	expect_seconds("90", 90000000);
	expect_seconds("1.5", 1500000);
	expect_seconds("0.0000019", 1);
	expect_seconds("uint64 3", 3000000);
	expect_seconds("-1", -1);
	expect_seconds("'x'", -1);
	expect_seconds("true", -1);
	expect_seconds("1s", -1);
	expect_seconds("uint64 18446744073709551615", -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef HAVE_SYSTEMD
		cmocka_unit_test(test_silent_bus),
		cmocka_unit_test(test_no_environment),
#endif
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
