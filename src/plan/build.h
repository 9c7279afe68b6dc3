/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_BUILD_H
#define RT_PLAN_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "host/host.h"
#include "plan/findings.h"
#include "plan/plan.h"
#include "plan/request.h"

/*
 * From bytes to a plan.  None of this makes a system call; `make check` looks at the object files.
 *
 * The documents (config.json, process.json) are opaque outside of plan/: run/ reads bytes, hands them in and gets a
 * plan or findings.
 */

struct plan_document; /* a decoded config.json, with its bytes; lives in the arena it was decoded into */

/* Decodes CONFIG (LEN bytes, kept by reference: findings locate themselves in it).  NAME is for messages,
 * "config.json".  -1: not a document at all (syntax, type, range), with line, column and pointer in E. */
int plan_document_decode(const char *config, size_t len, const char *name, struct arena *a,
			 struct plan_document **ret_doc, struct err *e);

/* The same, for `rt check`: every error that the decoder met goes to FINDINGS, and every unknown property. */
int plan_document_decode_all(const char *config, size_t len, const char *name, struct arena *a,
			     struct findings *findings, struct plan_document **ret_doc, struct err *e);

/* Gives the finding that was added last its place in DOC. */
void plan_document_locate_last(const struct plan_document *doc, struct findings *f);

/* Which facts about the host this container needs: enum host_fact bits. */
uint32_t plan_needs(const struct plan_document *doc, const struct request *req);

/* What `exec` must know of the container beyond its config. */
struct plan_container {
	const char *cgroup_path; /* from the state */
	uint64_t ns_flags;       /* CLONE_NEW* of the namespaces that were new or joined at create */
};

/*
 * Builds the plan into ARENA.  Every violation found is reported to FINDINGS, not only the first; with at least one
 * error among them the result is -1 and E holds the first, with its place in the file.
 *
 * bundle is the absolute path of the bundle directory.  For REQUEST_EXEC, PROCESS is the decoded --process document or
 * NULL (then the request's argv and options change config.json's process, as runc does), CONTAINER is set.
 */
int plan_build(const struct plan_document *doc, const struct plan_document *process, const struct request *req,
	       const struct host *host, const char *bundle, const struct plan_container *container, struct arena *arena,
	       struct findings *findings, const struct plan **ret_plan, struct err *e);

/* The same, for `rt check`: errors among the findings are no failure.  The plan holds what could be read of the
 * document, and NULL and zero elsewhere: it is for looking at, never for execution. */
int plan_build_partial(const struct plan_document *doc, const struct plan_document *process, const struct request *req,
		       const struct host *host, const char *bundle, const struct plan_container *container,
		       struct arena *arena, struct findings *findings, const struct plan **ret_plan, struct err *e);

/* Decodes process.json for exec. */
int plan_process_document_decode(const char *bytes, size_t len, const char *name, struct arena *a,
				 struct plan_document **ret_doc, struct err *e);

/* Only the hooks of KIND and what their state document needs: for `start` (poststart) and `delete` (poststop), which
 * need nothing else of the plan. */
int plan_build_hooks(const struct plan_document *doc, enum hook_kind kind, struct arena *arena,
		     struct plan_hooks *ret_hooks, struct err *e);

/* The annotations, for `state` and `list`. */
void plan_document_annotations(const struct plan_document *doc, const struct plan_annotation **ret, unsigned *ret_n);

/* A pure function of the modes and five facts; exported for its test.  STEPS has room for NS_STEPS_MAX. */
struct plan_ns_facts {
	bool privileged;         /* CAP_SYS_ADMIN here: joins go before a user namespace, else after it */
	bool joined_pid_late;    /* no procfs of the joined pid namespace is to be mounted, or procfs takes pidns= */
	bool time_offsets;       /* offsets are configured (a new time namespace without them is a clone flag) */
	bool cgroup_apart;       /* the process enters its cgroup after the clone: its cgroup namespace is made later */
	bool joined_maps;        /* mappings beside the path of a user namespace: a stop, where rt compares them */
};
void plan_ns_schedule(const enum ns_mode modes[NS_COUNT], const struct plan_ns_facts *facts, struct ns_step *ret_steps,
		      unsigned *ret_n);

/* The same for exec: FLAGS are the CLONE_NEW* of the namespaces that the container does not share with the host. */
void plan_ns_schedule_exec(uint64_t flags, struct ns_step *ret_steps, unsigned *ret_n);

#endif
