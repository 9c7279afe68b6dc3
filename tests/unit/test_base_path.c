/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

/* A root of its own for each test: DIR/root is the container's root, DIR/outside is what must not be reached. */
struct tree {
	char dir[64];
	int fd;
	int root;
};

static int set_up(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	(void)snprintf(t->dir, sizeof(t->dir), "/tmp/test-path.XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	t->fd = open(t->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->fd >= 0);
	assert_int_equal(mkdirat(t->fd, "root", 0755), 0);
	assert_int_equal(mkdirat(t->fd, "outside", 0755), 0);
	t->root = openat(t->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(t->root >= 0);
	*state = t;
	return 0;
}

static void remove_tree(int dir_fd, const char *name)
{
	char command[PATH_MAX];
	pid_t pid;

	(void)snprintf(command, sizeof(command), "/proc/self/fd/%d/%s", dir_fd, name);
	pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", "--", command, NULL);
		_exit(127);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int tear_down(void **state)
{
	struct tree *t = *state;

	remove_tree(t->fd, "root");
	remove_tree(t->fd, "outside");
	(void)rmdir(t->dir);
	fd_close(&t->root);
	fd_close(&t->fd);
	free(t);
	return 0;
}

/* A and B are one file. */
static bool is_same(int a, int b)
{
	struct stat sa, sb;

	assert_int_equal(fstat(a, &sa), 0);
	assert_int_equal(fstat(b, &sb), 0);
	return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static void test_links_stay_inside(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int fd = -EBADF;
	_cleanup_fd_ int etc = -EBADF;

	assert_int_equal(mkdirat(t->root, "outside", 0755), 0);
	assert_int_equal(symlinkat("/outside", t->root, "absolute"), 0);
	assert_int_equal(symlinkat("../../../outside", t->root, "relative"), 0);
	etc = openat(t->root, "outside", O_PATH | O_CLOEXEC);

	fd = path_open_in_root(t->root, "/absolute", O_PATH, 0, &e);
	assert_true(fd >= 0);
	assert_true(is_same(fd, etc));
	fd_close(&fd);
	fd = path_open_in_root(t->root, "relative", O_PATH, 0, &e);
	assert_true(fd >= 0);
	assert_true(is_same(fd, etc));
	fd_close(&fd);
	fd = path_open_in_root(t->root, "/../../outside", O_PATH, 0, &e);
	assert_true(fd >= 0);
	assert_true(is_same(fd, etc));
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

static void test_magic_links_are_refused(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)t;
	assert_true(proc >= 0);
	assert_fails_with(path_open_in_root(proc, "self/root", O_PATH, 0, &e), &e, ERR_SYSTEM, "self/root");
	assert_int_equal(e.errnum, ELOOP);
}

static void test_failure_is_an_answer(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;

	errno = 0;
	assert_int_equal(path_try_open_in_root(t->root, "missing", O_PATH, 0), -1);
	assert_int_equal(errno, ENOENT);
	errno = 0;
	assert_fails_with(path_open_in_root(t->root, "missing", O_PATH, 0, &e), &e, ERR_SYSTEM,
			  "open missing in the root file system: No such file or directory");
	assert_int_equal(errno, ENOENT);
}

static void test_mkdirs(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	mode_t old = umask(0);
	_cleanup_fd_ int fd = path_mkdirs_in_root(t->root, "/a//b/./c/", 0751, &e);
	_cleanup_fd_ int again = path_mkdirs_in_root(t->root, "a/b/c", 0700, &e);
	_cleanup_fd_ int root = path_mkdirs_in_root(t->root, "", 0700, &e);
	struct stat st;

	(void)umask(old);
	assert_true(fd >= 0 && again >= 0 && root >= 0);
	assert_true(is_same(fd, again));
	assert_true(is_same(root, t->root));
	assert_int_equal(fstatat(t->root, "a/b/c", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0751);
}

static void test_mkdirs_through_links(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	/* A link to what exists, out of the root as a naive lookup sees it. */
	assert_int_equal(mkdirat(t->root, "run", 0755), 0);
	assert_int_equal(mkdirat(t->root, "var", 0755), 0);
	assert_int_equal(symlinkat("../../../run", t->root, "var/run"), 0);
	fd = path_mkdirs_in_root(t->root, "/var/run/secrets/x", 0755, &e);
	assert_true(fd >= 0);
	assert_int_equal(fstatat(t->root, "run/secrets/x", &st, AT_SYMLINK_NOFOLLOW), 0);
	fd_close(&fd);

	/* Dangling links: the directory that they name is made, inside. */
	assert_int_equal(symlinkat("/outside/new", t->root, "dangling"), 0);
	fd = path_mkdirs_in_root(t->root, "/dangling/deep", 0755, &e);
	assert_true(fd >= 0);
	assert_int_equal(fstatat(t->root, "outside/new/deep", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(fstatat(t->fd, "outside/new", &st, AT_SYMLINK_NOFOLLOW), -1);
	fd_close(&fd);
	assert_int_equal(symlinkat("lib/missing", t->root, "var/relative"), 0);
	fd = path_mkdirs_in_root(t->root, "var/relative", 0755, &e);
	assert_true(fd >= 0);
	assert_int_equal(fstatat(t->root, "var/lib/missing", &st, AT_SYMLINK_NOFOLLOW), 0);
}

static void test_mkdirs_failures(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	_cleanup_fd_ int file = openat(t->root, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	char name[NAME_MAX + 2];

	assert_true(file >= 0);
	assert_fails_with(path_mkdirs_in_root(t->root, "file/x", 0755, &e), &e, ERR_SYSTEM, "Not a directory");
	assert_fails_with(path_mkdirs_in_root(t->root, "file", 0755, &e), &e, ERR_SYSTEM, "Not a directory");

	/* Links in a circle, existing and in the making. */
	assert_int_equal(symlinkat("b", t->root, "a"), 0);
	assert_int_equal(symlinkat("a", t->root, "b"), 0);
	assert_fails_with(path_mkdirs_in_root(t->root, "a/x", 0755, &e), &e, ERR_SYSTEM, "symbolic links");
	assert_int_equal(symlinkat("grow/x", t->root, "grow"), 0);
	assert_fails_with(path_mkdirs_in_root(t->root, "grow", 0755, &e), &e, ERR_SYSTEM, "grow");

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_fails_with(path_mkdirs_in_root(t->root, name, 0755, &e), &e, ERR_SYSTEM, "File name too long");
}

static void test_parent(void **state)
{
	struct tree *t = *state;
	struct err e = ERR_INIT;
	char name[16] = "untouched";
	_cleanup_fd_ int fd = path_open_parent_in_root(t->root, "/etc/x/resolv.conf", name, sizeof(name), &e);
	_cleanup_fd_ int expected = openat(t->root, "etc/x", O_PATH | O_CLOEXEC);
	_cleanup_fd_ int top = -EBADF;
	static const char *const refused[] = { "", "/", "a/", "a/.", "..", "a/..", "." };
	size_t i;

	assert_true(fd >= 0 && expected >= 0);
	assert_true(is_same(fd, expected));
	assert_string_equal(name, "resolv.conf");
	top = path_open_parent_in_root(t->root, "file", name, sizeof(name), &e);
	assert_true(top >= 0);
	assert_true(is_same(top, t->root));
	assert_string_equal(name, "file");

	for (i = 0; i < N_OF(refused); i++)
		assert_fails_with(path_open_parent_in_root(t->root, refused[i], name, sizeof(name), &e), &e,
				  ERR_CONFIG, "does not end in a name");
	assert_fails_with(path_open_parent_in_root(t->root, "a/0123456789012345", name, sizeof(name), &e), &e,
			  ERR_SYSTEM, "too long");
	assert_string_equal(name, "file");
}

static void test_clean(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{ "", "" },
		{ "/", "/" },
		{ "//", "/" },
		{ ".", "." },
		{ "./", "." },
		{ "/.", "/" },
		{ "/..", "/" },
		{ "/../..", "/" },
		{ "a", "a" },
		{ "a/", "a" },
		{ "/a//b///c/", "/a/b/c" },
		{ "/a/./b/.", "/a/b" },
		{ "/a/../b", "/b" },
		{ "/a/b/../..", "/" },
		{ "/a/b/../../../c", "/c" },
		{ "a/..", "." },
		{ "..", ".." },
		{ "../a", "../a" },
		{ "../..", "../.." },
		{ "a/../..", ".." },
		{ "a/../../b/../c", "../c" },
		{ "../a/../../b", "../../b" },
		{ "/...", "/..." },
		{ "/..a/b..", "/..a/b.." },
		{ "./a/./b", "a/b" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s", rows[i].in);
		path_clean(path);
		assert_string_equal(path, rows[i].out);
	}
}

static void test_predicates(void **state)
{
	(void)state;
	assert_true(path_is_absolute("/a"));
	assert_false(path_is_absolute("a"));
	assert_false(path_is_absolute(""));

	assert_true(path_has_dotdot(".."));
	assert_true(path_has_dotdot("/a/../b"));
	assert_true(path_has_dotdot("a/.."));
	assert_false(path_has_dotdot("/a/..b/c../..."));
	assert_false(path_has_dotdot(""));

	assert_true(path_is_below("/a/b", "/a/b"));
	assert_true(path_is_below("/a/b/c", "/a/b"));
	assert_false(path_is_below("/a/bc", "/a/b"));
	assert_false(path_is_below("/a", "/a/b"));
	assert_true(path_is_below("/a", "/"));
	assert_true(path_is_below("/", "/"));
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_links_stay_inside),
		tree_test(test_magic_links_are_refused),
		tree_test(test_failure_is_an_answer),
		tree_test(test_mkdirs),
		tree_test(test_mkdirs_through_links),
		tree_test(test_mkdirs_failures),
		tree_test(test_parent),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_predicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
