/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "plan/builder.h"

#define SECTION "config.md#linux-process"

/* Names in one warning; more are cut. */
#define NAMES_SIZE 1024

/* capabilities(7), linux/capability.h.  A table of our own: libcap's costs six system calls in each process that is
 * linked with it, used or not. */
const struct plan_word plan_cap_words[] = {
	{ "CAP_CHOWN", 0 },
	{ "CAP_DAC_OVERRIDE", 1 },
	{ "CAP_DAC_READ_SEARCH", 2 },
	{ "CAP_FOWNER", 3 },
	{ "CAP_FSETID", 4 },
	{ "CAP_KILL", 5 },
	{ "CAP_SETGID", 6 },
	{ "CAP_SETUID", 7 },
	{ "CAP_SETPCAP", 8 },
	{ "CAP_LINUX_IMMUTABLE", 9 },
	{ "CAP_NET_BIND_SERVICE", 10 },
	{ "CAP_NET_BROADCAST", 11 },
	{ "CAP_NET_ADMIN", 12 },
	{ "CAP_NET_RAW", 13 },
	{ "CAP_IPC_LOCK", 14 },
	{ "CAP_IPC_OWNER", 15 },
	{ "CAP_SYS_MODULE", 16 },
	{ "CAP_SYS_RAWIO", 17 },
	{ "CAP_SYS_CHROOT", 18 },
	{ "CAP_SYS_PTRACE", 19 },
	{ "CAP_SYS_PACCT", 20 },
	{ "CAP_SYS_ADMIN", 21 },
	{ "CAP_SYS_BOOT", 22 },
	{ "CAP_SYS_NICE", 23 },
	{ "CAP_SYS_RESOURCE", 24 },
	{ "CAP_SYS_TIME", 25 },
	{ "CAP_SYS_TTY_CONFIG", 26 },
	{ "CAP_MKNOD", 27 },
	{ "CAP_LEASE", 28 },
	{ "CAP_AUDIT_WRITE", 29 },
	{ "CAP_AUDIT_CONTROL", 30 },
	{ "CAP_SETFCAP", 31 },
	{ "CAP_MAC_OVERRIDE", 32 },
	{ "CAP_MAC_ADMIN", 33 },
	{ "CAP_SYSLOG", 34 },
	{ "CAP_WAKE_ALARM", 35 },
	{ "CAP_BLOCK_SUSPEND", 36 },
	{ "CAP_AUDIT_READ", 37 },
	{ "CAP_PERFMON", 38 },
	{ "CAP_BPF", 39 },
	{ "CAP_CHECKPOINT_RESTORE", 40 },
	{ NULL, 0 },
};

/* Unknown words only warn: the specification wants a container to start where a capability can not be granted. */
static uint64_t read_set(struct builder *b, const struct oci_strings *list, const char *name)
{
	uint64_t set = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct plan_word *word = plan_word_find(plan_cap_words, list->items[i]);

		if (word)
			set |= 1ULL << word->value;
		else
			builder_warn(b, SECTION, builder_at(b, "%s/capabilities/%s/%zu", b->process_at, name, i),
				     "the capability \"%s\" is unknown and left out", list->items[i]);
	}
	return set;
}

const char *plan_cap_name(int cap, char buf[static 64])
{
	const char *name = plan_word_name(plan_cap_words, (uint64_t)cap);

	if (name)
		return name;
	(void)snprintf(buf, 64, "CAP_%d", cap); /* fits */
	return buf;
}

/* "CAP_A, CAP_B" */
static void print_names(uint64_t set, char *buf, size_t size)
{
	char number[64];
	size_t len = 0;

	buf[0] = '\0';
	for (int cap = 0; cap < 64; cap++) {
		const char *name;

		if ((set & (1ULL << cap)) == 0)
			continue;
		name = plan_cap_name(cap, number);
		if (len + strlen(name) + 3 > size)
			return;
		len = plan_append(buf, size, len, len > 0 ? ", " : "");
		len = plan_append(buf, size, len, name);
	}
}

static void warn_set(struct builder *b, uint64_t set, const char *text)
{
	char names[NAMES_SIZE];

	if (set == 0)
		return;
	print_names(set, names, sizeof(names));
	builder_warn(b, SECTION, builder_at(b, "%s/capabilities", b->process_at), "%s: %s", text, names);
}

/* What can be granted: all that the kernel knows in a user namespace of its own, else what rt has itself. */
static uint64_t grantable(const struct builder *b)
{
	const uint64_t known = b->host->cap_last >= 63 ? UINT64_MAX : (1ULL << (b->host->cap_last + 1)) - 1;

	if (builder_has_userns(b))
		return known;
	return known & b->host->caps_bounding & b->host->caps_effective;
}

/* The rules of the kernel (capabilities(7)), so that capset(2) is not asked for what it must refuse. */
static void restrict_sets(struct builder *b, struct plan_caps *caps)
{
	const uint64_t allowed = grantable(b);
	const uint64_t ambient = caps->ambient & allowed;

	warn_set(b, (caps->bounding | caps->effective | caps->permitted | caps->inheritable) & ~allowed,
		 "not granted, for this host can not");
	caps->bounding &= allowed;
	caps->permitted &= allowed;
	caps->inheritable &= allowed;
	caps->effective &= allowed;
	warn_set(b, caps->effective & ~caps->permitted, "not effective, for they are not permitted");
	caps->effective &= caps->permitted;
	caps->ambient = ambient & caps->permitted & caps->inheritable;
	warn_set(b, ambient & ~caps->ambient, "not ambient, for they are not both permitted and inheritable");
}

/* Without the property the process has none, as in other runtimes: a forgotten list must not mean all of them. */
void build_caps(struct builder *b)
{
	const struct oci_capabilities *in = b->process->capabilities;
	struct plan_caps *caps = &b->plan->process.caps;

	caps->set = true;
	if (!in)
		return;
	caps->bounding = read_set(b, &in->bounding, "bounding");
	caps->effective = read_set(b, &in->effective, "effective");
	caps->inheritable = read_set(b, &in->inheritable, "inheritable");
	caps->permitted = read_set(b, &in->permitted, "permitted");
	caps->ambient = read_set(b, &in->ambient, "ambient");
	restrict_sets(b, caps);
}
