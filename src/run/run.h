/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_RUN_H
#define RT_RUN_RUN_H

#include <stdbool.h>

#include "base/err.h"
#include "plan/request.h"

/*
 * The host side of the verbs that change a container.  One function each; the verb's file in cmd/ fills the request,
 * calls it and turns the result into an exit status.
 */

/* create: 0 once init waits for `start`.  Anything else leaves nothing behind. */
int run_create(const struct request *req, struct err *e);

/* run: create and start in one.  In the foreground *RET_STATUS is the process's exit status, or 128 + signal. */
int run_run(const struct request *req, int *ret_status, struct err *e);

/* start: 0 once the program was executed and the poststart hooks ran. */
int run_start(const struct request *req, struct err *e);

/* exec: in the foreground *RET_STATUS as for run. */
int run_exec(const struct request *req, int *ret_status, struct err *e);

/* kill: ALL sends to every process of the cgroup. */
int run_kill(const struct request *req, int sig, bool all, struct err *e);

/* pause, resume: 0 once all of its processes are frozen, or run again. */
int run_pause(const struct request *req, struct err *e);
int run_resume(const struct request *req, struct err *e);

/* update: changes the limits of a container that lives.  Nothing is changed if anything of it is wrong. */
struct update_options;
int run_update(const struct request *req, const struct update_options *options, struct err *e);

/* delete: FORCE kills what runs, and a missing container is no error. */
int run_delete(const struct request *req, bool force, struct err *e);

#endif
