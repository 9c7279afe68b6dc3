/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_ANNOTATIONS_H
#define RT_PLAN_ANNOTATIONS_H

/*
 * The annotations of config.json that change what rt does: config.md#annotations leaves their keys to runtimes, and
 * these are the ones that engines know from other runtimes.  One table: `features` prints it as
 * potentiallyUnsafeConfigAnnotations, and build_annotations() checks values by it.  Each is explained in the manual,
 * and a test looks.
 */
enum annotation_kind {
	ANNOTATION_TEXT, /* whoever reads it checks it */
	ANNOTATION_BOOL, /* "1" or "true", "0" or "false" */
	ANNOTATION_PATH, /* an absolute path of the host */
};

/* A key that ends with "." stands for all that begin with it (features.md). */
struct annotation {
	const char *key;
	enum annotation_kind kind;
};

/* Ends with a NULL key. */
extern const struct annotation known_annotations[];

#define ANNOTATION_CRIU_CONFIG "org.criu.config"
#define ANNOTATION_HOOKS_STDERR "run.oci.hooks.stderr"
#define ANNOTATION_HOOKS_STDOUT "run.oci.hooks.stdout"
#define ANNOTATION_KEEP_GROUPS "run.oci.keep_original_groups"
#define ANNOTATION_MOUNT_CONTEXT_TYPE "run.oci.mount_context_type"
#define ANNOTATION_PIDFD_RECEIVER "run.oci.pidfd_receiver"
#define ANNOTATION_SECCOMP_RAW "run.oci.seccomp_bpf_data"
#define ANNOTATION_SECCOMP_RECEIVER "run.oci.seccomp.receiver"
#define ANNOTATION_SECCOMP_STRICT "run.oci.seccomp_fail_unknown_syscall"
#define ANNOTATION_SYSTEMD_PROPERTY "org.systemd.property."

#endif
