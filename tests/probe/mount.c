/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel without the newer mount calls, for a program and all that comes of it; what a file has beside its bytes. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "probe.h"

/* The same numbers on all architectures: they are newer than 403. */
#define NR_OPEN_TREE 428
#define NR_FSPICK 433
#define NR_MOUNT_SETATTR 442

#define INSN(code, k, jt, jf) { (code), (jt), (jf), (k) }
#define LOAD INSN(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0)
#define ALLOW INSN(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0)
#define MISSING INSN(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0)

static int load(struct sock_filter *insns, size_t n)
{
	const struct sock_fprog program = { (unsigned short)n, insns };

	/* With CAP_SYS_ADMIN no_new_privs is not needed, and must not be: the container would have it. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -1 : 0;
}

/* open_tree to fspick came with 5.2, mount_setattr with 5.12. */
int probe_old_kernel(int argc, char **argv)
{
	struct sock_filter before_5_2[] = {
		LOAD,
		INSN(BPF_JMP | BPF_JEQ | BPF_K, NR_MOUNT_SETATTR, 3, 0),
		INSN(BPF_JMP | BPF_JGE | BPF_K, NR_OPEN_TREE, 0, 1),
		INSN(BPF_JMP | BPF_JGT | BPF_K, NR_FSPICK, 0, 1),
		ALLOW,
		MISSING,
	};
	struct sock_filter before_5_12[] = {
		LOAD,
		INSN(BPF_JMP | BPF_JEQ | BPF_K, NR_MOUNT_SETATTR, 1, 0),
		ALLOW,
		MISSING,
	};
	int r = -1;

	(void)argc; /* at least three */
	errno = EINVAL;
	if (strcmp(argv[1], "5.1") == 0)
		r = load(before_5_2, sizeof(before_5_2) / sizeof(before_5_2[0]));
	else if (strcmp(argv[1], "5.11") == 0)
		r = load(before_5_12, sizeof(before_5_12) / sizeof(before_5_12[0]));
	if (r < 0)
		return probe_fail("old-kernel");
	execvp(argv[2], argv + 2);
	return probe_fail(argv[2]);
}

int probe_xattr(int argc, char **argv)
{
	char value[256];
	ssize_t n;

	if (argc > 3)
		return probe_result(setxattr(argv[1], argv[2], argv[3], strlen(argv[3]), 0) < 0);
	n = getxattr(argv[1], argv[2], value, sizeof(value));
	if (n < 0)
		return probe_result(1);
	printf("%.*s\n", (int)n, value);
	return 0;
}
