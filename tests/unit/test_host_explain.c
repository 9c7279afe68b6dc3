/* SPDX-License-Identifier: Apache-2.0 */
/* Which hint an ordinary user gets, on hosts that are directories with the files that matter. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/kernel.h"
#include "host/explain.h"

#define ALL (K_CLONE_NEWUSER | K_CLONE_NEWNS | K_CLONE_NEWPID | K_CLONE_NEWNET)
#define MOUNTINFO "/proc/self/mountinfo"
#define STATUS "/proc/self/status"
#define USERNS_CLONE "/proc/sys/kernel/unprivileged_userns_clone"
#define APPARMOR "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
#define MAX_USER "/proc/sys/user/max_user_namespaces"
#define MAX_NET "/proc/sys/user/max_net_namespaces"
#define AT_ROOT "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
#define NOT_AT_ROOT "30 21 0:5 / /proc rw - proc proc rw\n"

static char root[64];

static int make_root(void **state)
{
	(void)state;
	(void)strncpy(root, "/tmp/rt-test-explain-XXXXXX", sizeof(root) - 1);
	return mkdtemp(root) == NULL || chmod(root, 0755) < 0 ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ROOT/PATH with TEXT, and the directories above it. */
static void put(const char *path, const char *text)
{
	char full[256];
	int fd;

	(void)snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = strchr(full + strlen(root) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void assert_hint(const struct err *e, const char *text)
{
	if (text[0] == '\0')
		assert_string_equal(e->hint, "");
	else if (strstr(e->hint, text) == NULL)
		fail_msg("hint \"%s\" does not hold \"%s\"", e->hint, text);
}

static void expect_namespaces(int errnum, uint64_t flags, const char *hint)
{
	struct err e = ERR_INIT;

	(void)err_errno(&e, errnum, "clone3");
	explain_namespaces(root, flags, &e);
	assert_hint(&e, hint);
}

static void test_nothing_found(void **state)
{
	(void)state;
	put(MOUNTINFO, NOT_AT_ROOT AT_ROOT);
	put(STATUS, "Name:\trt\nSeccomp:\t0\n");
	put(USERNS_CLONE, "1\n");
	put(APPARMOR, "0\n");
	expect_namespaces(EPERM, ALL, "");
	expect_namespaces(EACCES, ALL, "");
	expect_namespaces(ENOMEM, ALL, "");
}

/* From what is told last to what is told first: the others are still so. */
static void test_causes_in_order(void **state)
{
	(void)state;
	put(MOUNTINFO, AT_ROOT);
	put(STATUS, "Name:\trt\nSeccomp:\t2\nSeccomp_filters:\t1\n");
	expect_namespaces(EPERM, ALL, "seccomp filter");
	put(MOUNTINFO, NOT_AT_ROOT);
	expect_namespaces(EPERM, ALL, "chroot");
	expect_namespaces(EACCES, ALL, "seccomp filter");
	put(APPARMOR, "1\n");
	expect_namespaces(EPERM, ALL, "sysctl kernel.apparmor_restrict_unprivileged_userns=0");
	expect_namespaces(EACCES, ALL, "sysctl kernel.apparmor_restrict_unprivileged_userns=0");
	put(USERNS_CLONE, "0\n");
	expect_namespaces(EPERM, ALL, "sysctl kernel.unprivileged_userns_clone=1");
	/* None of this is about other namespaces. */
	expect_namespaces(EPERM, K_CLONE_NEWNS | K_CLONE_NEWPID, "");
}

static void test_limits(void **state)
{
	(void)state;
	put(MAX_USER, "0\n");
	put(MAX_NET, "05\n");
	expect_namespaces(ENOSPC, ALL, "sysctl user.max_user_namespaces is 0");
	expect_namespaces(EUSERS, ALL, "sysctl user.max_user_namespaces is 0");
	expect_namespaces(ENOSPC, K_CLONE_NEWNET, "a limit on the number of namespaces");
	put(MAX_USER, "100\n");
	put(MAX_NET, "0\n");
	expect_namespaces(ENOSPC, ALL, "sysctl user.max_net_namespaces is 0");
	expect_namespaces(ENOSPC, K_CLONE_NEWUSER, "a limit on the number of namespaces");
}

static void test_a_hint_stays(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	put(USERNS_CLONE, "0\n");
	(void)err_errno(&e, EPERM, "clone3");
	(void)err_hint(&e, "the first");
	explain_namespaces(root, ALL, &e);
	assert_string_equal(e.hint, "the first");
}

static void test_denied_inside(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	put(USERNS_CLONE, "0\n"); /* no cause: the namespace is there */
	put(APPARMOR, "0\n");
	(void)err_errno(&e, EACCES, "mount");
	explain_denied_inside(root, &e);
	assert_string_equal(e.hint, "");
	put(APPARMOR, "1\n");
	explain_denied_inside(root, &e);
	assert_hint(&e, "AppArmor restricts user namespaces");
	(void)err_errno(&e, EINVAL, "mount");
	e.hint[0] = '\0';
	explain_denied_inside(root, &e);
	assert_string_equal(e.hint, "");
}

static void expect_unreachable(int errnum, const char *path, const char *hint)
{
	struct err e = ERR_INIT;

	(void)err_errno(&e, errnum, "open %s", path);
	explain_unreachable(root, path, &e);
	assert_hint(&e, hint);
}

/* Root may enter everything. */
static void test_unreachable(void **state)
{
	char path[128];

	(void)state;
	put("/home/user/bundle/rootfs/file", "");
	(void)snprintf(path, sizeof(path), "%s/home/user", root);
	assert_int_equal(chmod(path, 0600), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_unreachable(EACCES, "/home/user/bundle/rootfs/file", "may not enter /home/user (");
	expect_unreachable(EACCES, "/home/user", "");
	expect_unreachable(ENOENT, "/home/user/bundle/rootfs/file", "");
	expect_unreachable(EACCES, "home/user/bundle", "");
	expect_unreachable(EACCES, "/home/nobody/x", "");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0755), 0);
	expect_unreachable(EACCES, "/home/user/bundle/rootfs/file", "");
}

static void expect_state_root(int errnum, const char *path, const char *runtime_dir, const char *hint)
{
	struct err e = ERR_INIT;

	(void)err_errno(&e, errnum, "make directory");
	explain_state_root(path, runtime_dir, &e);
	assert_hint(&e, hint);
}

static void test_state_root(void **state)
{
	char path[128];

	(void)state;
	expect_state_root(EACCES, HOST_STATE_ROOT, NULL, "XDG_RUNTIME_DIR is not set");
	expect_state_root(EACCES, HOST_STATE_ROOT, "", "XDG_RUNTIME_DIR is not set");
	expect_state_root(EACCES, "/none/1/rt", "/none/1", "XDG_RUNTIME_DIR=/none/1 is not there");
	/* Another root was asked for. */
	(void)snprintf(path, sizeof(path), "%s/state", root);
	expect_state_root(EACCES, path, NULL, "may not write to /tmp/rt-test-explain-");
	expect_state_root(EROFS, path, "/none/1", "may not write to /tmp/rt-test-explain-");
	expect_state_root(ENOSPC, path, NULL, "");
}

static void expect_no_rights(const char *path, const char *hint)
{
	struct err e = ERR_INIT;

	(void)err_set(&e, ERR_SYSTEM, "exit status 1");
	explain_no_rights(root, path, &e);
	assert_hint(&e, hint);
}

static void test_no_rights(void **state)
{
	char path[128];

	(void)state;
	put("/usr/bin/helper", "#!/bin/false\n");
	expect_no_rights("/usr/bin/helper", "/usr/bin/helper has neither root's set-uid bit nor file capabilities");
	expect_no_rights("/usr/bin/other", "");
	if (geteuid() != 0)
		return; /* the bit counts only on a file of root's */
	(void)snprintf(path, sizeof(path), "%s/usr/bin/helper", root);
	assert_int_equal(chmod(path, 04755), 0);
	expect_no_rights("/usr/bin/helper", "");
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_int_equal(chmod(path, 04755), 0);
	expect_no_rights("/usr/bin/helper", "has neither root's set-uid bit");
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_nothing_found), IN_ROOT(test_causes_in_order), IN_ROOT(test_limits),
		IN_ROOT(test_a_hint_stays),  IN_ROOT(test_denied_inside),   IN_ROOT(test_unreachable),
		IN_ROOT(test_state_root),    IN_ROOT(test_no_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
