/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_REQUEST_H
#define RT_PLAN_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the command line and the few documented environment variables ask.  Filled once, by cmd/request.c; const
 * from then on.  Strings point into argv, the environment or static memory and live as long as the process.
 */

struct arena;

enum request_verb { REQUEST_CREATE, REQUEST_RUN, REQUEST_EXEC, REQUEST_OTHER };
enum request_tristate { REQUEST_AUTO, REQUEST_TRUE, REQUEST_FALSE };
enum request_cgroup_manager { REQUEST_CGROUPFS, REQUEST_SYSTEMD, REQUEST_DISABLED };

struct request_list {
	const char *const *items;
	unsigned n;
};

struct request {
	enum request_verb verb;
	struct arena *arena;           /* for what is needed until the end of the process; nothing of it is freed */

	/* global */
	const char *root;              /* state root, absolute */
	enum request_cgroup_manager cgroup_manager;
	enum request_tristate rootless;

	/* create, run, exec */
	const char *id;
	const char *bundle;            /* as given; NULL = the current directory */
	const char *config;            /* file name in the bundle, or a path; NULL = config.json */
	const char *console_socket;
	const char *pidfd_socket;
	const char *pid_file;
	const char *trace;             /* file for trace events */
	bool no_pivot;
	bool no_new_keyring;
	unsigned preserve_fds;         /* as given: LISTEN_FDS come on top */
	bool detach;
	bool keep;
	bool no_subreaper;

	/* exec */
	const char *process_file;      /* --process */
	const char *cwd;
	struct request_list env;       /* K=V */
	bool tty;
	const char *user;              /* "UID[:GID]", numeric */
	struct request_list additional_gids;
	const char *process_label;
	const char *apparmor;
	bool no_new_privs;
	struct request_list caps;
	struct request_list cgroups;   /* [CONTROLLER,...:]PATH */
	bool ignore_paused;
	const char *const *argv;       /* NULL-terminated; NULL: exec --process alone */

	/* environment, read once */
	const char *notify_socket;     /* NOTIFY_SOCKET */
	unsigned listen_fds;           /* LISTEN_FDS, when LISTEN_PID is absent or is us */
	const char *listen_fdnames;    /* LISTEN_FDNAMES */
	const char *seccomp_receiver;  /* RUN_OCI_SECCOMP_RECEIVER */
};

#endif
