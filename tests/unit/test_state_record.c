/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "state/state.h"

#define MINIMAL "\"version\":1,\"id\":\"a\",\"bundle\":\"/b\",\"bootId\":\"x\""

static int decode(const char *text, struct arena *a, struct state *s, struct err *e)
{
	*e = (struct err)ERR_INIT;
	return state_decode(text, strlen(text), a, s, e);
}

static struct state full_state(void)
{
	return (struct state){
		.version = STATE_VERSION,
		.complete = true,
		.id = "web-1",
		.bundle = "/srv/\"quoted\"\n\x01\xc3\xa4",
		.rootfs = "/srv/rootfs",
		.boot_id = "d0d3e8b2-0000-4444-8888-aaaaaaaaaaaa",
		.rt_pid = 7,
		.rt_start_time = UINT64_MAX,
		.pid = INT32_MAX,
		.pid_start_time = 12345,
		.pidfs_inode = UINT64_MAX - 1,
		.created = "2026-11-22T17:00:00.12Z",
		.owner_uid = UINT32_MAX,
		.cgroup = { .driver = CGROUP_DRIVER_V2, .mount = "/sys/fs/cgroup", .path = "/a/b", .created = true, .inode = UINT64_MAX },
		.ns_flags = 0x7e020000,
		.has_poststart = true,
		.has_own_pid_ns = true,
		.has_process = true,
		.rdt_group = "gold",
		.rdt_monitor = true,
		.oci_version = "1.3.0",
		.annotations = "{\"a/b\":\"c\\\"d\",\"empty\":\"\"}",
	};
}

static void test_what_is_written_is_read(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	char directory[] = "/tmp/test-state-XXXXXX";
	const struct state in = full_state();
	struct state out;
	struct err e = ERR_INIT;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(state_write(fd, &in, &e), 0);
	assert_int_equal(state_read(fd, "web-1", &a, &out, &e), 0);
	assert_true(out.complete && out.has_poststart && out.has_own_pid_ns && out.has_process);
	assert_false(out.has_poststop);
	assert_string_equal(out.id, in.id);
	assert_string_equal(out.bundle, in.bundle);
	assert_string_equal(out.rootfs, in.rootfs);
	assert_string_equal(out.boot_id, in.boot_id);
	assert_string_equal(out.created, in.created);
	assert_string_equal(out.annotations, in.annotations);
	assert_string_equal(out.rdt_group, in.rdt_group);
	assert_true(out.rdt_monitor && !out.rdt_created);
	assert_int_equal(out.rt_pid, in.rt_pid);
	assert_int_equal(out.pid, in.pid);
	assert_true(out.rt_start_time == in.rt_start_time);
	assert_true(out.pidfs_inode == in.pidfs_inode);
	assert_true(out.ns_flags == in.ns_flags);
	assert_int_equal(out.owner_uid, in.owner_uid);
	assert_int_equal(out.cgroup.driver, CGROUP_DRIVER_V2);
	assert_true(out.cgroup.created);
	assert_true(out.cgroup.inode == UINT64_MAX);
	assert_string_equal(out.cgroup.path, "/a/b");
	assert_null(out.cgroup.unit);
	/* A directory that was renamed by hand is not taken for another container. */
	assert_int_equal(state_read(fd, "web-2", &a, &out, &e), -1);
	assert_int_equal(e.kind, ERR_STATE);
	assert_int_equal(unlinkat(fd, STATE_FILE, 0), 0);
	fd_close(&fd);
	assert_int_equal(rmdir(directory), 0);
}

static void test_unknown_keys_are_passed_over(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct state s;
	struct err e;

	(void)state;
	assert_int_equal(decode("{" MINIMAL ",\"later\":-5,\"more\":{\"a\":\"b\"},\"other\":true}\n", &a, &s, &e), 0);
	assert_string_equal(s.cgroup.path, "");
	assert_int_equal(s.cgroup.driver, CGROUP_DRIVER_NONE);
}

/* The reader looks for the keys in the order of the writer, and takes them in any other. */
static void test_keys_come_in_any_order(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct state s;
	struct err e;

	(void)state;
	assert_int_equal(decode("{\"pid\":9,\"bootId\":\"x\",\"bundle\":\"/b\",\"id\":\"a\",\"version\":1}", &a, &s, &e), 0);
	assert_int_equal(s.pid, 9);
	assert_string_equal(s.boot_id, "x");
	/* The beginning of a key that is expected, one that is longer, and one in another spelling. */
	assert_int_equal(decode("{\"vers\":7,\"versions\":8,\"v\\u0065rsion\":1,\"id\":\"a\",\"bundle\":\"/b\",\"bootId\":\"x\"}",
				&a, &s, &e), 0);
	assert_int_equal(s.version, 1);
	assert_string_equal(s.id, "a");
}

static void test_garbage_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"null",
		"[]",
		"{}",
		"{" MINIMAL,
		"{" MINIMAL "} x",
		"{" MINIMAL ",}",
		"{" MINIMAL ",\"pid\"}",
		"{" MINIMAL ",\"pid\":}",
		"{" MINIMAL ",\"pid\":-1}",
		"{" MINIMAL ",\"pid\":1.5}",
		"{" MINIMAL ",\"pid\":1e3}",
		"{" MINIMAL ",\"pid\":01}",
		"{" MINIMAL ",\"pid\":2147483648}",
		"{" MINIMAL ",\"pid\":\"1\"}",
		"{" MINIMAL ",\"rtStartTime\":18446744073709551616}",
		"{" MINIMAL ",\"owner\":4294967296}",
		"{" MINIMAL ",\"complete\":1}",
		"{" MINIMAL ",\"complete\":true}", /* without a pid */
		"{" MINIMAL ",\"complete\":tru}",
		"{" MINIMAL ",\"created\":null}",
		"{" MINIMAL ",\"created\":\"a\\x\"}",
		"{" MINIMAL ",\"created\":\"a\\u0000\"}",
		"{" MINIMAL ",\"created\":\"a\\ud800\"}",
		"{" MINIMAL ",\"created\":\"a\\u12\"}",
		"{" MINIMAL ",\"created\":\"a",
		"{" MINIMAL ",\"created\":\"a\\",
		"{" MINIMAL ",\"created\":\"a\nb\"}",
		"{" MINIMAL ",\"id\":\"b\"}", /* twice */
		"{" MINIMAL ",\"cgroupDriver\":\"x\"}",
		"{" MINIMAL ",\"cgroupDriver\":\"cgroupfs\",\"cgroupPath\":\"../x\"}",
		"{" MINIMAL ",\"annotations\":{\"a\":{\"b\":\"c\"}}}",
		"{" MINIMAL ",\"annotations\":{\"a\":1}}",
		"{" MINIMAL ",\"annotations\":{\"a\" \"b\"}}",
		"{" MINIMAL ",\"annotations\":{",
		"{\"version\":2,\"id\":\"a\",\"bundle\":\"/b\",\"bootId\":\"x\"}",
		"{\"version\":0,\"id\":\"a\",\"bundle\":\"/b\",\"bootId\":\"x\"}",
		"{\"version\":1,\"bundle\":\"/b\",\"bootId\":\"x\"}",
		"{\"version\":1 \"id\":\"a\"}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(bad); i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		struct state s = { .version = 77 };
		struct err e;

		if (decode(bad[i], &a, &s, &e) == 0)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(e.kind, ERR_STATE);
		assert_true(e.msg[0] != '\0');
		assert_int_equal(s.version, 77); /* untouched */
	}
}

static void test_escapes(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct state s;
	struct err e;

	(void)state;
	assert_int_equal(decode("{" MINIMAL ",\"created\":\"\\u00e4\\u20ac\\/\\t\\u001f\\\\\\\"\"}", &a, &s, &e), 0);
	assert_string_equal(s.created, "\xc3\xa4\xe2\x82\xac/\t\x1f\\\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_unknown_keys_are_passed_over),
		cmocka_unit_test(test_keys_come_in_any_order),
		cmocka_unit_test(test_garbage_is_refused),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
