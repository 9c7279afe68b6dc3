/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of init's table, held against the constraints that its rows speak of.  A step is named by its function: a
 * name can stand in several rows.
 */
#include "init/steps.h"

#include "init/credentials.h"
#include "init/cwd.h"
#include "init/devices.h"
#include "init/handshake.h"
#include "init/home.h"
#include "init/hooks.h"
#include "init/labels.h"
#include "init/limits.h"
#include "init/masks.h"
#include "init/mounts.h"
#include "init/namespaces.h"
#include "init/network.h"
#include "init/procfs.h"
#include "init/program.h"
#include "init/root.h"
#include "init/seccomp.h"
#include "init/stdio.h"
#include "init/sysctl.h"
#include "init/terminal.h"
#include "test.h"

typedef int (*step_function)(struct inside *in, struct err *e);

/* Which row of a function: seccomp_load has three, others two.  Its first, before a fork, is for profiles that are
 * known to allow what follows. */
enum which { FIRST, SECOND, LAST };

#define NOT_THERE (-1)

static int find_row(step_function f, unsigned kind, enum which which)
{
	unsigned n = 0;
	int found = NOT_THERE;
	int i;

	for (i = 0; init_steps[i].name != NULL; i++) {
		if (init_steps[i].run != f || (init_steps[i].kinds & kind) == 0)
			continue;
		found = i;
		if (which != LAST && n++ == (unsigned)which)
			break;
	}
	return found;
}

struct constraint {
	step_function before;
	enum which which_before;
	step_function after;
	enum which which_after;
	unsigned kinds;
	const char *why;
};

static const struct constraint constraints[] = {
	{ limits_set_initial_affinity, FIRST, namespaces_enter, FIRST, STEP_EXEC,
	  "the initial affinity is that of the runtime's process that joins" },
	{ namespaces_enter, LAST, procfs_open, FIRST, STEP_CREATE, "procfs shows the pid namespace it is made in" },
	{ procfs_open_existing, LAST, namespaces_enter, FIRST, STEP_EXEC, "that of the host, not of the container" },
	{ namespaces_enter, LAST, network_bring_up_loopback, FIRST, STEP_CREATE,
	  "lo of the container, not of the host" },
	{ namespaces_enter, LAST, root_prepare, FIRST, STEP_CREATE, "no mount before the mount namespace" },
	{ namespaces_enter, LAST, root_open, FIRST, STEP_EXEC, "the root of the container, not of the host" },
	{ namespaces_enter, LAST, network_receive_devices, FIRST, STEP_CREATE,
	  "devices are moved into the new namespace" },
	{ network_receive_devices, LAST, sysctl_write_all, FIRST, STEP_CREATE,
	  "net.ipv4.conf.NAME exists with its device" },
	{ procfs_open, LAST, mounts_make, FIRST, STEP_CREATE, "no mount of the container can fake /proc" },
	{ procfs_open, LAST, labels_join_keyring, FIRST, STEP_CREATE, "the key's label is written through procfs" },
	{ procfs_open, LAST, sysctl_write_all, FIRST, STEP_CREATE, "sysctls are written through the private procfs" },
	{ procfs_open, LAST, labels_set, FIRST, STEP_CREATE, "labels are written through the private procfs" },
	{ labels_set, LAST, procfs_close, FIRST, STEP_BOTH, "labels are written through procfs" },
	{ seccomp_load, FIRST, namespaces_fork_late, FIRST, STEP_BOTH, "what is traced is under the profile" },
	{ procfs_close, LAST, namespaces_fork_late, FIRST, STEP_BOTH, "an unmasked procfs is not for who is there" },
	{ terminal_make_session, LAST, terminal_make, FIRST, STEP_BOTH,
	  "only a session leader gets a controlling terminal" },
	{ root_prepare, LAST, mounts_make, FIRST, STEP_CREATE, "the host must not see the container's mounts" },
	{ mounts_make, LAST, devices_make, FIRST, STEP_CREATE, "nodes go into the mounted /dev, not below it" },
	{ mounts_make, LAST, mounts_make_cwd, FIRST, STEP_CREATE, "the cwd may lie in a mount" },
	{ mounts_make, LAST, handshake_hooks, FIRST, STEP_CREATE, "createRuntime hooks see the mounts (runtime.md)" },
	{ devices_make, LAST, handshake_hooks, FIRST, STEP_CREATE, "createRuntime hooks see the devices" },
	{ handshake_hooks, LAST, hooks_run_create_container, FIRST, STEP_CREATE,
	  "config.md: createContainer after createRuntime" },
	{ hooks_run_create_container, LAST, root_switch, FIRST, STEP_CREATE,
	  "its paths are the host's: before pivot_root" },
	{ mounts_make, LAST, root_switch, FIRST, STEP_CREATE, "sources are the host's paths" },
	{ root_switch, LAST, namespaces_fork_late, FIRST, STEP_BOTH,
	  "a joined pid namespace sees no process with a way to the host" },
	{ credentials_set_capabilities, LAST, namespaces_fork_late, FIRST, STEP_BOTH,
	  "a joined pid namespace sees no process with more rights than the program" },
	{ credentials_set_no_new_privs, LAST, namespaces_fork_late, FIRST, STEP_BOTH,
	  "what is traced must not gain rights by an exec" },
	{ labels_set, LAST, namespaces_fork_late, FIRST, STEP_BOTH, "procfs knows the process only before" },
	{ namespaces_fork_late, LAST, terminal_make_late_session, FIRST, STEP_BOTH, "a session ends with its leader" },
	{ namespaces_fork_late, LAST, home_set_listen_pid, FIRST, STEP_BOTH, "the number of the program's process" },
	{ root_switch, LAST, cwd_enter, FIRST, STEP_BOTH, "the cwd is the container's path" },
	{ root_switch, LAST, program_find, FIRST, STEP_BOTH, "the program is the container's path" },
	{ namespaces_fork_late, LAST, handshake_ready, FIRST, STEP_BOTH,
	  "the process that rt records is the last one" },
	{ devices_make, LAST, terminal_make, FIRST, STEP_CREATE, "/dev/console is made below the checked /dev" },
	{ terminal_make, LAST, stdio_adopt, FIRST, STEP_BOTH, "the slave on 0-2 is given to the user" },
	{ terminal_make, LAST, mounts_seal, FIRST, STEP_CREATE,
	  "/dev/console is made in a /dev that may become read-only" },
	{ mounts_make, LAST, masks_make_readonly, FIRST, STEP_CREATE,
	  "paths in mounts are meant, not those below them" },
	{ mounts_make, LAST, masks_hide, FIRST, STEP_CREATE, "paths in mounts are meant, not those below them" },
	{ devices_make, LAST, masks_hide, FIRST, STEP_CREATE, "files are masked by the container's /dev/null" },
	{ masks_make_readonly, LAST, masks_hide, FIRST, STEP_CREATE, "a read-only clone over a mask would uncover it" },
	{ mounts_make_cwd, LAST, root_set_readonly, FIRST, STEP_CREATE, "a missing cwd is made in a writable root" },
	{ mounts_make_cwd, LAST, mounts_seal, FIRST, STEP_CREATE, "a missing cwd is made in a writable mount" },
	{ devices_make, LAST, mounts_seal, FIRST, STEP_CREATE, "nodes are made in a /dev that becomes read-only" },
	{ masks_hide, LAST, root_set_propagation, FIRST, STEP_CREATE, "a shared root would pass mounts on" },
	{ root_set_readonly, LAST, root_set_propagation, FIRST, STEP_CREATE,
	  "propagation is the last word on the root" },
	{ sysctl_set_hostname, LAST, credentials_set_identity, FIRST, STEP_CREATE, "needs CAP_SYS_ADMIN" },
	{ sysctl_write_all, LAST, credentials_set_identity, FIRST, STEP_CREATE, "files of procfs belong to root" },
	{ root_set_propagation, LAST, seccomp_load, FIRST, STEP_CREATE, "a filter may refuse every mount call" },
	{ limits_set, LAST, seccomp_load, FIRST, STEP_BOTH, "a filter may refuse the scheduler's calls" },
	{ limits_set, LAST, credentials_set_identity, FIRST, STEP_BOTH, "some limits need root's rights" },
	{ labels_set, LAST, seccomp_load, FIRST, STEP_BOTH, "a filter may refuse to open procfs" },
	{ home_make_environment, LAST, seccomp_load, FIRST, STEP_BOTH,
	  "a filter may refuse to open the image's passwd" },
	{ stdio_close_others, LAST, seccomp_load, FIRST, STEP_BOTH, "a filter may refuse close_range" },
	{ root_switch, LAST, stdio_close_others, FIRST, STEP_BOTH,
	  "the last descriptors of the host are opened by then" },
	{ cwd_enter, LAST, credentials_set_identity, FIRST, STEP_BOTH, "first as root" },
	{ credentials_set_identity, LAST, cwd_enter_again, FIRST, STEP_BOTH, "then as the user" },
	{ home_make_environment, LAST, program_find, FIRST, STEP_BOTH,
	  "PATH is looked up in the finished environment" },
	{ credentials_drop_bounding, LAST, credentials_set_identity, FIRST, STEP_BOTH,
	  "needs an effective CAP_SETPCAP" },
	{ credentials_drop_bounding, LAST, credentials_set_capabilities, FIRST, STEP_BOTH,
	  "needs an effective CAP_SETPCAP" },
	{ credentials_set_identity, LAST, credentials_set_capabilities, FIRST, STEP_BOTH,
	  "a change of the uid clears capabilities" },
	{ credentials_set_identity, LAST, seccomp_load, FIRST, STEP_BOTH, "a profile need not allow setuid" },
	{ cwd_enter_again, LAST, seccomp_load, FIRST, STEP_BOTH, "a profile need not allow chdir" },
	{ credentials_set_capabilities, LAST, seccomp_load, FIRST, STEP_BOTH,
	  "a profile need not allow prctl; capset gives up the right to load" },
	{ credentials_set_no_new_privs, LAST, seccomp_load, FIRST, STEP_BOTH,
	  "an unprivileged load needs no_new_privs" },
	{ program_find, LAST, seccomp_load, FIRST, STEP_BOTH, "a profile need not allow stat and access" },
	{ procfs_close, LAST, seccomp_load, FIRST, STEP_BOTH, "a profile need not allow close for it" },
	{ program_reset_signals, FIRST, seccomp_load, SECOND, STEP_BOTH, "a profile need not allow rt_sigaction" },
	{ limits_set_rlimits, FIRST, seccomp_load, SECOND, STEP_BOTH, "a profile need not allow prlimit64" },
	{ credentials_set_identity, LAST, program_find, FIRST, STEP_BOTH,
	  "the user's rights decide what can be executed" },
	{ cwd_enter_again, LAST, program_find, FIRST, STEP_BOTH, "a relative args[0] starts at the cwd" },
	{ labels_set, LAST, procfs_close, FIRST, STEP_BOTH, "labels are written through procfs" },
	{ procfs_close, LAST, handshake_ready, FIRST, STEP_BOTH,
	  "who shares the pid namespace must not find it while start is waited for" },
	{ program_find, LAST, handshake_ready, FIRST, STEP_BOTH, "create fails for a missing program, not start" },
	{ seccomp_load, SECOND, handshake_ready, FIRST, STEP_BOTH, "rt takes a listener's descriptor before READY" },
	{ handshake_ready, LAST, handshake_wait_start, FIRST, STEP_CREATE, "start finds a recorded container" },
	{ handshake_wait_start, LAST, hooks_run_start_container, FIRST, STEP_CREATE,
	  "runtime.md: startContainer at start" },
	{ hooks_run_start_container, LAST, program_execute, FIRST, STEP_CREATE,
	  "runtime.md: startContainer before the program" },
	{ hooks_run_start_container, LAST, seccomp_load, LAST, STEP_CREATE,
	  "a late filter is about the program alone" },
	{ hooks_run_start_container, LAST, program_reset_signals, LAST, STEP_CREATE,
	  "a hook that does not read must not kill init" },
	{ handshake_ready, LAST, limits_set_rlimits, LAST, STEP_BOTH,
	  "rt raises at READY, before that it could fail" },
	{ hooks_run_start_container, LAST, limits_set_rlimits, LAST, STEP_CREATE,
	  "limits are the program's, not the hooks'" },
	{ program_reset_signals, LAST, limits_set_rlimits, LAST, STEP_BOTH,
	  "it opens a file: RLIMIT_NOFILE may be 3" },
	{ limits_set_rlimits, LAST, seccomp_load, LAST, STEP_BOTH, "after a late filter nothing but exec" },
	{ program_reset_signals, LAST, seccomp_load, LAST, STEP_BOTH, "after a late filter nothing but exec" },
	{ seccomp_load, LAST, program_execute, FIRST, STEP_BOTH, "the program runs under the filter" },
};

static void check_kind(const struct constraint *c, unsigned kind, const char *kind_name)
{
	int before = find_row(c->before, kind, c->which_before);
	int after = find_row(c->after, kind, c->which_after);

	if ((c->kinds & kind) == 0)
		return;
	/* A step that only one kind has constrains only that. */
	if (before == NOT_THERE || after == NOT_THERE) {
		if (c->kinds != STEP_BOTH)
			fail_msg("%s: a step is missing: %s", kind_name, c->why);
		return;
	}
	if (before >= after)
		fail_msg("%s: \"%s\" (row %d) must come before \"%s\" (row %d): %s", kind_name,
			 init_steps[before].name, before, init_steps[after].name, after, c->why);
}

static void test_order(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < N_OF(constraints); i++) {
		check_kind(&constraints[i], STEP_CREATE, "create");
		check_kind(&constraints[i], STEP_EXEC, "exec");
	}
}

/* Between the late filter and exec there is no step that could need another system call. */
static void test_late_filter_is_last(void **state)
{
	int filter = find_row(seccomp_load, STEP_BOTH, LAST);
	int execute = find_row(program_execute, STEP_BOTH, FIRST);

	(void)state;
	assert_true(filter != NOT_THERE);
	assert_int_equal(execute, filter + 1);
	assert_null(init_steps[execute + 1].name);
}

/* exec joins a finished container: it must not make or change anything of it. */
static void test_exec_makes_nothing(void **state)
{
	static const step_function makers[] = {
		root_prepare,  mounts_make,         devices_make,     mounts_make_cwd,   masks_make_readonly,
		masks_hide,    mounts_seal,         root_set_readonly, root_set_propagation, sysctl_write_all,
		sysctl_set_hostname, sysctl_set_domainname, network_bring_up_loopback, hooks_run_create_container,
		hooks_run_start_container, handshake_wait_start,
	};
	unsigned i;

	(void)state;
	for (i = 0; i < N_OF(makers); i++) {
		assert_int_equal(find_row(makers[i], STEP_EXEC, FIRST), NOT_THERE);
		assert_int_not_equal(find_row(makers[i], STEP_CREATE, FIRST), NOT_THERE);
	}
}

/* No row is empty or never selected. */
static void test_rows_are_complete(void **state)
{
	int i;

	(void)state;
	for (i = 0; init_steps[i].name != NULL; i++) {
		assert_non_null(init_steps[i].run);
		assert_int_not_equal(init_steps[i].kinds & STEP_BOTH, 0);
		assert_int_equal(init_steps[i].kinds & ~STEP_BOTH, 0);
	}
	assert_true(i > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_late_filter_is_last),
		cmocka_unit_test(test_exec_makes_nothing),
		cmocka_unit_test(test_rows_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
