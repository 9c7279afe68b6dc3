/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of a cgroup, read from a directory of ordinary files that say what the kernel could say, or could not. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "cgroup/events.h"
#include "cgroup/stats.h"

#define LARGE 100000 /* more than any file that is read whole */

static const char *const file_names[] = {
	"cgroup.controllers", "cpu.stat", "cpu.pressure", "memory.pressure", "io.pressure", "memory.current",
	"memory.peak", "memory.max", "memory.swap.current", "memory.swap.max", "memory.events", "memory.stat",
	"pids.current", "pids.max", "io.stat", "hugetlb.2MB.current", "hugetlb.2MB.events", "hugetlb.1GB.current",
	"hugetlb.1GB.events", "hugetlb.1GB.rsvd.current", "hugetlb.1GB.rsvd.events",
};

struct fake {
	char path[64];
	int fd;
};

static int set_up(void **state)
{
	static struct fake fake;

	(void)snprintf(fake.path, sizeof(fake.path), "/tmp/rt-test-stats-XXXXXX");
	if (mkdtemp(fake.path) == NULL)
		return -1;
	fake.fd = open(fake.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &fake;
	return fake.fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fake *fake = *state;

	for (size_t i = 0; i < N_OF(file_names); i++)
		(void)unlinkat(fake->fd, file_names[i], 0); /* not all tests have all files */
	fd_close(&fake->fd);
	return rmdir(fake->path);
}

static void write_bytes(const struct fake *fake, const char *name, const char *text, size_t len)
{
	_cleanup_fd_ int fd = openat(fake->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
}

static void write_text(const struct fake *fake, const char *name, const char *text)
{
	write_bytes(fake, name, text, strlen(text));
}

static struct cgroup_stats read_stats(const struct fake *fake)
{
	struct cgroup_stats s;
	struct err e = ERR_INIT;

	memset(&s, 0xff, sizeof(s));
	assert_succeeds(cgroup_stats_read(fake->fd, &s, &e), &e);
	return s;
}

static void assert_value(struct cgroup_value v, uint64_t expected)
{
	assert_true(v.is_known);
	assert_true(v.value == expected);
}

static void nothing_is_known_without_controllers(void **state)
{
	const struct fake *fake = *state;
	struct cgroup_stats s;

	write_text(fake, "cgroup.controllers", "\n");
	/* Left by nobody: a controller that is not named is not looked for. */
	write_text(fake, "memory.current", "4096\n");
	write_text(fake, "pids.current", "1\n");
	s = read_stats(fake);
	assert_false(s.cpu_usage.is_known);
	assert_false(s.memory_usage.is_known);
	assert_false(s.pids.is_known);
	assert_false(s.cpu_pressure.some.is_known);
	assert_int_equal(s.n_io, 0);
	assert_int_equal(s.n_hugetlb, 0);
	assert_int_equal(s.n_memory_stat, 0);
}

static void a_cgroup_that_is_gone_is_an_error(void **state)
{
	const struct fake *fake = *state;
	struct cgroup_stats s;
	struct err e = ERR_INIT;

	assert_fails_with(cgroup_stats_read(fake->fd, &s, &e), &e, ERR_STATE, "gone");
}

static void all_files_are_understood(void **state)
{
	const struct fake *fake = *state;
	struct cgroup_stats s;

	write_text(fake, "cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
	write_text(fake, "cpu.stat", "usage_usec 30\nuser_usec 20\nsystem_usec 10\nnr_periods 7\nnr_throttled 3\n"
				     "throttled_usec 99\n");
	write_text(fake, "cpu.pressure", "some avg10=1.25 avg60=0.50 avg300=100.00 total=12345\n"
					 "full avg10=0.01 avg60=0.00 avg300=0.00 total=5\n");
	write_text(fake, "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
	write_text(fake, "memory.current", "4096\n");
	write_text(fake, "memory.peak", "8192\n");
	write_text(fake, "memory.max", "max\n");
	write_text(fake, "memory.swap.current", "0\n");
	write_text(fake, "memory.swap.max", "1048576\n");
	write_text(fake, "memory.events", "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n");
	write_text(fake, "memory.stat", "anon 100\nfile 200\n");
	write_text(fake, "pids.current", "3\n");
	write_text(fake, "pids.max", "10\n");
	write_text(fake, "io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n253:16 wbytes=9\n");
	write_text(fake, "hugetlb.2MB.current", "2097152\n");
	write_text(fake, "hugetlb.2MB.events", "max 6\n");
	write_text(fake, "hugetlb.1GB.current", "7\n");
	write_text(fake, "hugetlb.1GB.events", "max 8\n");
	write_text(fake, "hugetlb.1GB.rsvd.current", "1073741824\n");
	write_text(fake, "hugetlb.1GB.rsvd.events", "max 9\n");
	s = read_stats(fake);
	assert_value(s.cpu_usage, 30);
	assert_value(s.cpu_user, 20);
	assert_value(s.cpu_system, 10);
	assert_value(s.cpu_periods, 7);
	assert_value(s.cpu_throttled_periods, 3);
	assert_value(s.cpu_throttled, 99);
	assert_true(s.cpu_pressure.some.is_known && s.cpu_pressure.full.is_known);
	assert_int_equal(s.cpu_pressure.some.avg10, 125);
	assert_int_equal(s.cpu_pressure.some.avg60, 50);
	assert_int_equal(s.cpu_pressure.some.avg300, 10000);
	assert_int_equal(s.cpu_pressure.some.total, 12345);
	assert_int_equal(s.cpu_pressure.full.avg10, 1);
	assert_true(s.memory_pressure.some.is_known);
	assert_false(s.memory_pressure.full.is_known);
	assert_false(s.io_pressure.some.is_known);
	assert_value(s.memory_usage, 4096);
	assert_value(s.memory_peak, 8192);
	assert_value(s.memory_limit, CGROUP_NO_LIMIT);
	assert_value(s.swap_usage, 0);
	assert_value(s.swap_limit, 1048576);
	assert_value(s.oom_kills, 4);
	assert_int_equal(s.n_memory_stat, 2);
	assert_int_equal(cgroup_stats_get_memory_stat(&s, "file"), 200);
	assert_int_equal(cgroup_stats_get_memory_stat(&s, "fil"), 0);
	assert_value(s.pids, 3);
	assert_value(s.pids_limit, 10);
	assert_int_equal(s.n_io, 2);
	assert_int_equal(s.io[0].major, 8);
	assert_int_equal(s.io[0].minor, 0);
	assert_value(s.io[0].read_bytes, 1);
	assert_value(s.io[0].write_bytes, 2);
	assert_value(s.io[0].reads, 3);
	assert_value(s.io[0].writes, 4);
	assert_int_equal(s.io[1].major, 253);
	assert_int_equal(s.io[1].minor, 16);
	assert_false(s.io[1].reads.is_known);
	assert_value(s.io[1].write_bytes, 9);
	assert_int_equal(s.n_hugetlb, 2);
	for (unsigned i = 0; i < 2; i++) {
		bool is_small = strcmp(s.hugetlb[i].size, "2MB") == 0;

		/* Reservations are what the limit counts, where the kernel has them. */
		assert_int_equal(s.hugetlb[i].usage, is_small ? 2097152 : 1073741824);
		assert_int_equal(s.hugetlb[i].failed, is_small ? 6 : 9);
	}
}

/* Texts of which nothing may be taken, for each form. */
static void what_can_not_be_understood_is_not_known(void **state)
{
	static const char *const values[] = { "", "\n", "-1\n", "18446744073709551616\n", "12 34\n", "0x10\n", " 7\n",
					      "maximum\n", "99999999999999999999999999999999999999999999999999\n" };
	static const char *const pressures[] = { "", "some\n", "some avg10=1.25\n", "some avg10=1.2 avg60=0.00 "
						 "avg300=0.00 total=1\n", "some avg10=101.00 avg60=0.00 avg300=0.00 "
						 "total=1\n", "some avg10=0.00 avg60=0.00 avg300=0.00 total=-1\n",
						 "some avg10 avg60=0.00 avg300=0.00 total=1\n",
						 "some avg10=.00 avg60=0.00 avg300=0.00 total=1\n",
						 "some avg10=99999999999.00 avg60=0.00 avg300=0.00 total=1\n" };
	static const char *const ios[] = { "", "8 rbytes=1\n", "8:x rbytes=1\n", ":0 rbytes=1\n", "rbytes=1\n",
					   "8:4294967296 rbytes=1\n", "Total 7\n" };
	const struct fake *fake = *state;

	write_text(fake, "cgroup.controllers", "memory io\n");
	for (size_t i = 0; i < N_OF(values); i++) {
		write_text(fake, "memory.current", values[i]);
		if (read_stats(fake).memory_usage.is_known)
			fail_msg("memory.current: \"%s\"", values[i]);
	}
	for (size_t i = 0; i < N_OF(pressures); i++) {
		write_text(fake, "cpu.pressure", pressures[i]);
		if (read_stats(fake).cpu_pressure.some.is_known)
			fail_msg("cpu.pressure: \"%s\"", pressures[i]);
	}
	for (size_t i = 0; i < N_OF(ios); i++) {
		write_text(fake, "io.stat", ios[i]);
		if (read_stats(fake).n_io != 0)
			fail_msg("io.stat: \"%s\"", ios[i]);
	}
	write_text(fake, "memory.stat", "anon\nfile x\n 7\nshmem 1 2\nvery_long_key_that_no_kernel_has_had_so_far 1\n"
					"good 18446744073709551615\nlarge 18446744073709551616\n");
	assert_int_equal(read_stats(fake).n_memory_stat, 1);
	write_text(fake, "memory.events", "oom_kill 99999999999999999999999\n");
	assert_false(read_stats(fake).oom_kills.is_known);
}

static void a_missing_newline_is_no_matter(void **state)
{
	const struct fake *fake = *state;
	struct cgroup_stats s;

	write_text(fake, "cgroup.controllers", "memory io");
	write_text(fake, "memory.current", "18446744073709551615");
	write_text(fake, "memory.stat", "file 3");
	write_text(fake, "memory.events", "oom_kill 2");
	write_text(fake, "io.pressure", "full avg10=0.00 avg60=0.00 avg300=0.00 total=18446744073709551615");
	write_text(fake, "io.stat", "7:0 7:1 8:0 rbytes=5");
	s = read_stats(fake);
	assert_value(s.memory_usage, UINT64_MAX);
	assert_int_equal(cgroup_stats_get_memory_stat(&s, "file"), 3);
	assert_value(s.oom_kills, 2);
	assert_true(s.io_pressure.full.total == UINT64_MAX);
	assert_int_equal(s.n_io, 1);
	assert_int_equal(s.io[0].major, 8);
	assert_value(s.io[0].read_bytes, 5);
}

static void more_than_there_is_room_for_is_cut_at_a_line(void **state)
{
	const struct fake *fake = *state;
	char *text = malloc(LARGE + 1);
	struct cgroup_stats s;
	size_t len = 0;

	assert_non_null(text);
	write_text(fake, "cgroup.controllers", "memory io pids\n");
	while (len + 32 < LARGE)
		len += (size_t)snprintf(text + len, 32, "key%zu 1234567890\n", len);
	write_bytes(fake, "memory.stat", text, len);
	for (len = 0; len + 64 < LARGE;)
		len += (size_t)snprintf(text + len, 64, "%zu:1 rbytes=777 wbytes=777777777777777777777\n", len % 4096);
	write_bytes(fake, "io.stat", text, len);
	memset(text, '1', LARGE);
	write_bytes(fake, "memory.current", text, LARGE);
	write_bytes(fake, "memory.pressure", text, LARGE);
	memset(text, 0, LARGE);
	write_bytes(fake, "pids.current", text, LARGE);
	s = read_stats(fake);
	assert_int_equal(s.n_memory_stat, CGROUP_MEMORY_STAT_MAX);
	for (unsigned i = 0; i < s.n_memory_stat; i++)
		assert_int_equal(s.memory_stat[i].value, 1234567890);
	assert_int_equal(s.n_io, CGROUP_IO_MAX);
	for (unsigned i = 0; i < s.n_io; i++) {
		assert_value(s.io[i].read_bytes, 777);
		assert_false(s.io[i].write_bytes.is_known);
	}
	assert_false(s.memory_usage.is_known);
	assert_false(s.memory_pressure.some.is_known);
	assert_false(s.pids.is_known);
	free(text);
}

static void kills_are_told_once(void **state)
{
	const struct fake *fake = *state;
	_cleanup_events_ struct cgroup_events events = CGROUP_EVENTS_INIT;
	struct err e = ERR_INIT;

	/* Without a memory controller there is nothing to wait for. */
	assert_succeeds(cgroup_events_open(fake->fd, &events, &e), &e);
	assert_true(events.fd < 0);
	assert_int_equal(cgroup_events_look(&events, &e), 0);

	write_text(fake, "memory.events", "oom 5\noom_kill 5\n");
	assert_succeeds(cgroup_events_open(fake->fd, &events, &e), &e);
	assert_true(events.fd >= 0);
	assert_int_equal(cgroup_events_look(&events, &e), 0);
	write_text(fake, "memory.events", "oom 6\noom_kill 5\n");
	assert_int_equal(cgroup_events_look(&events, &e), 0);
	write_text(fake, "memory.events", "oom 6\noom_kill 7\n");
	assert_int_equal(cgroup_events_look(&events, &e), 1);
	assert_int_equal(cgroup_events_look(&events, &e), 0);
	write_text(fake, "memory.events", "oom 6\n");
	assert_fails_with(cgroup_events_look(&events, &e), &e, ERR_UNSUPPORTED, "OOM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_known_without_controllers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cgroup_that_is_gone_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_files_are_understood, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_can_not_be_understood_is_not_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_missing_newline_is_no_matter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_than_there_is_room_for_is_cut_at_a_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(kills_are_told_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
