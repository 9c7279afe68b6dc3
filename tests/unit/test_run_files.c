/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/bundle.h"
#include "run/console.h"
#include "run/pidfile.h"
#include "run/sendfd.h"

static char directory[64];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/test-run-XXXXXX");
	return mkdtemp(directory) == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(directory); /* fails if a test left something */
}

static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void test_pid_file(void **state)
{
	struct err e = ERR_INIT;
	char text[32] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(pidfile_write(path_of("pid"), 4711, &e), 0);
	fd = open(path_of("pid"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text) - 1), 4);
	assert_string_equal(text, "4711"); /* no newline */
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	fd_close(&fd);
	assert_int_equal(pidfile_remove(path_of("pid"), &e), 0);
	assert_int_equal(pidfile_remove(path_of("pid"), &e), 0);
	assert_fails_with(pidfile_write(path_of("missing/pid"), 1, &e), &e, ERR_SYSTEM, "pid file");
}

static void write_file(const char *name, const char *text)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fd_close(&fd);
}

static void test_bundle(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct request req = { .bundle = directory };
	struct err e = ERR_INIT;
	struct bundle b;

	(void)state;
	assert_fails_with(bundle_read(&req, &a, &b, &e), &e, ERR_CONFIG,
			  "JSON specification file config.json not found: open config.json: no such file or directory");
	write_file("config.json", "{}");
	e = (struct err)ERR_INIT;
	assert_int_equal(bundle_read(&req, &a, &b, &e), 0);
	assert_string_equal(b.path, directory);
	assert_int_equal(b.config_len, 2);
	assert_int_equal(unlink(path_of("config.json")), 0);
	/* A FIFO is not waited for. */
	assert_int_equal(mkfifo(path_of("config.json"), 0600), 0);
	assert_int_equal(bundle_read(&req, &a, &b, &e), -1);
	assert_int_equal(unlink(path_of("config.json")), 0);
	req.bundle = "/does/not/exist";
	assert_fails_with(bundle_read(&req, &a, &b, &e), &e, ERR_CONFIG, "no such file or directory");
}

static void test_rootfs(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(bundle_check_rootfs(directory, &e), 0);
	assert_fails_with(bundle_check_rootfs("/does/not/exist", &e), &e, ERR_CONFIG,
			  "invalid rootfs: stat /does/not/exist: no such file or directory");
	assert_fails_with(bundle_check_rootfs("/etc/passwd", &e), &e, ERR_CONFIG, "is not a directory");
}

static void test_console_rules(void **state)
{
	const struct request with = { .console_socket = "/x" };
	const struct request without = { .console_socket = NULL };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(console_check(&with, true, true, &e), 0);
	assert_int_equal(console_check(&without, true, false, &e), 0);
	assert_int_equal(console_check(&without, false, true, &e), 0);
	assert_fails_with(console_check(&without, true, true, &e), &e, ERR_USAGE, "without setting console socket");
	assert_fails_with(console_check(&with, false, true, &e), &e, ERR_USAGE, "cannot use console socket");
	assert_fails_with(console_check(&with, true, false, &e), &e, ERR_USAGE, "cannot use console socket");
}

/* What a receiver of --console-socket sees; also below a path that does not fit a socket's address. */
static void send_and_receive(const char *path)
{
	struct sockaddr_un address;
	_cleanup_fd_ int dir_fd = -EBADF;
	_cleanup_fd_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_cleanup_fd_ int connection = -EBADF;
	_cleanup_fd_ int sent = open("/dev/null", O_RDWR | O_CLOEXEC);
	char control[CMSG_SPACE(sizeof(int))], text[64];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct err e = ERR_INIT;
	const struct cmsghdr *c;
	struct stat a, b;
	int fd = -EBADF;

	assert_int_equal(sendfd_make_address(path, &address, &dir_fd, &e), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(console_send(path, sent, &e), 0);
	connection = accept(listener, NULL, NULL);
	assert_true(connection >= 0);
	assert_int_equal(recvmsg(connection, &msg, 0), sizeof("/dev/ptmx") - 1);
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(fstat(sent, &b), 0);
	assert_true(a.st_rdev == b.st_rdev);
	fd_close(&fd);
	assert_int_equal(unlink(path), 0);
}

static void test_descriptor_to_socket(void **state)
{
	char name[128], path[256];
	struct err e = ERR_INIT;

	(void)state;
	send_and_receive(path_of("socket"));
	memset(name, 'd', 100);
	name[100] = '\0';
	assert_int_equal(mkdir(path_of(name), 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/socket", path_of(name));
	send_and_receive(path);
	assert_int_equal(rmdir(path_of(name)), 0);
	assert_fails_with(console_send(path_of("missing"), 0, &e), &e, ERR_SYSTEM, "console socket: connect to");
}

/* With no room for another connection a receiver that has stopped to work holds nobody for ever. */
static void test_receiver_that_hangs(void **state)
{
	_cleanup_fd_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_cleanup_fd_ int dir_fd = -EBADF;
	struct sockaddr_un address;
	struct err e = ERR_INIT;
	int waiting[8];
	unsigned n = 0;

	(void)state;
	assert_int_equal(sendfd_make_address(path_of("socket"), &address, &dir_fd, &e), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	for (;; n++) {
		assert_true(n < sizeof(waiting) / sizeof(waiting[0]));
		waiting[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (connect(waiting[n], (struct sockaddr *)&address, sizeof(address)) < 0)
			break;
	}
	assert_int_equal(errno, EAGAIN);
	assert_fails_with(console_send(path_of("socket"), 0, &e), &e, ERR_SYSTEM, "console socket: connect to");
	assert_non_null(strstr(e.hint, "has not answered"));
	for (unsigned i = 0; i <= n; i++)
		fd_close(&waiting[i]);
	assert_int_equal(unlink(path_of("socket")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pid_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bundle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rootfs, set_up, tear_down),
		cmocka_unit_test(test_console_rules),
		cmocka_unit_test_setup_teardown(test_descriptor_to_socket, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_receiver_that_hangs, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
