/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init: what happens inside a container before its program runs.
 *
 * This is the page to audit.  init is the process that becomes the container's program: rt has cloned it, with the plan
 * in a sealed memfd, and it executes that plan, one step after the other, in the order of the table below.  It decides
 * nothing, loads nothing, and has nothing of rt in its memory.
 *
 * What holds all the way:
 *  - the first failure ends it: an error that names the step goes to rt (or, after GO, to `start`), and the
 *    process ends;
 *  - paths of the container are looked up below root_fd with openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
 *  - procfs is the one of the "procfs" step, private in create, never the container's;
 *  - descriptors are O_CLOEXEC from their birth;
 *  - until GO, rt's end is init's end: no container lives that is not recorded.
 *
 * Rights: complete (root of the container's user namespace) until "identity"; the program's own from there, but for
 * the right to load a filter (credentials.h).  A seccomp filter is in force from "filter (early)" or "filter" on; see
 * seccomp.h for what may run under it.
 */
#include <stddef.h>

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
#include "init/steps.h"
#include "init/sysctl.h"
#include "init/terminal.h"
#include "init/trace.h"

/* When: predicates over the plan ---------------------------------------------------------------------------------- */

static bool has_process(const struct inside *in) { return in->plan->process.present; }
static bool has_terminal(const struct inside *in)
{
	return in->plan->process.present && in->plan->process.terminal.enabled;
}
static bool has_capabilities(const struct inside *in)
{
	return in->plan->process.present && in->plan->process.caps.set;
}
static bool has_no_new_privs(const struct inside *in)
{
	return in->plan->process.present && in->plan->process.no_new_privileges;
}
static bool is_forked_late(const struct inside *in) { return plan_ns_is_forked_late(&in->plan->ns); }
static bool has_listen_pid(const struct inside *in) { return in->plan->process.listen_pid; }
static bool has_filter_before_fork(const struct inside *in)
{
	return in->filter_len > 0 && in->plan->seccomp_before_fork;
}
static bool has_early_filter(const struct inside *in) { return in->filter_len > 0 && in->plan->seccomp_early; }
static bool has_late_filter(const struct inside *in)
{
	return in->filter_len > 0 && !in->plan->seccomp_early && !in->plan->seccomp_before_fork;
}
static bool has_affinity(const struct inside *in) { return in->plan->process.affinity_initial != NULL; }
static bool has_keyring(const struct inside *in) { return in->plan->new_session_keyring; }
static bool has_loopback(const struct inside *in) { return in->plan->bring_up_loopback; }
static bool has_hostname(const struct inside *in) { return in->plan->hostname != NULL; }
static bool has_domainname(const struct inside *in) { return in->plan->domainname != NULL; }
static bool has_netdev_stop(const struct inside *in) { return inside_has_stop(in, MESSAGE_NETDEV); }
static bool has_hooks_stop(const struct inside *in) { return inside_has_stop(in, MESSAGE_HOOKS); }
static bool has_create_container(const struct inside *in) { return in->plan->hooks.n[HOOK_CREATE_CONTAINER] > 0; }
static bool has_start_container(const struct inside *in) { return in->plan->hooks.n[HOOK_START_CONTAINER] > 0; }
static bool has_early_rlimits(const struct inside *in)
{
	return in->plan->process.present && in->plan->seccomp_early;
}
static bool has_late_rlimits(const struct inside *in)
{
	return in->plan->process.present && !in->plan->seccomp_early;
}
static bool has_early_signals(const struct inside *in) { return has_early_rlimits(in) && !has_start_container(in); }
static bool has_late_signals(const struct inside *in) { return has_process(in) && !has_early_signals(in); }
static bool has_wait(const struct inside *in) { return in->plan->wait_for_start; }
static bool has_mounts(const struct inside *in) { return !in->plan->root.chroot_only; }
static bool has_chroot(const struct inside *in) { return in->plan->root.chroot_only; }
static bool has_readonly_root(const struct inside *in)
{
	return !in->plan->root.chroot_only && in->plan->root.readonly;
}
static bool has_propagation(const struct inside *in)
{
	return !in->plan->root.chroot_only && in->plan->root.propagation != 0;
}

/* The table ------------------------------------------------------------------------------------------------------- */

const struct init_step init_steps[] = {
	/* -- Being in the right place -- */

	/* Before anything else: it is about the runtime's process on its way in. */
	{ "affinity", limits_set_initial_affinity, STEP_EXEC, has_affinity },
	/* The host's, which shows this process: it is forked into the pid namespace when nobody needs procfs. */
	{ "procfs", procfs_open_existing, STEP_EXEC, procfs_is_needed },
	/* All that follows acts on what is in force when it runs. */
	{ "namespaces", namespaces_enter, STEP_BOTH, NULL },
	/* In the pid namespace that it shows, before any mount of the container exists, and before the first step that
	 * writes to procfs. */
	{ "procfs", procfs_open, STEP_CREATE, procfs_is_needed },
	/* The network namespace exists; hooks and sysctls expect the devices in it. */
	{ "network devices", network_receive_devices, STEP_CREATE, has_netdev_stop },
	{ "loopback", network_bring_up_loopback, STEP_CREATE, has_loopback },
	/* Its owner is the user namespace that this process is in by now. */
	{ "keyring", labels_join_keyring, STEP_BOTH, has_keyring },
	/* A terminal can only be the controlling one of a session without one. */
	{ "session", terminal_make_session, STEP_BOTH, NULL },

	/* -- The root file system, while the host's paths can still be reached -- */

	{ "root", root_prepare, STEP_CREATE, NULL },
	{ "root", root_open, STEP_EXEC, NULL },
	/* After the root's propagation is cut off: no mount made here shows on the host.  Binds that are read-only are
	 * so from their first moment. */
	{ "mounts", mounts_make, STEP_CREATE, has_mounts },
	/* Into the /dev that the mounts made. Links may depend on /proc being there. */
	{ "devices", devices_make, STEP_CREATE, NULL },
	/* While the root can be written. */
	{ "working directory", mounts_make_cwd, STEP_CREATE, has_process },
	/* The specification: after the environment is made, before pivot_root; and in this order. */
	{ "hooks", handshake_hooks, STEP_CREATE, has_hooks_stop },
	{ "hooks", hooks_run_create_container, STEP_CREATE, has_create_container },

	/* -- Inside -- */

	/* From here on no path of the host can be named. */
	{ "pivot", root_switch, STEP_CREATE, NULL },
	{ "pivot", root_switch, STEP_EXEC, has_chroot },
	/* In the container's own devpts; /dev can still be written. */
	{ "terminal", terminal_make, STEP_BOTH, has_terminal },
	/* After the terminal has replaced 0-2; needs the container's /dev/null. */
	{ "stdio", stdio_adopt, STEP_BOTH, has_process },
	/* Through the private procfs, which no mask covers. */
	{ "hostname", sysctl_set_hostname, STEP_CREATE, has_hostname },
	{ "domainname", sysctl_set_domainname, STEP_CREATE, has_domainname },
	{ "sysctl", sysctl_write_all, STEP_CREATE, NULL },
	/* The last that makes mounts or files is done: what was writable only for that is closed, the root last.
	 * Read-only paths before masks: a mask below one must stay a mask. */
	{ "readonly paths", masks_make_readonly, STEP_CREATE, has_mounts },
	{ "masked paths", masks_hide, STEP_CREATE, has_mounts },
	{ "readonly mounts", mounts_seal, STEP_CREATE, has_mounts },
	{ "readonly root", root_set_readonly, STEP_CREATE, has_readonly_root },
	/* After every mount: a shared root would pass them on. */
	{ "root propagation", root_set_propagation, STEP_CREATE, has_propagation },

	/* -- The process -- */

	/* Raising some of them needs rights that the identity takes away. */
	{ "limits", limits_set, STEP_BOTH, has_process },
	/* Takes effect at exec; a filter or the lost rights could forbid the write. */
	{ "labels", labels_set, STEP_BOTH, has_process },
	/* Before a filter, and before the cwd, so that no leaked directory can become it unseen. */
	{ "descriptors", stdio_close_others, STEP_BOTH, has_process },
	/* Opens a file of the image: before a filter. */
	{ "environment", home_make_environment, STEP_BOTH, has_process },
	/* With root's rights first: some directories only open to root, some (see below) only to the user. */
	{ "cwd", cwd_enter, STEP_BOTH, has_process },
	/* Needs CAP_SETPCAP, which "identity" may end; it limits what an exec can gain, not what is held. */
	{ "bounding set", credentials_drop_bounding, STEP_BOTH, has_capabilities },
	{ "identity", credentials_set_identity, STEP_BOTH, has_process },
	{ "cwd", cwd_enter_again, STEP_BOTH, has_process },
	/* After the uid has changed, which would clear them.  The right to load a filter stays permitted. */
	{ "capabilities", credentials_set_capabilities, STEP_BOTH, has_capabilities },
	/* After the capabilities: nothing above needs privileges that an exec gives; before a filter, which needs
	 * it. */
	{ "no_new_privs", credentials_set_no_new_privs, STEP_BOTH, has_no_new_privs },
	/* As the program's user, in its directory; before READY, so that `create` fails and not `start`. */
	{ "program", program_find, STEP_BOTH, has_process },
	/* After the last that needs it; before a filter, and before this process waits for long. */
	{ "procfs", procfs_close, STEP_BOTH, procfs_is_needed },
	/* Else the process that goes on could be traced by who is there already, and work for him without one. */
	{ "filter (before fork)", seccomp_load, STEP_BOTH, has_filter_before_fork },
	/* Its processes could trace and search this one: not before it has the rights of the program alone. */
	{ "pid namespace", namespaces_fork_late, STEP_BOTH, namespaces_is_late_left },
	/* A session, and its terminal, end with the process that made them. */
	{ "session", terminal_make_late_session, STEP_BOTH, is_forked_late },
	/* The number of the process that goes on. */
	{ "environment", home_set_listen_pid, STEP_BOTH, has_listen_pid },
	/* With a listener, because rt must take its descriptor before GO.  What can come before it does: signals, but
	 * for hooks, whose pipes need SIGPIPE ignored; and the rlimits that init can set. */
	{ "signals", program_reset_signals, STEP_BOTH, has_early_signals },
	{ "rlimits", limits_set_rlimits, STEP_BOTH, has_early_rlimits },
	{ "filter (early)", seccomp_load, STEP_BOTH, has_early_filter },

	/* -- Handing over -- */

	/* Everything that can fail for a reason of the config has failed. rt sets rlimits, records the container,
	 * says GO. */
	{ "ready", handshake_ready, STEP_BOTH, NULL },
	{ "start", handshake_wait_start, STEP_CREATE, has_wait },
	/* The specification: after `start`, before the program. Not under a late filter, which is about the
	 * program. */
	{ "hooks", hooks_run_start_container, STEP_CREATE, has_start_container },
	/* Before a late filter, after the hooks, whose pipes need SIGPIPE ignored. */
	{ "signals", program_reset_signals, STEP_BOTH, has_late_signals },
	/* What init needs of files and memory is done. Lowering takes no rights; what had to be raised rt has
	 * raised. */
	{ "rlimits", limits_set_rlimits, STEP_BOTH, has_late_rlimits },
	/* Last: between it and exec nothing but capset and exec, or the write of an error. */
	{ "filter", seccomp_load, STEP_BOTH, has_late_filter },
	{ "exec", program_execute, STEP_BOTH, has_process },
	{ .name = NULL },
};

int init_run_steps(struct inside *in, struct err *e)
{
	const unsigned kind = in->plan->kind == PLAN_EXEC ? STEP_EXEC : STEP_CREATE;
	const struct init_step *s;

	for (s = init_steps; s->name != NULL; s++) {
		int r;

		if ((s->kinds & kind) == 0 || (s->is_needed != NULL && !s->is_needed(in)))
			continue;
		trace_begin(in, s->name);
		r = s->run(in, e);
		if (r < 0)
			return err_prefix(e, "%s", s->name);
		if (r == INSIDE_DONE)
			return INSIDE_DONE;
	}
	return err_set(e, ERR_INTERNAL, "the steps have come to an end");
}
