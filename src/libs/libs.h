/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_LIBS_H
#define RT_LIBS_LIBS_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "plan/plan.h"

/*
 * What rt and rt-libs say to each other.
 *
 * rt-libs opens the libraries of the host that rt needs now and then, so that rt itself loads nothing.  One process
 * does one operation: `rt-libs REQUEST SOCKET`, two descriptors.
 *
 * REQUEST is a sealed memfd, mapped read-only at the address where rt has built it, so that its pointers stay valid, as
 * those of the plan do for init: a struct libs_request at the begin, and all that it points at.
 *
 * SOCKET (SOCK_SEQPACKET) takes the answer: any number of struct libs_log, then one struct libs_done.
 */

#define LIBS_VERSION 1

/* Behind the plan, which is at its own address in rt. */
#define LIBS_ADDRESS ((void *)((uintptr_t)PLAN_ADDRESS + PLAN_SIZE_MAX))
#define LIBS_SIZE_MAX PLAN_SIZE_MAX

enum libs_operation {
	LIBS_COMPILE_FILTER, /* libseccomp */
	LIBS_START_UNIT,     /* libsystemd, these and those below */
	LIBS_STOP_UNIT,
	LIBS_SET_PROPERTIES,
	LIBS_ATTACH_PROCESS,
};

struct libs_request {
	uint32_t version; /* LIBS_VERSION: an installed rt-libs may be of another build */
	enum libs_operation operation;

	/* LIBS_COMPILE_FILTER */
	const struct plan_seccomp *profile;

	/* the others */
	bool user_manager;
	uint32_t timeout_ms; /* for messages */
	uint64_t deadline;   /* CLOCK_MONOTONIC, microseconds */
	const char *unit;
	bool unit_is_slice;  /* START_UNIT: it gets no process */
	const struct plan_unit_property *properties; /* START_UNIT, SET_PROPERTIES */
	uint32_t n_properties;
	const char *subgroup; /* ATTACH_PROCESS: "" or "/..." */
	pid_t pid;            /* START_UNIT, ATTACH_PROCESS */
};

enum libs_record {
	LIBS_LOG = 1,
	LIBS_DONE,
};

/* A line for the log of rt. */
struct libs_log {
	uint32_t record; /* LIBS_LOG */
	uint32_t level;  /* enum log_level: a warning, or for debugging */
	char text[ERR_MSG_MAX];
};

#define LIBS_PATH_MAX 256

/* The last record; N_INSNS instructions follow in the same datagram. */
struct libs_done {
	uint32_t record;           /* LIBS_DONE */
	uint32_t unit_may_be_ours; /* START_UNIT: 0 if there is certainly no unit that it made */
	struct err err;            /* ERR_NONE: success */
	char library[LIBS_PATH_MAX]; /* COMPILE_FILTER: the file of libseccomp; "" = not known */
	uint32_t n_insns;          /* COMPILE_FILTER: at most BPF_MAXINSNS */
	uint32_t reserved;         /* what follows is aligned to 8 */
};

#endif
