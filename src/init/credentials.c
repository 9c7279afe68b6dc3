/* SPDX-License-Identifier: Apache-2.0 */
#include "init/credentials.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sys.h"

#define CAPS_MAX 64
#define FILTER_RIGHT (UINT64_C(1) << 21) /* CAP_SYS_ADMIN: seccomp(2) without no_new_privs */

int credentials_drop_bounding(struct inside *in, struct err *e)
{
	unsigned long cap;

	for (cap = 0; cap < CAPS_MAX; cap++) {
		if ((in->plan->process.caps.bounding >> cap & 1) != 0)
			continue;
		if (sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL) /* the kernel knows no more */
			return 0;
		/* Without CAP_SETPCAP what is gone already needs no right to go. */
		if (errno != EPERM || sys_prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 0)
			return err_errno(e, errno, "drop capability %lu from the bounding set", cap);
	}
	return 0;
}

int credentials_set_identity(struct inside *in, struct err *e)
{
	const struct plan_user *u = &in->plan->process.user;

	if (u->set_groups && sys_setgroups(u->n_groups, u->groups) < 0) {
		(void)err_errno(e, errno, "set %u supplementary groups", u->n_groups);
		if (e->errnum == EINVAL)
			(void)err_hint(e, "a group is not mapped into the user namespace");
		return -1;
	}
	/* Else a user other than root keeps nothing that the capabilities step could choose from. */
	if (in->plan->process.caps.set && u->uid != 0 && sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_errno(e, errno, "keep capabilities");
	if (sys_setresgid(u->gid, u->gid, u->gid) < 0) {
		(void)err_errno(e, errno, "become group %u", u->gid);
		if (e->errnum == EINVAL)
			(void)err_hint(e, "the group is not mapped into the user namespace");
		return -1;
	}
	if (sys_setresuid(u->uid, u->uid, u->uid) < 0) {
		(void)err_errno(e, errno, "become user %u", u->uid);
		if (e->errnum == EINVAL)
			(void)err_hint(e, "the user is not mapped into the user namespace");
		return -1;
	}
	return 0;
}

static int get_permitted(uint64_t *ret, struct err *e)
{
	struct {
		uint32_t version;
		int32_t pid;
	} header = { .version = K_CAPABILITY_VERSION_3 };
	struct {
		uint32_t effective;
		uint32_t permitted;
		uint32_t inheritable;
	} data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return err_errno(e, errno, "read capabilities");
	*ret = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

/* What can be raised of WANTED; the rest is told to rt: the specification wants a warning, not a failure. */
static uint64_t limit_to(struct inside *in, uint64_t wanted, uint64_t possible, const char *set)
{
	if ((wanted & ~possible) != 0)
		inside_warn(in, "capabilities %#llx can not be %s here", (unsigned long long)(wanted & ~possible), set);
	return wanted & possible;
}

static int raise_ambient(struct inside *in, uint64_t ambient, uint64_t possible, struct err *e)
{
	unsigned long cap;

	/* capset(2) has taken away what is not both permitted and inheritable. */
	if (possible == 0)
		return 0;
	if (sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return err_errno(e, errno, "clear ambient capabilities");
	for (cap = 0; cap < CAPS_MAX; cap++) {
		if ((ambient >> cap & 1) == 0)
			continue;
		if (sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			inside_warn(in, "capability %lu can not be ambient here", cap);
	}
	return 0;
}

int credentials_set_capabilities(struct inside *in, struct err *e)
{
	const struct plan_caps *c = &in->plan->process.caps;
	uint64_t have = 0;
	uint64_t permitted;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t ambient;

	if (get_permitted(&have, e) < 0)
		return -1;
	permitted = limit_to(in, c->permitted, have, "permitted");
	effective = limit_to(in, c->effective, permitted, "effective");
	inheritable = limit_to(in, c->inheritable, c->bounding, "inheritable");
	in->caps_effective = effective;
	in->caps_permitted = permitted;
	in->caps_inheritable = inheritable;
	in->keeps_filter_right = in->filter_len > 0 && !in->plan->process.no_new_privileges &&
				 (have & FILTER_RIGHT) != 0;
	/* Permitted, not effective: what follows is checked with the program's own rights. */
	if (sys_capset(effective, permitted | (in->keeps_filter_right ? FILTER_RIGHT : 0), inheritable) < 0)
		return err_errno(e, errno, "set capabilities (effective %#llx, permitted %#llx, inheritable %#llx)",
				 (unsigned long long)effective, (unsigned long long)permitted,
				 (unsigned long long)inheritable);
	/* Ambient needs both sets, so it comes last. */
	ambient = limit_to(in, c->ambient, permitted & inheritable, "ambient");
	return raise_ambient(in, ambient, permitted & inheritable, e);
}

int credentials_raise_filter_right(struct inside *in, struct err *e)
{
	if (!in->keeps_filter_right || (in->caps_effective & FILTER_RIGHT) != 0)
		return 0;
	if (sys_capset(in->caps_effective | FILTER_RIGHT, in->caps_permitted | FILTER_RIGHT, in->caps_inheritable) < 0)
		return err_errno(e, errno, "raise CAP_SYS_ADMIN");
	return 0;
}

int credentials_settle(struct inside *in, struct err *e)
{
	if (!in->keeps_filter_right || (in->caps_effective & FILTER_RIGHT) != 0)
		return 0;
	if (sys_capset(in->caps_effective, in->caps_permitted, in->caps_inheritable) < 0) {
		(void)err_errno(e, errno, "drop CAP_SYS_ADMIN");
		return err_hint(e, "without noNewPrivileges a seccomp profile must allow capset");
	}
	return 0;
}

int credentials_set_no_new_privs(struct inside *in, struct err *e)
{
	(void)in;
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_errno(e, errno, "set") : 0;
}
