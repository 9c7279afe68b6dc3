/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "run/network_stats.h"

#define TITLES                                                                                           \
	"Inter-|   Receive                                                |  Transmit\n"                 \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo " \
	"colls carrier compressed\n"

static void each_number_has_its_place(void **state)
{
	char text[] = TITLES "    lo:    100       1    0    0    0     0          0         0      100       1    0    0\n"
			     "  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
			     "veth12345678901:18446744073709551615 0 0 0 0 0 0 0 0 0 0 7";
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct network_stats *devices = NULL;
	struct err e = ERR_INIT;
	size_t n = 0;

	(void)state;
	assert_succeeds(network_stats_parse(text, &a, &devices, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_string_equal(devices[0].name, "eth0");
	assert_int_equal(devices[0].rx_bytes, 1);
	assert_int_equal(devices[0].rx_packets, 2);
	assert_int_equal(devices[0].rx_errors, 3);
	assert_int_equal(devices[0].rx_dropped, 4);
	assert_int_equal(devices[0].tx_bytes, 9);
	assert_int_equal(devices[0].tx_packets, 10);
	assert_int_equal(devices[0].tx_errors, 11);
	assert_int_equal(devices[0].tx_dropped, 12);
	assert_string_equal(devices[1].name, "veth12345678901");
	assert_true(devices[1].rx_bytes == UINT64_MAX);
	assert_int_equal(devices[1].tx_dropped, 7);
}

static void other_lines_are_left_out(void **state)
{
	static const char *const texts[] = {
		"", "\n", "\n\n", ":", "eth0", "eth0:\n", "eth0: 1 2 3\n", "eth0: 1 2 3 4 5 6 7 8 9 10 11\n",
		"eth0: 1 2 3 4 5 6 7 8 -9 10 11 12\n", "eth0: x 2 3 4 5 6 7 8 9 10 11 12\n",
		"eth0: 18446744073709551616 2 3 4 5 6 7 8 9 10 11 12\n", TITLES,
	};

	(void)state;
	for (size_t i = 0; i < N_OF(texts); i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		struct network_stats *devices = NULL;
		struct err e = ERR_INIT;
		char text[512];
		size_t n = 42;

		(void)snprintf(text, sizeof(text), "%s", texts[i]);
		assert_succeeds(network_stats_parse(text, &a, &devices, &n, &e), &e);
		if (n != 0)
			fail_msg("\"%s\" is understood", texts[i]);
	}
}

/* Its pid may be another's by now, so what its file says is not taken. */
static void nothing_is_said_of_a_process_that_has_ended(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_fd_ int pidfd = -EBADF;
	struct network_stats *devices = NULL;
	struct err e = ERR_INIT;
	siginfo_t info;
	size_t n = 42;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	pidfd = sys_pidfd_open(pid, 0);
	assert_true(pidfd >= 0);
	assert_int_equal(sys_waitid(P_PID, pid, &info, WEXITED), 0);
	assert_succeeds(network_stats_read(pidfd, pid, &a, &devices, &n, &e), &e);
	assert_int_equal(n, 0);
	/* And the pid of somebody who lives. */
	n = 42;
	assert_succeeds(network_stats_read(pidfd, getpid(), &a, &devices, &n, &e), &e);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_has_its_place),
		cmocka_unit_test(other_lines_are_left_out),
		cmocka_unit_test(nothing_is_said_of_a_process_that_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
