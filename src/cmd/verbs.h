/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_CMD_VERBS_H
#define RT_CMD_VERBS_H

#include "cmd/args.h"

/* What the files of the verbs offer to the table in verbs.c: see struct verb. */

extern const struct option_row *const create_options[];
extern const struct option_row *const run_options[];
extern const struct option_row *const exec_options[];
extern const struct option_row *const kill_options[];
extern const struct option_row *const update_options[];
extern const struct option_row *const events_options[];
extern const struct option_row *const delete_options[];
extern const struct option_row *const list_options[];
extern const struct option_row *const ps_options[];
extern const struct option_row *const stats_options[];
extern const struct option_row *const spec_options[];
extern const struct option_row *const plan_options[];
extern const struct option_row *const check_options[];

int cmd_create(const struct args *args, struct err *e);
int cmd_run(const struct args *args, int *ret_status, struct err *e);
int cmd_start(const struct args *args, struct err *e);
int cmd_exec(const struct args *args, int *ret_status, struct err *e);
int cmd_kill(const struct args *args, struct err *e);
int cmd_delete(const struct args *args, struct err *e);
int cmd_update(const struct args *args, struct err *e);
int cmd_events(const struct args *args, struct err *e);
int cmd_pause(const struct args *args, struct err *e);
int cmd_resume(const struct args *args, struct err *e);
int cmd_state(const struct args *args, struct err *e);
int cmd_list(const struct args *args, struct err *e);
int cmd_ps(const struct args *args, struct err *e);
int cmd_stats(const struct args *args, struct err *e);
int cmd_spec(const struct args *args, struct err *e);
int cmd_features(const struct args *args, struct err *e);
int cmd_plan(const struct args *args, struct err *e);
int cmd_check(const struct args *args, int *ret_status, struct err *e);
int cmd_help(const struct args *args, struct err *e);
int cmd_completions(const struct args *args, struct err *e);

/* `rt --version`; in the file of its own because it is asked for like an option. */
void version_print(void);

#endif
