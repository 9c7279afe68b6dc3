/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/features.h"


#include "plan/annotations.h"
#include "plan/builder.h"
#include "plan/mount_options.h"
#include "plan/seccomp_archs.h"

static void print_words(struct json *j, const char *key, const struct plan_word *words, uint64_t mask)
{
	json_key(j, key);
	json_begin_array(j);
	for (; words->name; words++) {
		if (mask == 0 || (words->value & mask))
			json_string(j, words->name);
	}
	json_end_array(j);
}

static void print_enabled(struct json *j, const char *key, bool enabled)
{
	json_key(j, key);
	json_begin_object(j);
	json_kv_bool(j, "enabled", enabled);
	json_end_object(j);
}

static void print_mount_options(struct json *j)
{
	json_key(j, "mountOptions");
	json_begin_array(j);
	for (const struct mount_option *o = mount_options; o->word; o++)
		json_string(j, o->word);
	json_end_array(j);
}

static void print_cgroup(struct json *j)
{
	json_key(j, "cgroup");
	json_begin_object(j);
	json_kv_bool(j, "v1", false);
	json_kv_bool(j, "v2", true);
#ifdef HAVE_SYSTEMD
	json_kv_bool(j, "systemd", true);
	json_kv_bool(j, "systemdUser", true);
#else
	json_kv_bool(j, "systemd", false);
	json_kv_bool(j, "systemdUser", false);
#endif
	json_kv_bool(j, "rdma", true);
	json_end_object(j);
}

static void print_seccomp(struct json *j, uint64_t flags)
{
	json_key(j, "seccomp");
	json_begin_object(j);
#ifdef HAVE_SECCOMP
	json_kv_bool(j, "enabled", true);
	print_words(j, "actions", plan_seccomp_action_words, 0);
	print_words(j, "operators", plan_seccomp_op_words, 0);
	json_key(j, "archs");
	json_begin_array(j);
	for (const struct seccomp_arch *arch = seccomp_archs; arch->word; arch++)
		json_string(j, arch->word);
	json_end_array(j);
	print_words(j, "knownFlags", plan_seccomp_flag_words, 0);
	if (flags)
		print_words(j, "supportedFlags", plan_seccomp_flag_words, flags);
#else
	(void)flags; /* there are none */
	json_kv_bool(j, "enabled", false);
#endif
	json_end_object(j);
}

static void print_intel_rdt(struct json *j)
{
	json_key(j, "intelRdt");
	json_begin_object(j);
	json_kv_bool(j, "enabled", true);
	json_kv_bool(j, "schemata", true);
	json_kv_bool(j, "monitoring", true);
	json_end_object(j);
}

static void print_linux(struct json *j, uint64_t seccomp_flags)
{
	json_key(j, "linux");
	json_begin_object(j);
	print_words(j, "namespaces", plan_namespace_words, 0);
	print_words(j, "capabilities", plan_cap_words, 0);
	print_cgroup(j);
	print_seccomp(j, seccomp_flags);
	print_enabled(j, "apparmor", true);
	print_enabled(j, "selinux", true);
	print_intel_rdt(j);
	json_key(j, "memoryPolicy");
	json_begin_object(j);
	print_words(j, "modes", plan_mempolicy_mode_words, 0);
	print_words(j, "flags", plan_mempolicy_flag_words, 0);
	json_end_object(j);
	json_key(j, "mountExtensions");
	json_begin_object(j);
	print_enabled(j, "idmap", true);
	json_end_object(j);
	print_enabled(j, "netDevices", true);
	json_end_object(j);
}

void features_print(const char *version, const char *commit, uint64_t seccomp_flags, struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "ociVersionMin", FEATURES_OCI_VERSION_MIN);
	json_kv_string(j, "ociVersionMax", FEATURES_OCI_VERSION);
	print_words(j, "hooks", plan_hook_words, 0);
	print_mount_options(j);
	print_linux(j, seccomp_flags);
	json_key(j, "annotations");
	json_begin_object(j);
	json_kv_string(j, "rt.version", version);
	json_kv_string(j, "rt.commit", commit);
	json_end_object(j);
	json_key(j, "potentiallyUnsafeConfigAnnotations");
	json_begin_array(j);
	for (const struct annotation *a = known_annotations; a->key; a++)
		json_string(j, a->key);
	json_end_array(j);
	json_end_object(j);
}
