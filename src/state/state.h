/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_STATE_STATE_H
#define RT_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cgroup/cgroup.h"

/*
 * One directory per container, ROOT/ID, mode 0700:
 *
 *   state.json    small, versioned, replaced by rename: the intent before the first effect, complete before GO
 *   config.json   the bytes that were parsed; later edits of the bundle do not matter
 *   start         FIFO; present = created, not started (create only)
 *   result        FIFO: end-of-file tells `start` that the program was executed (create only)
 *
 * Verbs that change a container hold flock(2) on its directory, bounded in time; state, list and ps take no lock and
 * kill never waits.  An id has no leading dot, so ".cache" and dead names are no ids.
 */

enum state_status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_PAUSED, STATUS_STOPPED };

const char *state_status_name(enum state_status s);

struct state {
	unsigned version;
	bool complete;           /* false: only the intent; the create did not finish */
	const char *id;
	const char *bundle;
	const char *rootfs;
	const char *boot_id;     /* /proc/sys/kernel/random/boot_id */
	pid_t rt_pid;            /* the rt that creates it, for an intent */
	uint64_t rt_start_time;  /* clock ticks since boot, proc_pid_stat(5) field 22 */
	pid_t pid;               /* init */
	uint64_t pid_start_time;
	uint64_t pidfs_inode;    /* Linux 6.9; 0 = not known */
	const char *created;     /* RFC 3339 with nanoseconds */
	uint32_t owner_uid;
	struct cgroup_record cgroup;
	uint64_t ns_flags;       /* CLONE_NEW* of the namespaces that were new or joined */
	bool has_poststart;
	bool has_poststop;
	bool has_own_pid_ns;     /* killing init kills all */
	bool has_process;
	const char *rdt_group;   /* below the mount of resctrl, "" = its root; NULL = in none */
	bool rdt_created;        /* rt made it for this container: delete removes it */
	bool rdt_monitor;        /* it has a monitoring group named after the container */
	const char *oci_version;
	const char *annotations; /* a JSON object as text, or NULL when there are none */
};

#define STATE_VERSION 1
#define STATE_OCI_VERSION "1.3.0" /* of the specification that states follow */
#define STATE_FILE "state.json"
#define STATE_CONFIG_FILE "config.json"
#define STATE_START_FIFO "start"
#define STATE_RESULT_FIFO "result"
#define STATE_FILE_MAX ((size_t)17 << 20) /* a config of 16 MiB may be annotations alone */
#define STATE_CONFIG_MAX ((size_t)16 << 20)

/* ID/FILE into PATH, for an id that state_check_id() accepts and a file of those above.  Gives PATH. */
#define STATE_PATH_SIZE 272
const char *state_path(char path[static STATE_PATH_SIZE], const char *id, const char *file);

/* Checks an id: [A-Za-z0-9_+.-]+, no leading dot, at most 255 bytes. */
int state_check_id(const char *id, struct err *e);

/* Opens (makes, mode 0700 and sticky) the state root. */
int state_open_root(const char *root, bool make, struct err *e);

/* Reserves the id: mkdir.  "container with given ID already exists" if somebody has it.  Returns the directory. */
int state_reserve(int root_fd, const char *id, struct err *e);

/* The error of a container that is not there (returns -1), and whether E is it. */
int state_set_missing(const char *id, struct err *e);
bool state_is_missing(const struct err *e);

/* Opens the directory of a container.  "container ID does not exist" (ERR_STATE). */
int state_open(int root_fd, const char *id, struct err *e);

/* flock, waits at most a few seconds; names the holder when it gives up.  The directory may have been deleted while we
 * waited: then ERR_STATE, "does not exist".  The lock goes with the last copy of DIR_FD. */
int state_lock(int root_fd, int dir_fd, const char *id, struct err *e);
void state_unlock(int dir_fd);

/* ERR_STATE, "does not exist", if DIR_FD is not the directory of ID any more. */
int state_check_current(int root_fd, int dir_fd, const char *id, struct err *e);

int state_write(int dir_fd, const struct state *s, struct err *e);
int state_write_config(int dir_fd, const char *bytes, size_t len, struct err *e);
/* The same bytes, in arena A. */
int state_read_config(int dir_fd, struct arena *a, const char **ret, size_t *ret_len, struct err *e);
/* ERR_STATE: there is none, or it can not be understood.  ERR_SYSTEM: it could not be read. */
int state_read(int dir_fd, const char *id, struct arena *a, struct state *ret, struct err *e);

/* The same for who only looks: of ID below the root, whose directory is not opened for it.  ERR_STATE, "does not
 * exist", as from state_open(). */
int state_read_below(int root_fd, const char *id, struct arena *a, struct state *ret, struct err *e);

/* Decodes the bytes of a state.json; strings go to the arena.  What state_read() uses, apart for tests. */
int state_decode(const char *text, size_t len, struct arena *a, struct state *ret, struct err *e);

/* This boot's id into BUF. */
#define STATE_BOOT_ID_SIZE 40
int state_read_boot_id(char buf[static STATE_BOOT_ID_SIZE], struct err *e);

/* 1 if it was created since the machine started, 0 if before: then nothing of it is left but the record.  BOOT_ID is
 * what state_read_boot_id() gave, or NULL.  -1 on errors. */
int state_is_of_this_boot(const struct state *s, const char *boot_id, struct err *e);

/* Start time of a process in clock ticks since boot: proc_pid_stat(5), field 22.  -1 with errno ESRCH or ENOENT when
 * there is none. */
int state_read_start_time(pid_t pid, uint64_t *ret, struct err *e);

/* The live init: 1 and its pidfd, or 0 when it is gone (dead, a zombie, another boot, a reused pid), or -1.
 * All that `kill` needs to know. */
int state_open_process(const struct state *s, int *ret_pidfd, struct err *e);

/* The status by looking: boot id, pidfd, freezer, start FIFO.  With RET_PIDFD the live init's pidfd (or -EBADF) is
 * given out, so that a signal goes to exactly the process that was looked at. */
int state_get_status(int dir_fd, const struct state *s, enum state_status *ret, int *ret_pidfd, struct err *e);

/* The same for who looks at many: BOOT_ID is what state_read_boot_id() gave. */
int state_get_status_of_boot(const char *boot_id, int dir_fd, const struct state *s, enum state_status *ret,
			     int *ret_pidfd, struct err *e);

/* The same of what state_read_below() gave.  BOOT_ID: NULL is read when it is needed. */
int state_get_status_below(const char *boot_id, int root_fd, const struct state *s, enum state_status *ret,
			   struct err *e);

/* Fills pid and pidfs inode from a pidfd, or the start time where there is no pidfs. */
int state_identify(int pidfd, pid_t pid, struct state *s, struct err *e);

/* Removes the directory DIR_FD, which is locked, so that it is the one of ID: renamed to a dead name first, so that a
 * half-removed one is no container. */
int state_remove(int root_fd, int dir_fd, const char *id, struct err *e);

/* Removes what an interrupted state_remove() of this id has left under dead names. */
int state_remove_dead(int root_fd, const char *id, struct err *e);

/* The state document of runtime.md#state, as `state` prints it and hooks get it.  OWNER is a name, or NULL where the
 * key is left out (hooks). pid is 0 when stopped. */
void state_print(const struct state *s, enum state_status status, const char *owner, struct json *j);

/* Ids below the root, sorted.  *RET is in the arena. */
int state_list(int root_fd, struct arena *a, const char *const **ret, size_t *ret_n, struct err *e);

#endif
