/* SPDX-License-Identifier: Apache-2.0 */
/* The probes against what the same kernel says in another way. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/kernel.h"
#include "host/host.h"

static void read_status(const char *name, uint64_t *ret)
{
	char line[512];
	FILE *f = fopen("/proc/self/status", "re");
	bool found = false;

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f)) {
		unsigned long long value;

		found = strncmp(line, name, strlen(name)) == 0 && sscanf(line + strlen(name), ":%llx", &value) == 1;
		if (found)
			*ret = value;
	}
	(void)fclose(f); /* it was only read */
	assert_true(found);
}

static void test_identity(void **state)
{
	struct err e = ERR_INIT;
	uint64_t effective, bounding;
	struct host h;

	(void)state;
	assert_succeeds(host_probe(HOST_IDENTITY, &h, &e), &e);
	read_status("CapEff", &effective);
	read_status("CapBnd", &bounding);
	assert_int_equal(h.euid, geteuid());
	assert_int_equal(h.egid, getegid());
	assert_int_equal(h.caps_effective, effective);
	assert_int_equal(h.caps_bounding, effective & bounding);
	assert_true(h.cap_last >= 40 && h.cap_last < 63);
	assert_int_equal(h.known, HOST_IDENTITY);
}

static void test_kernel(void **state)
{
	struct err e = ERR_INIT;
	struct utsname name;
	unsigned major, minor;
	struct host h;

	(void)state;
	assert_succeeds(host_probe(HOST_KERNEL, &h, &e), &e);
	assert_int_equal(uname(&name), 0);
	assert_int_equal(sscanf(name.release, "%u.%u", &major, &minor), 2);
	assert_int_equal(h.kernel_major, major);
	assert_int_equal(h.kernel_minor, minor);
	assert_string_equal(h.machine, name.machine);
	/* A call that the version does not have can not be there; a filter may hide one that it has. */
	if (major < 5 || (major == 5 && minor < 12))
		assert_false(h.has_mount_setattr);
	assert_true(h.has_mount_api || !h.has_mount_setattr);
}

static void test_cgroup(void **state)
{
	struct err e = ERR_INIT;
	struct stat st;
	char path[4200];
	struct host h;

	(void)state;
	assert_succeeds(host_probe(HOST_CGROUP_OWN | HOST_CGROUP_CONTROLLERS, &h, &e), &e);
	assert_true(h.known & HOST_CGROUP);
	assert_int_equal(h.cgroup_own[0], '/');
	assert_non_null(h.cgroup_controllers);
	assert_null(strchr(h.cgroup_controllers, '\n'));
	if (h.cgroup_layout == HOST_CGROUP_NONE) {
		assert_null(h.cgroup_mount);
		return;
	}
	/* Every cgroup of cgroup2 but the root has this file; the mount's root has the other. */
	(void)snprintf(path, sizeof(path), "%s/cgroup.controllers", h.cgroup_mount);
	assert_int_equal(stat(path, &st), 0);
	(void)snprintf(path, sizeof(path), "%s%s/cgroup.procs", h.cgroup_mount, h.cgroup_own);
	if (stat(path, &st) < 0)
		print_message("own cgroup %s is not below this mount\n", h.cgroup_own);
}

static void test_seccomp(void **state)
{
	struct err e = ERR_INIT;
	struct host h;

	(void)state;
	assert_succeeds(host_probe(HOST_SECCOMP, &h, &e), &e);
	/* Linux 4.14 has TSYNC and LOG, 4.17 SPEC_ALLOW: where there are filters, these are known. */
	if (h.seccomp)
		assert_int_equal(h.seccomp_flags & 7, 7);
	else
		assert_int_equal(h.seccomp_flags, 0);
}

/* What nobody wants is not looked at. */
static void test_nothing(void **state)
{
	struct err e = ERR_INIT;
	struct host h;

	(void)state;
	assert_succeeds(host_probe(0, &h, &e), &e);
	assert_int_equal(h.known, 0);
	assert_int_equal(h.kernel_major, 0);
	assert_null(h.cgroup_own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity), cmocka_unit_test(test_kernel),  cmocka_unit_test(test_cgroup),
		cmocka_unit_test(test_seccomp),  cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
