/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <sys/capability.h>

#include "cmd/output.h"
#include "cmd/verbs.h"
#include "host/host.h"
#include "libocispec/codec.h"
#include "plan/builder.h"
#include "plan/features.h"
#include "plan/mount_options.h"
#include "plan/seccomp_archs.h"

/*
 * The features document (features.md) from the tables that the plan is built by.  It says what this build can do, not
 * what this host allows, with one exception that the specification makes: supportedFlags of seccomp.
 */

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct oci_feature yes = { .enabled = { true, true } };
static const struct oci_feature no = { .enabled = { true, false } };

/* Limits are written to cgroup2 alone; scopes of systemd can not be made yet. */
static const struct oci_features_cgroup cgroup_features = {
	.v1 = { true, false },
	.v2 = { true, true },
	.systemd = { true, false },
	.systemd_user = { true, false },
	.rdma = { true, false },
};

static const struct oci_features_intel_rdt intel_rdt_features = { .enabled = { true, false } };

/* Engines send id-mapped mounts only where this is said. */
static const struct oci_features_mount_extensions mount_extensions = { .idmap = &no };

/* Annotations that change what a container may do: not to be taken from strangers. */
static const char *const unsafe_annotations[] = { "run.oci.keep_original_groups" };

/* The names of TABLE whose value has a bit in MASK; all with a MASK of 0. */
static struct oci_strings list_words(const struct plan_word *table, uint64_t mask, struct arena *a)
{
	const char **items;
	size_t n = 0;
	size_t i;

	for (i = 0; table[i].name != NULL; i++)
		;
	items = arena_new_array(a, const char *, i);
	for (i = 0; items != NULL && table[i].name != NULL; i++)
		if (mask == 0 || (table[i].value & mask) != 0)
			items[n++] = table[i].name;
	return (struct oci_strings){ .items = items, .n = n };
}

static struct oci_strings list_mount_options(struct arena *a)
{
	const char **items;
	size_t n = 0;
	size_t i;

	for (i = 0; mount_options[i].word != NULL; i++)
		;
	items = arena_new_array(a, const char *, i);
	for (i = 0; items != NULL && mount_options[i].word != NULL; i++)
		if (mount_options[i].kind != MOUNT_OPTION_IDMAP && mount_options[i].kind != MOUNT_OPTION_RIDMAP)
			items[n++] = mount_options[i].word; /* those two are known, and refused */
	return (struct oci_strings){ .items = items, .n = n };
}

/* libcap has the names in lower case. */
static const char *capability_name(cap_value_t value, struct arena *a)
{
	char *name = cap_to_name(value);
	char *copy = name != NULL ? arena_strdup(a, name) : NULL;
	char *p;

	if (name != NULL)
		(void)cap_free(name); /* fails for what libcap did not allocate */
	for (p = copy; p != NULL && *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	return copy;
}

static struct oci_strings list_capabilities(struct arena *a)
{
	const char **items = arena_new_array(a, const char *, CAP_LAST_CAP + 1);
	size_t n = 0;
	int value;

	for (value = 0; items != NULL && value <= CAP_LAST_CAP; value++) {
		items[n] = capability_name(value, a);
		if (items[n] != NULL)
			n++;
	}
	return (struct oci_strings){ .items = items, .n = n };
}

#ifdef HAVE_SECCOMP
static struct oci_strings list_archs(struct arena *a)
{
	const char **items;
	size_t n;

	for (n = 0; seccomp_archs[n].word != NULL; n++)
		;
	items = arena_new_array(a, const char *, n);
	for (n = 0; items != NULL && seccomp_archs[n].word != NULL; n++)
		items[n] = seccomp_archs[n].word;
	return (struct oci_strings){ .items = items, .n = n };
}

static int describe_seccomp(struct arena *a, struct oci_features_seccomp *ret, struct err *e)
{
	struct host host;

	if (host_probe(HOST_SECCOMP, &host, e) < 0)
		return -1;
	*ret = (struct oci_features_seccomp){
		.enabled = { true, true },
		.actions = list_words(plan_seccomp_action_words, 0, a),
		.operators = list_words(plan_seccomp_op_words, 0, a),
		.archs = list_archs(a),
		.known_flags = list_words(plan_seccomp_flag_words, 0, a),
		.supported_flags = { .items = arena_new_array(a, const char *, 0), .n = 0 }, /* empty is not absent */
	};
	if (host.seccomp_flags != 0)
		ret->supported_flags = list_words(plan_seccomp_flag_words, host.seccomp_flags, a);
	return 0;
}
#else
static int describe_seccomp(struct arena *a, struct oci_features_seccomp *ret, struct err *e)
{
	(void)a;
	(void)e;
	*ret = (struct oci_features_seccomp){ .enabled = { true, false } };
	return 0;
}
#endif

int cmd_features(const struct args *args, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_json_ struct json j = JSON_INIT(2);
	struct oci_features_seccomp seccomp;
	const struct oci_features_memory_policy memory_policy = {
		.modes = list_words(plan_mempolicy_mode_words, 0, &a),
		.flags = list_words(plan_mempolicy_flag_words, 0, &a),
	};
	const struct oci_features_linux linux_part = {
		.namespaces = list_words(plan_namespace_words, 0, &a),
		.capabilities = list_capabilities(&a),
		.cgroup = &cgroup_features,
		.seccomp = &seccomp,
		.apparmor = &yes,
		.selinux = &yes,
		.intel_rdt = &intel_rdt_features,
		.memory_policy = &memory_policy,
		.mount_extensions = &mount_extensions,
		.net_devices = &no,
	};
	const struct oci_features features = {
		.oci_version_min = FEATURES_OCI_VERSION_MIN,
		.oci_version_max = FEATURES_OCI_VERSION,
		.hooks = list_words(plan_hook_words, 0, &a),
		.mount_options = list_mount_options(&a),
		.linux_ = &linux_part,
		.potentially_unsafe_config_annotations = { unsafe_annotations, N_OF(unsafe_annotations) },
	};

	(void)args;
	if (describe_seccomp(&a, &seccomp, e) < 0 || arena_check(&a, e) < 0)
		return -1;
	oci_features_encode(&features, &j);
	return output_json(&j, e);
}
