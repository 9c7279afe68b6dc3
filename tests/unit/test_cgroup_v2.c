/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver v2 on the kernel that runs.  Needs root and a cgroup2 mount, with or without controllers; everything
 * happens below one cgroup that is removed again.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"
#include "cgroup/device_program.h"

#define MOUNT_DENIED "this host has no cgroup2 that can be written"

static const char *mount_point; /* NULL: the tests of the kernel are left out */
static char base[64];           /* "/rt-unit-PID" */

static const struct cgroup_driver *driver(void)
{
	return cgroup_driver_get(CGROUP_DRIVER_V2);
}

#define NEEDS_CGROUP2()                                       \
	do {                                                  \
		(void)state;                                  \
		if (mount_point == NULL) {                    \
			print_message("%s\n", MOUNT_DENIED);  \
			skip();                               \
		}                                             \
	} while (0)

/* ---- helpers ---------------------------------------------------------------------------------------------------- */

static const char *below(const char *name, char buf[static 512])
{
	(void)snprintf(buf, 512, "%s%s", base, name);
	return buf;
}

static const char *host_path(const char *name, const char *file, char buf[static 1024])
{
	(void)snprintf(buf, 1024, "%s%s%s%s%s", mount_point, base, name, *file != '\0' ? "/" : "", file);
	return buf;
}

static bool exists(const char *name)
{
	char path[1024];

	return access(host_path(name, "", path), F_OK) == 0;
}

static void write_to(const char *name, const char *file, const char *value)
{
	struct err e = ERR_INIT;
	char path[1024];

	assert_succeeds(io_write_file_at(AT_FDCWD, host_path(name, file, path), value, &e), &e);
}

static void make(const char *name)
{
	char path[1024];

	assert_int_equal(mkdir(host_path(name, "", path), 0755), 0);
}

static struct cgroup_record record(const char *path)
{
	return (struct cgroup_record){
		.driver = CGROUP_DRIVER_V2, .mount = mount_point, .path = path, .created = true
	};
}

static struct plan_cgroup plan(const char *path)
{
	return (struct plan_cgroup){
		.driver = CGROUP_DRIVER_V2, .mount = mount_point, .path = path, .required = true
	};
}

/* Prepares with all checks that hold for every success. */
static int prepare(const struct plan_cgroup *p)
{
	struct err e = ERR_INIT;
	bool created = false;
	int fd = driver()->prepare(p, &created, &e);

	if (fd < 0)
		fail_msg("prepare: %s (%s)", e.msg, e.hint);
	assert_true(created);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	return fd;
}

/* A process born in the cgroup; CODE runs in it, else it waits for its death. */
static pid_t spawn(int cgroup_fd, int (*code)(void))
{
	const struct k_clone_args args = {
		.flags = K_CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup_fd
	};
	pid_t pid = sys_clone3(&args);

	if (pid == 0) {
		if (code != NULL)
			_exit(code());
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	return pid;
}

static int exit_status_of(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void destroy(const char *path)
{
	struct cgroup_record rec = record(path);
	struct err e = ERR_INIT;

	assert_succeeds(driver()->destroy(&rec, &e), &e);
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

static void makes_parents_and_removes_the_cgroup(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/a/b/c", path));
	char host[1024];
	struct stat st;
	mode_t old;
	int fd;

	NEEDS_CGROUP2();
	old = umask(077); /* as rt has it */
	fd = prepare(&p);
	(void)umask(old);
	assert_int_equal(stat(host_path("/a/b/c", "", host), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat(host_path("/a", "", host), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(exit_status_of(spawn(fd, getppid)), (int)getpid() & 0xff);
	(void)close(fd);
	destroy(path);
	assert_false(exists("/a/b/c"));
	assert_true(exists("/a/b")); /* parents stay */
	destroy(path); /* gone is fine */
	destroy(below("/a/b", path));
	destroy(below("/a", path));
}

static void failed_make_leaves_nothing(void **state)
{
	static const struct plan_cgroup_write writes[] = {
		{ .file = "cgroup.freeze", .value = "0", .pointer = "/linux/resources/unified/cgroup.freeze" },
		{ .file = "nosuch.max", .value = "1", .pointer = "/linux/resources/unified/nosuch.max" },
	};
	static const struct plan_cgroup_write refused = {
		.file = "cgroup.freeze", .value = "7", .pointer = "/linux/resources/unified/cgroup.freeze"
	};
	char path[512];
	struct plan_cgroup p = plan(below("/x/y/z", path));
	struct err e = ERR_INIT;
	bool created = true;

	NEEDS_CGROUP2();
	p.writes = writes;
	p.n_writes = 2;
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_UNSUPPORTED,
			  "/linux/resources/unified/nosuch.max");
	assert_non_null(strstr(e.hint, "the nosuch controller is not available"));
	assert_false(created);
	assert_false(exists("/x"));

	/* Parents that were there, or that others use, are left alone. */
	make("/x");
	p.writes = &refused;
	p.n_writes = 1;
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_SYSTEM, "write \"7\" to cgroup.freeze");
	assert_int_equal(e.errnum, ERANGE);
	assert_true(exists("/x"));
	assert_false(exists("/x/y"));
	destroy(below("/x", path));
}

static void missing_file_can_be_fine(void **state)
{
	static const struct plan_cgroup_write writes[] = {
		{ .file = "nosuch.max", .value = "max", .pointer = "/p", .missing_ok = true },
		{ .file = "cgroup.max.depth", .value = "7", .pointer = "/q" },
	};
	char path[512];
	char text[16] = "";
	struct plan_cgroup p = plan(below("/m", path));
	struct err e = ERR_INIT;
	int fd;
	_cleanup_fd_ int file = -EBADF;

	NEEDS_CGROUP2();
	p.writes = writes;
	p.n_writes = 2;
	fd = prepare(&p);
	file = openat(fd, "cgroup.max.depth", O_RDONLY | O_CLOEXEC);
	assert_int_equal(io_read_all(file, text, sizeof(text), "cgroup.max.depth", &e), 2);
	assert_string_equal(text, "7\n");
	(void)close(fd);
	destroy(path);
}

static void existing_cgroup(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/old", path));
	struct cgroup_record rec = record(path);
	struct err e = ERR_INIT;
	bool created = true;
	_cleanup_fd_ int fd = -EBADF;
	pid_t pid;

	NEEDS_CGROUP2();
	make("/old");
	fd = driver()->prepare(&p, &created, &e);
	assert_succeeds(fd, &e);
	assert_false(created);
	pid = spawn(fd, NULL);
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_STATE,
			  "container's cgroup is not empty: 1 process(es) found");
	assert_true(exists("/old"));

	/* What rt has not made is emptied, not removed. */
	rec.created = false;
	make("/old/sub");
	assert_succeeds(driver()->destroy(&rec, &e), &e);
	assert_int_equal(exit_status_of(pid), 128 + SIGKILL);
	assert_false(exists("/old/sub"));
	assert_true(exists("/old"));
	destroy(path);
}

static void frozen_parent_is_refused(void **state)
{
	char path[512];
	char leaf[512];
	struct plan_cgroup p;
	struct cgroup_record rec;
	struct err e = ERR_INIT;
	bool created = true;

	NEEDS_CGROUP2();
	make("/cold");
	write_to("/cold", "cgroup.freeze", "1");
	rec = record(below("/cold", path));
	assert_int_equal(driver()->is_frozen(&rec, &e), 1);
	p = plan(below("/cold/leaf", leaf));
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_STATE, "unexpectedly frozen");
	assert_false(exists("/cold/leaf"));
	write_to("/cold", "cgroup.freeze", "0");
	assert_int_equal(driver()->is_frozen(&rec, &e), 0);
	destroy(path);
	assert_int_equal(driver()->is_frozen(&rec, &e), 0); /* gone */
}

static void threaded_parent(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/t/leaf", path));
	struct cgroup_record rec = record(path);
	struct err e = ERR_INIT;
	pid_t *pids = NULL;
	size_t n = 0;
	pid_t pid;
	int fd;

	NEEDS_CGROUP2();
	make("/t");
	make("/t/sibling");
	write_to("/t/sibling", "cgroup.type", "threaded"); /* makes its parent "domain threaded" */
	fd = prepare(&p);
	pid = spawn(fd, NULL);
	(void)close(fd);
	assert_succeeds(driver()->pids(&rec, &pids, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(pids[0], pid);
	free(pids);
	destroy(path); /* cgroup.kill refuses a threaded cgroup: signals do it */
	assert_int_equal(exit_status_of(pid), 128 + SIGKILL);
	destroy(below("/t", path));
}

static void controllers_are_enabled_top_down(void **state)
{
	char path[512];
	char list[512] = "";
	char file[64];
	const char *names[2] = { NULL, NULL };
	struct plan_cgroup_write w = { .file = file, .value = "max", .pointer = "/p" };
	struct plan_cgroup p = plan(below("/c/d/e", path));
	struct err e = ERR_INIT;
	_cleanup_fd_ int root = -EBADF;
	int fd;

	NEEDS_CGROUP2();
	root = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(root, "cgroup.controllers", O_RDONLY | O_CLOEXEC);
	assert_succeeds(io_read_all(fd, list, sizeof(list) - 1, "cgroup.controllers", &e), &e);
	(void)close(fd);
	if (strstr(list, "pids") != NULL) {
		names[0] = "pids";
		(void)snprintf(file, sizeof(file), "pids.max");
	} else if (strstr(list, "hugetlb") != NULL) {
		names[0] = "hugetlb";
		(void)snprintf(file, sizeof(file), "hugetlb.2MB.max");
	} else {
		print_message("no controller to try with: \"%s\"\n", list);
		skip();
	}
	p.controllers = names;
	p.writes = &w;
	p.n_writes = 1;
	fd = prepare(&p);
	assert_int_equal(faccessat(fd, file, F_OK, 0), 0);
	(void)close(fd);
	destroy(path);
	destroy(below("/c/d", path));
	destroy(below("/c", path));
}

static void delegation(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/del", path));
	struct stat st;
	int fd;

	NEEDS_CGROUP2();
	p.delegate = true;
	p.owner_uid = 1234;
	p.owner_gid = 4321;
	fd = prepare(&p);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 4321);
	assert_int_equal(fstatat(fd, "cgroup.procs", &st, 0), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(fstatat(fd, "cgroup.subtree_control", &st, 0), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(fstatat(fd, "cgroup.freeze", &st, 0), 0); /* a limit of the host's */
	assert_int_equal(st.st_uid, 0);
	(void)close(fd);
	destroy(path);
}

/* ---- device program ---------------------------------------------------------------------------------------------- */

static int try_devices(void)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int zero_errno = errno;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int null_written = open("/dev/null", O_RDWR | O_CLOEXEC);

	return (zero < 0 && zero_errno == EPERM ? 0 : 1) | (null >= 0 ? 0 : 2) |
	       (null_written < 0 && errno == EPERM ? 0 : 4);
}

static void device_rules_hold(void **state)
{
	static const struct plan_cgroup_device rules[] = {
		{ .type = 'a', .major = -1, .minor = -1, .read = true, .write = true, .mknod = true },
		{ .allow = true, .type = 'c', .major = 1, .minor = 3, .read = true },
	};
	char path[512];
	struct plan_cgroup p = plan(below("/dev", path));
	int fd;

	NEEDS_CGROUP2();
	p.device_filter = true;
	p.devices = rules;
	p.n_devices = N_OF(rules);
	fd = prepare(&p);
	assert_int_equal(exit_status_of(spawn(fd, try_devices)), 0);
	(void)close(fd);
	destroy(path);
}

/* The verifier must not find the largest program too much work. */
static void device_rules_up_to_the_limit(void **state)
{
	struct plan_cgroup_device *rules = calloc(DEVICE_RULES_MAX, sizeof(*rules));
	char path[512];
	struct plan_cgroup p = plan(below("/many", path));
	int fd;

	NEEDS_CGROUP2();
	assert_non_null(rules);
	for (unsigned i = 0; i < DEVICE_RULES_MAX; i++)
		rules[i] = (struct plan_cgroup_device){
			.allow = i % 3 != 0, .type = i % 2 == 0 ? 'c' : 'b', .major = 1 + i % 9, .minor = i,
			.read = i % 5 != 0, .write = i % 7 != 0, .mknod = i % 4 == 0
		};
	p.device_filter = true;
	p.devices = rules;
	p.n_devices = DEVICE_RULES_MAX;
	fd = prepare(&p);
	(void)close(fd);
	destroy(path);
	free(rules);
}

/* ---- processes -------------------------------------------------------------------------------------------------- */

static void pids_and_signals(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/run", path));
	struct cgroup_record rec = record(path);
	struct err e = ERR_INIT;
	pid_t *pids = NULL;
	size_t n = 77;
	pid_t first;
	pid_t second;
	int fd;
	_cleanup_fd_ int sub = -EBADF;

	NEEDS_CGROUP2();
	fd = prepare(&p);
	assert_succeeds(driver()->pids(&rec, &pids, &n, &e), &e);
	assert_int_equal(n, 0);
	free(pids);
	make("/run/sub");
	sub = openat(fd, "sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	first = spawn(fd, NULL);
	second = spawn(sub, NULL);
	assert_succeeds(driver()->pids(&rec, &pids, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_true((pids[0] == first && pids[1] == second) || (pids[0] == second && pids[1] == first));
	assert_true(pids[0] < pids[1]);
	free(pids);

	assert_succeeds(driver()->kill(&rec, SIGTERM, &e), &e);
	assert_int_equal(exit_status_of(first), 128 + SIGTERM);
	assert_int_equal(exit_status_of(second), 128 + SIGTERM);

	/* Killing works on a paused container, which stays paused. */
	first = spawn(fd, NULL);
	write_to("/run", "cgroup.freeze", "1");
	assert_succeeds(driver()->kill(&rec, SIGKILL, &e), &e);
	assert_int_equal(exit_status_of(first), 128 + SIGKILL);
	(void)close(fd);
	destroy(path);
	assert_succeeds(driver()->kill(&rec, SIGKILL, &e), &e); /* gone */
	assert_fails_with(driver()->open(&rec, &e), &e, ERR_STATE, "open cgroup");
	assert_fails_with(driver()->pids(&rec, &pids, &n, &e), &e, ERR_STATE, "open cgroup");
}

/* A container can make cgroups as deep as it likes; removal must not need a descriptor for each level. */
static void destroys_deep_trees_with_processes(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/deep", path));
	struct rlimit old;
	struct rlimit few;
	_cleanup_fd_ int fd = -EBADF;
	pid_t pids[3];

	NEEDS_CGROUP2();
	fd = prepare(&p);
	pids[0] = spawn(fd, NULL);
	for (unsigned i = 0; i < 300; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "x", 0755), 0);
		assert_int_equal(mkdirat(fd, "side", 0755), 0);
		next = openat(fd, "x", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)close(fd);
		fd = next;
		if (i == 150)
			pids[1] = spawn(fd, NULL);
	}
	pids[2] = spawn(fd, NULL);
	fd_close(&fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 40, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	destroy(path);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_false(exists("/deep"));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(exit_status_of(pids[i]), 128 + SIGKILL);
}

/* ---- what is refused -------------------------------------------------------------------------------------------- */

static void wrong_places(void **state)
{
	struct plan_cgroup p = { .driver = CGROUP_DRIVER_V2, .mount = "/", .path = "/x", .required = true };
	struct cgroup_record rec = { .driver = CGROUP_DRIVER_V2, .mount = "/", .path = "", .created = true };
	struct err e = ERR_INIT;
	bool created = true;

	(void)state;
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_UNSUPPORTED,
			  "/ is not a cgroup2 file system");
	assert_false(created);
	p.path = "/";
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_CONFIG, "the root of the hierarchy");
	p.path = "/a/../../b";
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_INTERNAL, "not absolute and clean");
	p.mount = "/nonexistent";
	p.path = "/x";
	assert_fails_with(driver()->prepare(&p, &created, &e), &e, ERR_SYSTEM, "/nonexistent");
	assert_succeeds(driver()->destroy(&rec, &e), &e); /* none was made */
}

static void rootless_without_permission(void **state)
{
	char path[512];
	struct plan_cgroup p = plan(below("/user", path));
	struct err e = ERR_INIT;
	bool created = true;
	pid_t pid;

	NEEDS_CGROUP2();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (sys_setresuid(12345, 12345, 12345) < 0)
			_exit(1);
		if (driver()->prepare(&p, &created, &e) != -1 || e.errnum != EACCES || created)
			_exit(2);
		err_clear(&e);
		created = true;
		p.required = false;
		if (driver()->prepare(&p, &created, &e) != CGROUP_NO_FD || created || e.kind != ERR_NONE)
			_exit(3);
		_exit(0);
	}
	assert_int_equal(exit_status_of(pid), 0);
}

static void no_driver_no_cgroup(void **state)
{
	const struct cgroup_driver *none = cgroup_driver_get(CGROUP_DRIVER_NONE);
	const struct plan_cgroup p = { .driver = CGROUP_DRIVER_NONE };
	const struct cgroup_record rec = { .driver = CGROUP_DRIVER_NONE };
	struct err e = ERR_INIT;
	bool created = true;
	pid_t *pids = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(none->prepare(&p, &created, &e), CGROUP_NO_FD);
	assert_false(created);
	assert_int_equal(none->open(&rec, &e), CGROUP_NO_FD);
	assert_int_equal(none->is_frozen(&rec, &e), 0);
	assert_int_equal(none->destroy(&rec, &e), 0);
	assert_fails_with(none->pids(&rec, &pids, &n, &e), &e, ERR_STATE, "no cgroup of its own");
	assert_fails_with(none->kill(&rec, SIGTERM, &e), &e, ERR_STATE, "no cgroup of its own");
}

/* ---- frame ------------------------------------------------------------------------------------------------------ */

static int find_mount(void **state)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	(void)state;
	(void)snprintf(base, sizeof(base), "/rt-unit-%d", (int)getpid());
	for (size_t i = 0; i < N_OF(places) && geteuid() == 0; i++) {
		struct statfs fs;
		char path[128];

		if (statfs(places[i], &fs) < 0 || (unsigned long)fs.f_type != K_CGROUP2_SUPER_MAGIC)
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", places[i], base);
		if (mkdir(path, 0755) < 0)
			continue;
		mount_point = places[i];
		return 0;
	}
	return 0;
}

/* Removes what a failed test has left, too. */
static int remove_base(void **state)
{
	struct cgroup_record rec = record(base);
	struct err e = ERR_INIT;

	(void)state;
	if (mount_point == NULL)
		return 0;
	if (driver()->destroy(&rec, &e) < 0)
		print_error("%s\n", e.msg);
	return e.kind == ERR_NONE ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_parents_and_removes_the_cgroup),
		cmocka_unit_test(failed_make_leaves_nothing),
		cmocka_unit_test(missing_file_can_be_fine),
		cmocka_unit_test(existing_cgroup),
		cmocka_unit_test(frozen_parent_is_refused),
		cmocka_unit_test(threaded_parent),
		cmocka_unit_test(controllers_are_enabled_top_down),
		cmocka_unit_test(delegation),
		cmocka_unit_test(device_rules_hold),
		cmocka_unit_test(device_rules_up_to_the_limit),
		cmocka_unit_test(pids_and_signals),
		cmocka_unit_test(destroys_deep_trees_with_processes),
		cmocka_unit_test(wrong_places),
		cmocka_unit_test(rootless_without_permission),
		cmocka_unit_test(no_driver_no_cgroup),
	};

	return cmocka_run_group_tests(tests, find_mount, remove_base);
}
