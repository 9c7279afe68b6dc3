/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_INSIDE_H
#define RT_INIT_INSIDE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/message.h"
#include "plan/plan.h"

/* Why an exec may fail, looked up while it can be: under a filter nothing can be opened. */
struct program_facts {
	bool is_noexec;              /* lies on a file system mounted noexec */
	bool is_script;              /* begins with #! */
	bool is_elf;
	bool is_foreign;             /* ELF of another machine or word size */
	bool is_interpreter_missing; /* the script's interpreter or the ELF file's loader */
};

/* Which file on which mount: two descriptors with one id name the same place. */
struct file_id {
	uint64_t inode;
	uint64_t mount;
	uint32_t mode;
};

/*
 * All that init knows: the plan, and what it has in its hands while it executes it.  There is one, in main().
 *
 * Every descriptor is O_CLOEXEC from its birth: what is not closed earlier is closed by the exec of the program.
 */
struct inside {
	const struct plan *plan;    /* mapped read-only at PLAN_ADDRESS for the program's whole life */
	const void *filter;         /* struct sock_filter array behind the arena, in the same mapping */
	unsigned filter_len;        /* instructions; 0 = no filter */

	/* In one anonymous mapping, sized by the plan, made by handover_receive(); pages are touched when they are
	 * used. */
	int *fds;                   /* from rt, one per row of plan->fds; -EBADF once taken */
	int *seal_fds;              /* mounts that become read-only in the seal step: made by mounts, closed by seal */
	char **envp;                /* the program's environment, home slot filled by home_make_environment() */
	char *program;              /* path of the program, PATH_MAX bytes, found by program_find() */
	char *interpreter;          /* what its first line or its ELF header asks for, PATH_MAX bytes; "" = nothing */
	char *home;                 /* "HOME=...", HOME_SIZE bytes */

	struct trace_page *trace;   /* --trace: base/trace.h; NULL = no trace; set by handover_receive() */
	int sock;                   /* to rt; made by rt, used until GO (run, exec: until the exec) */
	int proc_fd;                /* private procfs; made by procfs_open(); never given to a program */
	int root_fd;                /* root directory of the container; made by root_prepare() or root_open() */
	int container_proc_fd;      /* the procfs mounted on its /proc; made and closed by masks.c */
	int offsets_fd;             /* own timens_offsets, until they are written; made and closed by namespaces.c */
	int dev_fd;                 /* its /dev, a real directory; by devices_note_dev(), then by the mount on it */

	struct file_id root_id;     /* of root_fd, while the mounts are made */
	uint64_t dev_mount;         /* id of the mount on /dev; 0 = none */
	uint64_t ignored_signals;   /* bit N - 1: signal N was ignored by whoever called rt; from HELLO */
	unsigned n_seal;
	unsigned ns_next;           /* next row of plan->ns.steps; the first ones are rt's */
	unsigned n_warnings;
	uint64_t caps_effective;    /* what credentials_set_capabilities() has found possible: credentials_settle() */
	uint64_t caps_permitted;
	uint64_t caps_inheritable;
	bool keeps_filter_right;    /* CAP_SYS_ADMIN is still permitted, for the filter that is to be loaded */
	bool cwd_denied;            /* the working directory can only be entered with the program's identity */
	bool is_ready;              /* READY was sent: no more warnings */
	bool is_released;           /* GO was received: rt may be gone */
	char listen_pid[24];        /* "LISTEN_PID=..." */
	struct program_facts facts; /* what program_find() has seen of the program, for a failed exec */
};

#define HOME_SIZE 1024

/* What a step returns beside 0 and -1: another process goes on in this one's place, and this one ends. */
#define INSIDE_DONE 1

/* The descriptor of a row of plan->fds, still owned by IN; -EBADF if there is none. */
int inside_find_fd(const struct inside *in, enum plan_fd_role role, unsigned index);

/* The same, given away to the caller. */
int inside_take_fd(struct inside *in, enum plan_fd_role role, unsigned index);

bool inside_has_stop(const struct inside *in, enum message_type type);

/* Sends TYPE and waits for CONTINUE. */
int inside_stop(struct inside *in, enum message_type type, const void *payload, size_t len, struct err *e);

/* Waits for a message without payload.  rt that has gone is an error. */
int inside_wait(struct inside *in, enum message_type type, struct err *e);

/* A warning for rt's log.  Never fails: the number is bounded, later ones are dropped. */
void inside_warn(struct inside *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
