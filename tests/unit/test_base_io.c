/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/message.h"
#include "base/sys.h"

/* An empty directory for each test; its files are named here, so that it can be removed. */
static const char *const file_names[] = { "file", "fifo", "link", "other" };

struct place {
	char dir[64];
	int fd;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test-io.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->fd = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(p->fd >= 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	size_t i;
	int r;

	for (i = 0; i < N_OF(file_names); i++)
		(void)unlinkat(p->fd, file_names[i], 0);
	r = rmdir(p->dir); /* fails if something else is left: a temporary file */
	fd_close(&p->fd);
	free(p);
	return r;
}

static void put(const struct place *p, const char *name, const char *text)
{
	_cleanup_fd_ int fd = openat(p->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void test_read_file(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	char *buf = NULL;
	size_t len = 0;

	put(p, "file", "hello");
	assert_succeeds(io_read_file_at(p->fd, "file", 5, &buf, &len, &e), &e);
	assert_int_equal(len, 5);
	assert_string_equal(buf, "hello");
	free(buf);

	buf = NULL;
	assert_fails_with(io_read_file_at(p->fd, "file", 4, &buf, &len, &e), &e, ERR_CONFIG, "larger than 4 bytes");
	assert_null(buf);
	assert_fails_with(io_read_file_at(p->fd, "other", 4, &buf, &len, &e), &e, ERR_SYSTEM, "open other: No such");

	put(p, "file", "");
	assert_succeeds(io_read_file_at(p->fd, "file", 0, &buf, &len, &e), &e);
	assert_int_equal(len, 0);
	assert_string_equal(buf, "");
	free(buf);
}

static void test_read_file_without_size(void **state)
{
	struct err e = ERR_INIT;
	char *buf = NULL;
	size_t len = 0;

	(void)state;
	assert_succeeds(io_read_file_at(AT_FDCWD, "/proc/self/status", 1 << 20, &buf, &len, &e), &e);
	assert_true(len > 100);
	assert_int_equal(buf[len], '\0');
	assert_non_null(strstr(buf, "nonvoluntary_ctxt_switches"));
	free(buf);
	assert_fails_with(io_read_file_at(AT_FDCWD, "/proc/self/status", 64, &buf, &len, &e), &e, ERR_CONFIG, "64");
}

static void test_read_grows(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	const size_t size = 100000;
	char *text = malloc(size + 1);
	char *buf = NULL;
	size_t len = 0;

	assert_non_null(text);
	memset(text, 'x', size);
	text[size] = '\0';
	put(p, "file", text);
	assert_succeeds(io_read_file_at(p->fd, "file", size, &buf, &len, &e), &e);
	assert_int_equal(len, size);
	assert_string_equal(buf, text);
	free(buf);
	free(text);
}

static void test_fifo_and_device_are_refused(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	char *buf = NULL;
	size_t len = 0;

	assert_int_equal(mkfifoat(p->fd, "fifo", 0600), 0);
	(void)alarm(10); /* the failure would be to wait for ever */
	assert_fails_with(io_read_file_at(p->fd, "fifo", 10, &buf, &len, &e), &e, ERR_CONFIG, "not a regular file");
	(void)alarm(0);
	assert_fails_with(io_read_file_at(AT_FDCWD, "/dev/zero", 10, &buf, &len, &e), &e, ERR_CONFIG,
			  "not a regular file");
	assert_fails_with(io_read_file_at(AT_FDCWD, "/tmp", 10, &buf, &len, &e), &e, ERR_SYSTEM, "Is a directory");
}

static void test_read_all(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int fd = -EBADF;
	char buf[8];

	put(p, "file", "12345678");
	fd = openat(p->fd, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(io_read_all(fd, buf, 8, "file", &e), 8);
	assert_memory_equal(buf, "12345678", 8);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_fails_with(io_read_all(fd, buf, 7, "file", &e), &e, ERR_SYSTEM, "more than 7 bytes");
	assert_int_equal(e.errnum, EFBIG);
}

static void test_read_text(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int fd = -EBADF;
	char buf[9] = "xxxxxxxx";

	put(p, "file", "1234567");
	fd = openat(p->fd, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(io_read_text(fd, buf, 8, "file", &e), 7);
	assert_string_equal(buf, "1234567");
	/* A text that leaves no room for the NUL may be longer than what was seen of it. */
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_fails_with(io_read_text(fd, buf, 7, "file", &e), &e, ERR_SYSTEM, "read file: more than 6 bytes");
	assert_int_equal(e.errnum, EFBIG);
	assert_int_equal(io_read_text(fd, buf, 8, "file", &e), 0);
	assert_string_equal(buf, "");
}

/* Around the sizes at which the buffer grows; /proc/version is one whose size nobody knows. */
static void test_read_file_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 8192, 8193 };
	static char text[8194];
	struct place *p = *state;
	struct err e = ERR_INIT;
	char *buf = NULL;
	size_t len = 0;
	size_t i;

	memset(text, 'x', sizeof(text) - 1);
	for (i = 0; i < N_OF(sizes); i++) {
		put(p, "file", text + sizeof(text) - 1 - sizes[i]);
		assert_succeeds(io_read_file_at(p->fd, "file", 8193, &buf, &len, &e), &e);
		assert_int_equal(len, sizes[i]);
		assert_int_equal(strlen(buf), sizes[i]);
		free(buf);
	}
	assert_succeeds(io_read_file_at(AT_FDCWD, "/proc/version", 8193, &buf, &len, &e), &e);
	assert_int_equal(buf[len - 1], '\n');
	free(buf);
}

static void test_write_file(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	char *buf = NULL;
	size_t len;

	put(p, "file", "");
	assert_succeeds(io_write_file_at(p->fd, "file", "100000 100000", &e), &e);
	assert_succeeds(io_read_file_at(p->fd, "file", 100, &buf, &len, &e), &e);
	assert_string_equal(buf, "100000 100000");
	free(buf);
	assert_fails_with(io_write_file_at(p->fd, "other", "1", &e), &e, ERR_SYSTEM, "open other: No such");
	assert_fails_with(io_write_file_at(AT_FDCWD, "/dev/full", "1", &e), &e, ERR_SYSTEM,
			  "write \"1\" to /dev/full: No space left");
}

static void test_replace(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	mode_t old = umask(077);
	struct stat st;
	char *buf = NULL;
	size_t len;

	put(p, "file", "old");
	assert_int_equal(symlinkat("file", p->fd, "link"), 0);
	assert_succeeds(io_replace_file_at(p->fd, "link", "new", 3, 0644, &e), &e);
	(void)umask(old);
	/* The link is replaced, not followed. */
	assert_int_equal(fstatat(p->fd, "link", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_succeeds(io_read_file_at(p->fd, "link", 10, &buf, &len, &e), &e);
	assert_string_equal(buf, "new");
	free(buf);
	assert_succeeds(io_read_file_at(p->fd, "file", 10, &buf, &len, &e), &e);
	assert_string_equal(buf, "old");
	free(buf);
}

static void test_replace_over_a_stale_temporary(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;
	char name[64];

	(void)snprintf(name, sizeof(name), ".file.%d", (int)getpid());
	put(p, name, "left by a process that was killed");
	assert_succeeds(io_replace_file_at(p->fd, "file", "new", 3, 0600, &e), &e);
}

static void test_replace_failure_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct err e = ERR_INIT;

	/* A directory can not be replaced by a file; tear_down finds a temporary file that is left. */
	assert_int_equal(mkdirat(p->fd, "file", 0700), 0);
	assert_fails_with(io_replace_file_at(p->fd, "file", "x", 1, 0600, &e), &e, ERR_SYSTEM, "rename to file");
	assert_int_equal(unlinkat(p->fd, "file", AT_REMOVEDIR), 0);
}

static void test_write_all_to_a_closed_pipe(void **state)
{
	struct err e = ERR_INIT;
	int fds[2];

	(void)state;
	assert_int_equal(sys_pipe2(fds, O_CLOEXEC), 0);
	fd_close(&fds[0]);
	(void)signal(SIGPIPE, SIG_IGN);
	assert_fails_with(io_write_all(fds[1], "x", 1, "the pipe", &e), &e, ERR_SYSTEM, "write the pipe: Broken pipe");
	fd_close(&fds[1]);
}

static void test_fd_ownership(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int taken = fd_take(&fd);

	(void)state;
	assert_true(taken >= 0);
	assert_true(fd < 0);
	errno = EXDEV;
	fd_close(&fd); /* a no-op */
	assert_int_equal(fcntl(taken, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	errno = EXDEV;
	fd_close(&taken);
	assert_int_equal(errno, EXDEV);
	assert_true(taken < 0);
}

/* messages */

struct pair {
	int end[2];
};

static int open_pair(void **state)
{
	struct pair *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	assert_int_equal(sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->end), 0);
	*state = s;
	return 0;
}

static int close_pair(void **state)
{
	struct pair *s = *state;

	fd_close(&s->end[0]);
	fd_close(&s->end[1]);
	free(s);
	return 0;
}

static void test_message_with_payload(void **state)
{
	struct pair *s = *state;
	struct err e = ERR_INIT;
	_cleanup_message_ struct message m;
	char payload[MESSAGE_PAYLOAD_MAX];

	memset(payload, 'p', sizeof(payload));
	assert_succeeds(message_send(s->end[0], MESSAGE_WARNING, payload, sizeof(payload), NULL, 0, &e), &e);
	assert_int_equal(message_recv(s->end[1], &m, &e), 1);
	assert_int_equal(m.type, MESSAGE_WARNING);
	assert_int_equal(m.len, sizeof(payload));
	assert_memory_equal(m.payload, payload, sizeof(payload));
	assert_int_equal(m.n_fds, 0);
	assert_fails_with(message_send(s->end[0], MESSAGE_WARNING, payload, sizeof(payload) + 1, NULL, 0, &e), &e,
			  ERR_INTERNAL, "\"warning\" is too large");
}

static void test_message_with_descriptors(void **state)
{
	struct pair *s = *state;
	struct err e = ERR_INIT;
	struct message m;
	int fds[MESSAGE_FDS_MAX];
	int number;
	unsigned i;

	for (i = 0; i < MESSAGE_FDS_MAX; i++)
		fds[i] = s->end[0];
	assert_succeeds(message_send(s->end[0], MESSAGE_FDS, "x", 1, fds, MESSAGE_FDS_MAX, &e), &e);
	assert_int_equal(message_recv(s->end[1], &m, &e), 1);
	assert_int_equal(m.n_fds, MESSAGE_FDS_MAX);
	for (i = 0; i < m.n_fds; i++)
		assert_int_equal(fcntl(m.fds[i], F_GETFD), FD_CLOEXEC);
	number = m.fds[0];
	i = (unsigned)fd_take(&m.fds[1]);
	message_release(&m);
	assert_int_equal(m.n_fds, 0);
	assert_int_equal(fcntl(number, F_GETFD), -1);
	assert_int_equal(fcntl((int)i, F_GETFD), FD_CLOEXEC); /* taken: not closed */
	assert_int_equal(close((int)i), 0);
}

static void test_message_end_of_file(void **state)
{
	struct pair *s = *state;
	struct err e = ERR_INIT;
	_cleanup_message_ struct message m;
	enum message_type type;

	fd_close(&s->end[0]);
	assert_int_equal(message_recv(s->end[1], &m, &e), 0);
	assert_int_equal(message_recv_plain(s->end[1], &type, &e), 0);
}

static void test_message_plain(void **state)
{
	struct pair *s = *state;
	struct err e = ERR_INIT;
	enum message_type type = MESSAGE_TYPE_COUNT;

	assert_succeeds(message_send(s->end[0], MESSAGE_GO, NULL, 0, NULL, 0, &e), &e);
	assert_int_equal(message_recv_plain(s->end[1], &type, &e), 1);
	assert_int_equal(type, MESSAGE_GO);
	assert_succeeds(message_send(s->end[0], MESSAGE_GO, "x", 1, NULL, 0, &e), &e);
	assert_fails_with(message_recv_plain(s->end[1], &type, &e), &e, ERR_INTERNAL, "without payload");
}

static void test_message_malformed(void **state)
{
	static const struct {
		uint32_t words[4];
		size_t size;
		const char *why;
	} rows[] = {
		{ { MESSAGE_READY }, 4, "bad header" },
		{ { MESSAGE_TYPE_COUNT, 0, 0 }, 12, "bad header" },
		{ { 0x80000000, 0, 0 }, 12, "bad header" },
		{ { MESSAGE_READY, 1, 0 }, 12, "differs" },
		{ { MESSAGE_READY, 0, 1 }, 12, "differs" },
		{ { MESSAGE_READY, 0, 0 }, 16, "differs" },
		{ { MESSAGE_READY, 0, 0xffffffff }, 16, "differs" },
	};
	struct pair *s = *state;
	struct err e = ERR_INIT;
	static char large[MESSAGE_PAYLOAD_MAX + 64];
	size_t i;

	for (i = 0; i < N_OF(rows); i++) {
		struct message m;

		assert_int_equal(write(s->end[0], rows[i].words, rows[i].size), (ssize_t)rows[i].size);
		assert_fails_with(message_recv(s->end[1], &m, &e), &e, ERR_INTERNAL, rows[i].why);
		assert_int_equal(m.n_fds, 0);
	}
	assert_int_equal(write(s->end[0], large, sizeof(large)), (ssize_t)sizeof(large));
	{
		struct message m;

		assert_fails_with(message_recv(s->end[1], &m, &e), &e, ERR_INTERNAL, "truncated");
	}
}

static void test_message_type_names(void **state)
{
	int type;

	(void)state;
	for (type = 0; type < MESSAGE_TYPE_COUNT; type++)
		assert_string_not_equal(message_type_name((enum message_type)type), "");
	assert_string_equal(message_type_name(MESSAGE_READY), "ready");
	assert_string_equal(message_type_name(MESSAGE_TYPE_COUNT), "unknown");
}

#define place_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define pair_test(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(test_read_file),
		cmocka_unit_test(test_read_file_without_size),
		place_test(test_read_grows),
		place_test(test_fifo_and_device_are_refused),
		place_test(test_read_all),
		place_test(test_read_text),
		place_test(test_read_file_sizes),
		place_test(test_write_file),
		place_test(test_replace),
		place_test(test_replace_over_a_stale_temporary),
		place_test(test_replace_failure_leaves_nothing),
		cmocka_unit_test(test_write_all_to_a_closed_pipe),
		cmocka_unit_test(test_fd_ownership),
		pair_test(test_message_with_payload),
		pair_test(test_message_with_descriptors),
		pair_test(test_message_end_of_file),
		pair_test(test_message_plain),
		pair_test(test_message_malformed),
		cmocka_unit_test(test_message_type_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
