/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "plan/builder.h"

#define SECTION "config.md#linux-process"

/* Names in one warning; more are cut. */
#define NAMES_SIZE 1024

/* Unknown words only warn: the specification wants a container to start where a capability can not be granted. */
static uint64_t read_set(struct builder *b, const struct oci_strings *list, const char *name)
{
	uint64_t set = 0;

	for (size_t i = 0; i < list->n; i++) {
		cap_value_t value;

		/* libcap takes any case, numbers too: the specification has upper case names alone. */
		if (strncmp(list->items[i], "CAP_", 4) == 0 && cap_from_name(list->items[i], &value) == 0 && value < 64)
			set |= 1ULL << value;
		else
			builder_warn(b, SECTION, builder_at(b, "%s/capabilities/%s/%zu", b->process_at, name, i),
				     "the capability \"%s\" is unknown and left out", list->items[i]);
	}
	return set;
}

/* libcap writes lower case, the specification upper case. */
const char *plan_cap_name(int cap, char buf[static 64])
{
	char *name = cap_to_name(cap);

	if (name)
		(void)snprintf(buf, 64, "%s", name);
	else
		(void)snprintf(buf, 64, "CAP_%d", cap);
	for (char *p = buf; *p; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[*p - 'a'];
	}
	(void)cap_free(name); /* it can only fail on a pointer that is not libcap's */
	return buf;
}

/* "CAP_A, CAP_B" */
static void print_names(uint64_t set, char *buf, size_t size)
{
	char name[64];
	size_t len = 0;

	buf[0] = '\0';
	for (int cap = 0; cap < 64; cap++) {
		if ((set & (1ULL << cap)) == 0)
			continue;
		(void)plan_cap_name(cap, name);
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
