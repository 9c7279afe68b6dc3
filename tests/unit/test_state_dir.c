/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "state/state.h"

/* A state root for each test. */
struct fixture {
	char path[64];
	int root_fd;
};

static int set_up(void **state)
{
	static struct fixture f;
	struct err e = ERR_INIT;

	(void)snprintf(f.path, sizeof(f.path), "/tmp/test-state-XXXXXX");
	if (mkdtemp(f.path) == NULL)
		return -1;
	f.root_fd = state_open_root(f.path, true, &e);
	*state = &f;
	return f.root_fd < 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fd_close(&f->root_fd);
	return rmdir(f->path); /* fails if a test left something */
}

static void test_ids(void **state)
{
	static const char *const good[] = { "a", "0", "web_1+x.y-z", "A.b" };
	static const char *const bad[] = { "", ".", "..", ".hidden", "a/b", "a b", "a\n", "\xc3\xa4", "a:b", "../x" };
	char long_id[300];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(good); i++)
		assert_int_equal(state_check_id(good[i], &e), 0);
	for (i = 0; i < N_OF(bad); i++)
		assert_fails_with(state_check_id(bad[i], &e), &e, ERR_USAGE, "invalid container ID format");
	memset(long_id, 'a', sizeof(long_id) - 1);
	long_id[sizeof(long_id) - 1] = '\0';
	assert_int_equal(state_check_id(long_id, &e), -1);
	long_id[237] = '\0';
	assert_int_equal(state_check_id(long_id, &e), -1);
	long_id[236] = '\0';
	assert_int_equal(state_check_id(long_id, &e), 0);
}

static void test_root(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct stat st;

	assert_int_equal(fstat(f->root_fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01700);
	assert_int_equal(state_open_root("/", true, &e), -1);
	assert_int_equal(state_open_root("relative", true, &e), -1);
	assert_int_equal(chmod(f->path, 0777), 0);
	assert_fails_with(state_open_root(f->path, true, &e), &e, ERR_STATE, "writable by nobody else");
}

static void test_one_of_two_gets_the_id(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	int fd = state_reserve(f->root_fd, "a", &e);

	assert_true(fd >= 0);
	assert_fails_with(state_reserve(f->root_fd, "a", &e), &e, ERR_STATE, "container with given ID already exists");
	assert_int_equal(state_remove(f->root_fd, fd, "a", &e), 0);
	fd_close(&fd);
	assert_fails_with(state_open(f->root_fd, "a", &e), &e, ERR_STATE, "does not exist");
	assert_true(state_is_missing(&e));
}

static void test_remove_takes_all(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	int fd = state_reserve(f->root_fd, "a", &e);

	assert_int_equal(mkdirat(fd, "notify", 0700), 0);
	assert_int_equal(mkfifoat(fd, "notify/fifo", 0600), 0);
	assert_int_equal(mkfifoat(fd, "start", 0600), 0);
	assert_int_equal(symlinkat("/etc/passwd", fd, "link"), 0);
	assert_int_equal(state_remove(f->root_fd, fd, "a", &e), 0);
	fd_close(&fd);
	assert_int_equal(access("/etc/passwd", R_OK), 0);
}

/* A directory that was deleted and made anew while we waited is another container. */
/* Whoever gets a link into the directory does not lead rt to another document. */
static void test_links_are_not_followed(void **state)
{
	const struct fixture *f = *state;
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	int dir_fd = state_reserve(f->root_fd, "a", &e);
	const char *bytes;
	struct state s;
	size_t len;

	assert_true(dir_fd >= 0);
	assert_int_equal(symlinkat("/proc/self/status", dir_fd, STATE_FILE), 0);
	assert_int_equal(symlinkat("/proc/self/status", dir_fd, STATE_CONFIG_FILE), 0);
	assert_fails_with(state_read(dir_fd, "a", &a, &s, &e), &e, ERR_STATE, "open state.json: Too many levels");
	assert_non_null(strstr(e.hint, "delete --force"));
	e = (struct err)ERR_INIT;
	assert_fails_with(state_read_config(dir_fd, &a, &bytes, &len, &e), &e, ERR_SYSTEM, "open config.json: Too many");
	assert_int_equal(state_remove(f->root_fd, dir_fd, "a", &e), 0);
	fd_close(&dir_fd);
}

static void test_lock_sees_replaced_directory(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	int old_fd = state_reserve(f->root_fd, "a", &e);
	int new_fd;

	assert_int_equal(state_remove(f->root_fd, old_fd, "a", &e), 0);
	new_fd = state_reserve(f->root_fd, "a", &e);
	assert_true(new_fd >= 0);
	assert_fails_with(state_lock(f->root_fd, old_fd, "a", &e), &e, ERR_STATE, "does not exist");
	assert_fails_with(state_check_current(f->root_fd, old_fd, "a", &e), &e, ERR_STATE, "does not exist");
	assert_int_equal(state_lock(f->root_fd, new_fd, "a", &e), 0);
	assert_int_equal(state_remove(f->root_fd, new_fd, "a", &e), 0);
	fd_close(&old_fd);
	fd_close(&new_fd);
}

static void test_lock_names_its_holder(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	int fd = state_reserve(f->root_fd, "a", &e);
	char expected[64];
	int pipe_fds[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		int own = openat(f->root_fd, "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (own < 0 || flock(own, LOCK_EX) < 0 || write(pipe_fds[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
	(void)snprintf(expected, sizeof(expected), "process %d holds its lock", (int)pid);
	assert_fails_with(state_lock(f->root_fd, fd, "a", &e), &e, ERR_STATE, expected);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	e = (struct err)ERR_INIT;
	assert_int_equal(state_lock(f->root_fd, fd, "a", &e), 0);
	assert_int_equal(state_remove(f->root_fd, fd, "a", &e), 0);
	fd_close(&fd);
	fd_close(&pipe_fds[0]);
	fd_close(&pipe_fds[1]);
}

/* Made in the order of NAMES, which is that of a directory of ext4 by chance, of a tmpfs the other way round. */
static void check_list(const struct fixture *f, const char *const *names, size_t n_names)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const char *const *ids;
	struct err e = ERR_INIT;
	size_t i, n;

	for (i = 0; i < n_names; i++)
		assert_int_equal(mkdirat(f->root_fd, names[i], 0700), 0);
	assert_int_equal(state_list(f->root_fd, &a, &ids, &n, &e), 0);
	assert_int_equal(n, 3);
	assert_string_equal(ids[0], "a");
	assert_string_equal(ids[1], "b");
	assert_string_equal(ids[2], "c");
	for (i = 0; i < n_names; i++)
		assert_int_equal(unlinkat(f->root_fd, names[i], AT_REMOVEDIR), 0);
}

static void test_list_is_sorted_and_knows_ids(void **state)
{
	static const char *const mixed[] = { "b", "c", "a", ".cache", ".dead-x-1" };
	static const char *const up[] = { "a", "b", "c" };
	static const char *const down[] = { "c", ".cache", "b", "a" };

	check_list(*state, mixed, N_OF(mixed));
	check_list(*state, up, N_OF(up));
	check_list(*state, down, N_OF(down));
}

static void test_list_of_many(void **state)
{
	struct fixture *f = *state;
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const char *const *ids;
	char name[16];
	struct err e = ERR_INIT;
	size_t i, n;

	for (i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "c%03zu", (i * 7) % 200);
		assert_int_equal(mkdirat(f->root_fd, name, 0700), 0);
	}
	assert_int_equal(state_list(f->root_fd, &a, &ids, &n, &e), 0);
	assert_int_equal(n, 200);
	for (i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "c%03zu", i);
		assert_string_equal(ids[i], name);
		assert_int_equal(unlinkat(f->root_fd, name, AT_REMOVEDIR), 0);
	}
}

/* What is read without a look at the directory says the same of what is not there. */
static void test_read_below(void **state)
{
	struct fixture *f = *state;
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct state in = { .version = STATE_VERSION, .id = "a", .bundle = "/b", .boot_id = "x",
			    .cgroup = { .driver = CGROUP_DRIVER_NONE, .mount = "", .path = "" } };
	static char annotations[8192]; /* a record that is longer than most */
	struct err e = ERR_INIT;
	struct state s;
	int fd;

	assert_fails_with(state_read_below(f->root_fd, "a", &a, &s, &e), &e, ERR_STATE, "container does not exist");
	assert_true(state_is_missing(&e));
	fd = state_reserve(f->root_fd, "a", &e);
	assert_true(fd >= 0);
	assert_fails_with(state_read_below(f->root_fd, "a", &a, &s, &e), &e, ERR_STATE, "container \"a\"");
	assert_false(state_is_missing(&e));
	assert_int_equal(state_write(fd, &in, &e), 0);
	assert_int_equal(state_read_below(f->root_fd, "a", &a, &s, &e), 0);
	assert_string_equal(s.bundle, "/b");
	(void)snprintf(annotations, sizeof(annotations), "{\"k\":\"%08000d\"}", 1);
	in.annotations = annotations;
	assert_int_equal(state_write(fd, &in, &e), 0);
	assert_int_equal(state_read_below(f->root_fd, "a", &a, &s, &e), 0);
	assert_string_equal(s.annotations, annotations);
	/* A link to a container is none, and a link in the place of the record is not followed. */
	assert_int_equal(symlinkat("a", f->root_fd, "link"), 0);
	assert_int_equal(state_read_below(f->root_fd, "link", &a, &s, &e), -1);
	assert_int_equal(unlinkat(f->root_fd, "link", 0), 0);
	assert_int_equal(renameat(fd, STATE_FILE, fd, "other"), 0);
	assert_int_equal(symlinkat("other", fd, STATE_FILE), 0);
	assert_fails_with(state_read_below(f->root_fd, "a", &a, &s, &e), &e, ERR_STATE, STATE_FILE);
	assert_fails_with(state_read(fd, "a", &a, &s, &e), &e, ERR_STATE, STATE_FILE);
	assert_int_equal(unlinkat(fd, STATE_FILE, 0), 0);
	assert_int_equal(mkfifoat(fd, STATE_FILE, 0600), 0);
	assert_int_equal(state_read(fd, "a", &a, &s, &e), -1);
	assert_int_equal(state_remove(f->root_fd, fd, "a", &e), 0);
	fd_close(&fd);
}

/* status -------------------------------------------------------------------------------------------------------- */

static struct state record_of(pid_t pid, int pidfd, char boot_id[static STATE_BOOT_ID_SIZE])
{
	struct state s = { .version = STATE_VERSION, .complete = true, .id = "a", .bundle = "/b",
			   .cgroup = { .driver = CGROUP_DRIVER_NONE, .mount = "", .path = "" } };
	struct err e = ERR_INIT;

	assert_int_equal(state_read_boot_id(boot_id, &e), 0);
	s.boot_id = boot_id;
	assert_int_equal(state_identify(pidfd, pid, &s, &e), 0);
	assert_int_equal(state_read_start_time(pid, &s.pid_start_time, &e), 0); /* with pidfs it is left out */
	return s;
}

static enum state_status status_of(const struct fixture *f, const struct state *s)
{
	struct err e = ERR_INIT;
	enum state_status status;
	int fd = openat(f->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int pidfd = -EBADF;

	assert_int_equal(state_get_status(fd, s, &status, &pidfd, &e), 0);
	assert_int_equal(pidfd >= 0, s->complete && status != STATUS_STOPPED);
	fd_close(&pidfd);
	fd_close(&fd);
	return status;
}

static void test_status_by_looking(void **state)
{
	struct fixture *f = *state;
	char boot_id[STATE_BOOT_ID_SIZE];
	pid_t pid = fork();
	int pidfd;
	struct state s, other;
	siginfo_t info;

	if (pid == 0) {
		for (;;)
			(void)pause();
	}
	pidfd = sys_pidfd_open(pid, 0);
	assert_true(pidfd >= 0);
	s = record_of(pid, pidfd, boot_id);
	assert_int_equal(status_of(f, &s), STATUS_RUNNING);
	assert_int_equal(mkfifoat(f->root_fd, STATE_START_FIFO, 0600), 0);
	assert_int_equal(status_of(f, &s), STATUS_CREATED);
	assert_int_equal(unlinkat(f->root_fd, STATE_START_FIFO, 0), 0);

	other = s; /* the pid was reused */
	other.pidfs_inode = s.pidfs_inode + 1;
	other.pid_start_time = s.pid_start_time + 1;
	assert_int_equal(status_of(f, &other), STATUS_STOPPED);
	other.pidfs_inode = 0; /* as an older kernel has it */
	assert_int_equal(status_of(f, &other), STATUS_STOPPED);
	other.pid_start_time = s.pid_start_time;
	assert_int_equal(status_of(f, &other), STATUS_RUNNING);
	other = s; /* the machine was booted */
	other.boot_id = "another";
	assert_int_equal(status_of(f, &other), STATUS_STOPPED);

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(status_of(f, &s), STATUS_STOPPED); /* a zombie */
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(status_of(f, &s), STATUS_STOPPED);
	fd_close(&pidfd);
}

static void test_status_of_an_intent(void **state)
{
	struct fixture *f = *state;
	char boot_id[STATE_BOOT_ID_SIZE];
	struct err e = ERR_INIT;
	struct state s = { .version = STATE_VERSION, .id = "a", .bundle = "/b", .boot_id = boot_id,
			   .rt_pid = getpid(), .cgroup = { .driver = CGROUP_DRIVER_NONE, .path = "" } };

	assert_int_equal(state_read_boot_id(boot_id, &e), 0);
	assert_int_equal(state_read_start_time(getpid(), &s.rt_start_time, &e), 0);
	assert_int_equal(status_of(f, &s), STATUS_CREATING);
	s.rt_start_time++;
	assert_int_equal(status_of(f, &s), STATUS_STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test_setup_teardown(test_root, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_of_two_gets_the_id, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_remove_takes_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links_are_not_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock_sees_replaced_directory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock_names_its_holder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_list_is_sorted_and_knows_ids, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_list_of_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_below, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_status_by_looking, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_status_of_an_intent, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
