/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"
#include "plan/builder.h"

#define SECTION "config.md#process"
#define SECTION_LINUX "config.md#linux-process"

static void build_args(struct builder *b)
{
	const struct oci_strings *args = &b->process->args;

	if (args->n == 0)
		builder_error(b, SECTION, builder_at(b, "%s/args", b->process_at),
			      "at least one argument is required");
	else if (args->items[0][0] == '\0')
		builder_error(b, SECTION, builder_at(b, "%s/args/0", b->process_at), "the program has no name");
	b->plan->process.argv = builder_keep_list(b, args->items, args->n);
}

static void build_cwd(struct builder *b)
{
	const char *cwd = b->process->cwd;

	if (!path_is_absolute(cwd)) {
		builder_error(b, SECTION, builder_at(b, "%s/cwd", b->process_at),
			      "the path \"%s\" is not absolute", cwd);
		return;
	}
	b->plan->process.cwd = builder_keep_clean(b, cwd);
}

/* A terminal's master must go somewhere: to this process in the foreground, else to a console socket. */
static void check_console(struct builder *b)
{
	const struct request *req = b->req;
	const bool detached = req->verb == REQUEST_CREATE || req->detach;
	const bool terminal = b->plan->process.terminal.enabled;

	if (req->verb == REQUEST_OTHER)
		return; /* nothing is going to run */
	if (terminal && detached && !req->console_socket) {
		builder_error(b, SECTION, builder_at(b, "%s/terminal", b->process_at),
			      "cannot allocate tty if rt will detach without setting console socket");
		findings_hint(b->findings, req->tty ? "give --console-socket, or leave --tty out" :
						      "give --console-socket, or set terminal to false");
	}
	if (req->console_socket && !terminal)
		builder_error(b, SECTION, builder_at(b, "%s/terminal", b->process_at),
			      "cannot use console socket if rt will not detach or allocate tty");
}

void build_terminal(struct builder *b)
{
	struct plan_terminal *terminal = &b->plan->process.terminal;
	const struct oci_console_size *size = b->process->console_size;

	terminal->enabled = b->process->terminal.value;
	check_console(b);
	if (!terminal->enabled || !size)
		return;
	if (size->width > UINT16_MAX || size->height > UINT16_MAX) {
		builder_error(b, SECTION, builder_at(b, "%s/consoleSize", b->process_at),
			      "a terminal has at most %d columns and rows", UINT16_MAX);
		return;
	}
	terminal->width = (uint16_t)size->width;
	terminal->height = (uint16_t)size->height;
}

void build_labels(struct builder *b)
{
	const struct oci_process *in = b->process;
	struct plan_process *out = &b->plan->process;

	if (in->apparmor_profile && in->apparmor_profile[0] != '\0') {
		out->apparmor_profile = builder_keep(b, in->apparmor_profile);
		if (!b->host->apparmor)
			builder_unsupported(b, SECTION_LINUX, builder_at(b, "%s/apparmorProfile", b->process_at),
					    "AppArmor is not enabled on this host");
	}
	if (in->selinux_label && in->selinux_label[0] != '\0') {
		out->selinux_label = builder_keep(b, in->selinux_label);
		if (!b->host->selinux)
			builder_unsupported(b, SECTION_LINUX, builder_at(b, "%s/selinuxLabel", b->process_at),
					    "SELinux is not enabled on this host");
	}
}

static void build_oom_score_adj(struct builder *b)
{
	const struct oci_opt_i64 *in = &b->process->oom_score_adj;

	if (!in->set)
		return;
	if (in->value < -1000 || in->value > 1000) {
		builder_error(b, SECTION_LINUX, builder_at(b, "%s/oomScoreAdj", b->process_at),
			      "%lld is not in -1000..1000", (long long)in->value);
		return;
	}
	b->plan->process.oom_score_adj_set = true;
	b->plan->process.oom_score_adj = (int)in->value;
}

static void build_keyring(struct builder *b)
{
	if (b->req->no_new_keyring)
		return;
	b->plan->new_session_keyring = true;
	b->plan->keyring_name = arena_printf(b->arena, "_ses.%s", b->plan->id);
}

void build_process(struct builder *b)
{
	struct plan_process *out = &b->plan->process;

	out->home_slot = -1;
	out->listen_pid_slot = -1;
	if (!b->process) {
		/* create is legal without, start is not (runtime.md, Start) */
		if (b->req->verb == REQUEST_RUN)
			builder_error(b, SECTION, b->process_at, "there is no process to run");
		return;
	}
	out->present = true;
	out->no_new_privileges = b->process->no_new_privileges.value;
	out->preserve_fds = b->req->preserve_fds + b->req->listen_fds;
	build_args(b);
	build_cwd(b);
	build_env(b);
	build_user(b);
	build_caps(b);
	build_rlimits(b);
	build_terminal(b);
	build_scheduling(b);
	build_labels(b);
	build_oom_score_adj(b);
	build_keyring(b);
}
