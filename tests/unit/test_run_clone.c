/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/clone_run.h"

struct task {
	int write_fd;
	int status;
};

/* Gives its pid back and ends with the status that it was told. */
static void give_pid(const void *arg)
{
	const struct task *t = arg;
	const pid_t pid = getpid();

	_exit(write(t->write_fd, &pid, sizeof(pid)) == (ssize_t)sizeof(pid) ? t->status : 99);
}

/* With what is deep enough to write over something if the stack is not its own. */
static void exec_shell(const void *arg)
{
	const struct task *t = arg;
	char text[32768];

	memset(text, 'x', sizeof(text));
	__asm__ volatile("" : : "r"(text) : "memory");
	(void)execl("/bin/sh", "sh", "-c", t->status == 7 ? "exit 7" : "exit 1", (char *)NULL);
	_exit(98);
}

static int status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

typedef pid_t clone_function(const struct k_clone_args *args, clone_child *child, const void *arg);

static void check(clone_function *clone)
{
	int pidfd = -1;
	const struct k_clone_args args = {
		.flags = K_CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)&pidfd, .exit_signal = SIGCHLD };
	const struct k_clone_args bad = { .flags = UINT64_C(1) << 63, .exit_signal = SIGCHLD };
	struct task t = { .write_fd = -1, .status = 3 };
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	t.write_fd = fds[1];
	for (int i = 0; i < 3; i++) {
		const pid_t pid = clone(&args, give_pid, &t);
		pid_t told = 0;

		assert_int_equal(read(fds[0], &told, sizeof(told)), sizeof(told));
		assert_int_equal(told, pid);
		assert_int_equal(status_of(pid), 3);
		assert_true(pidfd >= 0);
		fd_close(&pidfd);
	}
	t.status = 7;
	assert_int_equal(status_of(clone(&args, exec_shell, &t)), 7);
	fd_close(&pidfd);
	errno = 0;
	assert_int_equal(clone(&bad, give_pid, &t), -1);
	assert_int_equal(errno, EINVAL);
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

static void test_in_our_memory(void **state)
{
	(void)state;
	check(clone_run);
}

static void test_in_a_copy(void **state)
{
	(void)state;
	check(clone_run_copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_our_memory),
		cmocka_unit_test(test_in_a_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
