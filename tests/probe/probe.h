/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_TESTS_PROBE_H
#define RT_TESTS_PROBE_H

/*
 * probe: what integration tests need to see and do from inside a container, and the few things on the host that a shell
 * can not do (terminals, sockets that pass descriptors).  One static program, so that a root file system needs no
 * library.  A verb prints one fact a line and returns the exit status.
 */

/* process.c */
int probe_argv(int argc, char **argv);
int probe_fds(int argc, char **argv);
int probe_listen(int argc, char **argv);
int probe_prctl(int argc, char **argv);
int probe_sched(int argc, char **argv);
int probe_keyring(int argc, char **argv);
int probe_clocks(int argc, char **argv);
int probe_threads(int argc, char **argv);
int probe_wait(int argc, char **argv);
int probe_signal(int argc, char **argv);
int probe_orphans(int argc, char **argv);

/* dump.c */
int probe_dump(int argc, char **argv);

/* file.c */
int probe_open(int argc, char **argv);
int probe_mknod(int argc, char **argv);
int probe_syscall(int argc, char **argv);
int probe_loopback(int argc, char **argv);
int probe_locked(int argc, char **argv);

/* mount.c */
int probe_old_kernel(int argc, char **argv);
int probe_xattr(int argc, char **argv);

/* tty.c */
int probe_tty(int argc, char **argv);
int probe_winch(int argc, char **argv);
int probe_recvtty(int argc, char **argv);
int probe_pty(int argc, char **argv);

/* agent.c */
int probe_agent(int argc, char **argv);

/* notify.c */
int probe_notify(int argc, char **argv);
int probe_notify_listen(int argc, char **argv);

/* attack.c */
int probe_trace(int argc, char **argv);

/* attack_binary.c */
int probe_attack(int argc, char **argv);
int probe_visit(int argc, char **argv);
int probe_make_elf(int argc, char **argv);

/* attack_race.c */
int probe_swap(int argc, char **argv);

/* hunt.c */
int probe_hunt(int argc, char **argv);

/* probe.c: the symbol of an errno value, "EPERM", or its number where the table has none. */
const char *probe_errno_name(int errnum);

/* Prints "ok" and returns 0, or the symbol of errno and returns 1. */
int probe_result(int failed);

/* Prints a message with errno's symbol on stderr and returns 1. */
int probe_fail(const char *what);

#endif
