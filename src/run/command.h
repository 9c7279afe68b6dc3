/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_COMMAND_H
#define RT_RUN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A program of the host that rt runs and waits for: hooks, newuidmap. */
struct command {
	const char *program;
	bool search_path;        /* look PROGRAM up in PATH; else it is a path */
	char *const *argv;
	char *const *envp;
	const char *directory;   /* to start in; NULL or not there: ours */
	const char *input;       /* for its standard input */
	size_t input_len;
	int timeout;             /* seconds, then its process group is killed; 0 = none */
	int out_fd;              /* its standard output, borrowed; 0 = the begin of it goes to the error text */
	int err_fd;
};

/* Runs it as the leader of a process group of its own, without any other descriptor of ours, with default signals.
 * 0 if it exited with status 0.  Else how it ended or why it could not be run, and the begin of what it wrote:
 * "exit status 1, stdout: TEXT, stderr: TEXT". */
int command_run(const struct command *c, struct err *e);

#endif
