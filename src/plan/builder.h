/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_BUILDER_H
#define RT_PLAN_BUILDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "libocispec/oci.h"
#include "plan/build.h"
#include "plan/update.h"

/*
 * What the files of plan/ share.  Each builder reads its part of the configuration, reports what is wrong with it to
 * the findings and writes its part of the plan; it goes on after a mistake, so that all are found in one run.  None of
 * them returns a failure: the findings have it.
 */

struct plan_document {
	const char *bytes; /* the caller's */
	size_t len;
	const char *name;
	const struct oci_config *config;   /* config.json */
	const struct oci_process *process; /* process.json */
};

struct builder {
	const struct plan_document *doc; /* the document that findings are located in */
	const struct oci_config *config;
	const struct oci_process *process; /* config.json's, process.json's, or config.json's changed by options */
	const char *process_at;            /* pointer of PROCESS in its document: "/process" or "" */
	const struct request *req;
	const struct host *host;
	const char *bundle;
	const struct plan_container *container; /* exec */
	const struct plan_cgroup_present *present; /* update: the cgroup as it is */
	const char *resources_at;          /* update: what stands in the place of "/linux/resources" in pointers */
	struct arena *arena;               /* the plan's: all that the plan points to is copied into it */
	struct findings *findings;
	struct plan *plan;
};

/* An empty object in place of an absent one, so that a builder looks at members without asking. */
extern const struct oci_linux builder_no_linux;
static inline const struct oci_linux *builder_linux(const struct builder *b)
{
	return b->config->linux_ ? b->config->linux_ : &builder_no_linux;
}

/* A JSON pointer, in the findings' arena. */
const char *builder_at(struct builder *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* BASE/KEY with KEY escaped (RFC 6901); /process... where the process is. */
const char *builder_at_key(struct builder *b, const char *base, const char *key);

/* POINTER as the document has it. */
const char *builder_place(struct builder *b, const char *pointer);

/* Reports a mistake in the configuration (ERR_CONFIG), what this host or build can not do (ERR_UNSUPPORTED), or what
 * is worth knowing, with its place. */
void builder_error(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void builder_unsupported(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void builder_warn(struct builder *b, const char *section, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Copies into the plan.  NULL stays NULL. */
const char *builder_keep(struct builder *b, const char *s);
/* A cleaned copy of an absolute path. */
char *builder_keep_clean(struct builder *b, const char *path);
/* PATH, or bundle/PATH when it is relative. */
const char *builder_keep_host_path(struct builder *b, const char *path);
const char *const *builder_keep_list(struct builder *b, const char *const *items, size_t n);

/* Copies LIST, whose place is AT, and reports what the kernel would refuse (user_namespaces(7)). */
void builder_keep_maps(struct builder *b, const struct oci_id_mappings *list, const char *at,
		       const struct plan_id_map **ret, unsigned *ret_n);
/* Whether id ID of the container is in one of N maps. */
bool builder_is_mapped(const struct plan_id_map *maps, unsigned n, uint32_t id);

/* Where the container finds the socket that stands for NOTIFY_SOCKET: a directory of the state directory. */
#define NOTIFY_MOUNT "/run/notify"

static inline bool builder_is_privileged(const struct builder *b)
{
	return (b->host->caps_effective & (1ULL << 21)) != 0; /* CAP_SYS_ADMIN */
}

/* Whether rt may hand mounts of the host to init. */
static inline bool builder_can_clone_mounts(const struct builder *b)
{
	return builder_is_privileged(b) && b->host->has_mount_api && !b->host->mounts_of_outside;
}

static inline bool builder_has_userns(const struct builder *b)
{
	return b->plan->ns.mode[NS_USER] != NS_MODE_HOST;
}

/* Whether the container has an isolated mount table; steps that mount are refused without one. */
static inline bool builder_has_mountns(const struct builder *b)
{
	return b->plan->ns.mode[NS_MOUNT] != NS_MODE_HOST;
}

/* Puts TEXT behind the LEN bytes in BUF (SIZE bytes) if it fits with its NUL.  Returns the new length. */
size_t plan_append(char *buf, size_t size, size_t len, const char *text);

/* "0-3,7" into the N_BITS bits at MASK.  0, or -1 for a syntax error or a number out of range. */
int builder_parse_list(const char *list, unsigned long *mask, unsigned n_bits);

/* A word and what it stands for.  Tables end with a NULL name. */
struct plan_word {
	const char *name;
	uint64_t value;
};
const struct plan_word *plan_word_find(const struct plan_word *table, const char *name);
/* The name of VALUE, or NULL. */
const char *plan_word_name(const struct plan_word *table, uint64_t value);

extern const struct plan_word plan_namespace_words[];  /* "pid" -> enum ns_kind */
extern const uint64_t plan_namespace_flags[NS_COUNT];  /* CLONE_NEW* */
extern const struct plan_word plan_propagation_words[];
extern const struct plan_word plan_rlimit_words[];
extern const struct plan_word plan_sched_policy_words[];
extern const struct plan_word plan_sched_flag_words[];
extern const struct plan_word plan_ioprio_words[];
extern const struct plan_word plan_mempolicy_mode_words[];
extern const struct plan_word plan_mempolicy_flag_words[];
extern const struct plan_word plan_seccomp_action_words[];
extern const struct plan_word plan_seccomp_op_words[];
extern const struct plan_word plan_seccomp_flag_words[];
extern const struct plan_word plan_hook_words[];

/* The value of an annotation of config.json, or NULL. */
const char *builder_annotation(const struct builder *b, const char *key);
/* Whether one of kind ANNOTATION_BOOL is there and true. */
bool builder_has_annotation(const struct builder *b, const char *key);

extern const struct plan_word plan_cap_words[];        /* "CAP_CHOWN" -> 0 */

/* "CAP_CHOWN"; BUF with "CAP_63" where there is no name. */
const char *plan_cap_name(int cap, char buf[static 64]);

/* In the order in which build.c calls them. */
void build_version(struct builder *b);
void build_namespaces(struct builder *b);
void build_root(struct builder *b);
void build_cgroup(struct builder *b);  /* before the mounts: a cgroup mount wants its path */
void build_mounts(struct builder *b);
void build_devices(struct builder *b);
void build_paths(struct builder *b);
void build_uts(struct builder *b);
void build_sysctl(struct builder *b);
void build_process(struct builder *b);
void build_hooks(struct builder *b);
void build_seccomp(struct builder *b);
void build_netdevs(struct builder *b);
void build_rdt(struct builder *b);
void build_annotations(struct builder *b);
void build_fds(struct builder *b);
void build_stops(struct builder *b);
void build_fork(struct builder *b); /* before the stops, after the hooks and the profile */

/* Parts of build_process(). */
void build_env(struct builder *b);
void build_user(struct builder *b);
void build_caps(struct builder *b);
void build_rlimits(struct builder *b);
void build_terminal(struct builder *b);
void build_scheduling(struct builder *b);
void build_labels(struct builder *b);

/* Part of build_seccomp(): a ready filter takes the place of the profile.  False if there is none.  RET_NOTIFY: it may
 * return SECCOMP_RET_USER_NOTIF. */
bool build_seccomp_raw(struct builder *b, bool *ret_notify);

/* Parts of build_cgroup(). */
void build_cgroup_devices(struct builder *b);
void build_cgroup_limits(struct builder *b);
void build_systemd_names(struct builder *b);
void build_systemd_properties(struct builder *b); /* after the limits, which it translates */
void build_systemd_limits(struct builder *b);     /* update: the limits alone */

/* The process that exec runs: PROCESS, or config.json's changed by the request's options. */
void build_exec_process(struct builder *b, const struct plan_document *process);
/* Everything else that exec's plan needs: namespaces to join, the cgroup below the container's. */
void build_exec(struct builder *b);

#endif
