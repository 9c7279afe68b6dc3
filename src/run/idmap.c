/* SPDX-License-Identifier: Apache-2.0 */
#include "run/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "run/command.h"
#include "run/idmap_explain.h"

#define NEWUIDMAP "newuidmap"
#define NEWGIDMAP "newgidmap"

/* The kernel takes 340 lines and a page at most: user_namespaces(7). */
#define MAPS_MAX 340
#define MAP_LINE_MAX 36 /* three 32-bit numbers, two blanks, newline, NUL */
#define MAP_TEXT_SIZE (MAPS_MAX * MAP_LINE_MAX)

static int format_maps(const struct plan_id_map *maps, unsigned n, char *text, size_t size, struct err *e)
{
	size_t used = 0;
	unsigned i;

	if (n == 0 || n > MAPS_MAX)
		return err_set(e, ERR_CONFIG, "%u id mappings: 1 to %d are possible", n, MAPS_MAX);
	for (i = 0; i < n; i++) {
		int len = snprintf(text + used, size - used, "%u %u %u\n", maps[i].container_id, maps[i].host_id,
				   maps[i].size);

		if (len < 0 || (size_t)len >= size - used)
			return err_errno(e, E2BIG, "id mappings");
		used += (size_t)len;
	}
	if (used >= (size_t)sysconf(_SC_PAGESIZE))
		return err_set(e, ERR_CONFIG, "%u id mappings of %zu bytes: the kernel takes less than a page of text",
			       n, used);
	return 0;
}

static int write_map(int proc_fd, const char *file, const struct plan_id_map *maps, unsigned n, struct err *e)
{
	char text[MAP_TEXT_SIZE];

	if (format_maps(maps, n, text, sizeof(text), e) < 0)
		return err_prefix(e, "%s", file);
	return io_write_file_at(proc_fd, file, text, e);
}

static int open_proc(pid_t pid, struct err *e)
{
	char path[sizeof("/proc/") + 11];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid); /* fits by construction */
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	return fd;
}

static void explain(const char *program, const struct plan_id_map *maps, unsigned n, struct err *e)
{
	const bool is_gid = strcmp(program, NEWGIDMAP) == 0;

	idmap_explain(
		&(struct idmap_helper){
			.program = program,
			.ranges = is_gid ? "/etc/subgid" : "/etc/subuid",
			.option = is_gid ? "--add-subgids" : "--add-subuids",
			.own_id = is_gid ? getgid() : getuid(),
			.uid = getuid(),
			.path = getenv("PATH"),
			.root = "",
		},
		maps, n, e);
}

/* PROGRAM PID CONTAINER HOST SIZE ..., set-uid programs that check /etc/subuid and /etc/subgid. */
static int run_helper(const char *program, pid_t pid, const struct plan_id_map *maps, unsigned n, struct err *e)
{
	const unsigned argc = 2 + 3 * n;
	char (*numbers)[12];
	char **argv;
	unsigned i;
	int r;

	if (n > MAPS_MAX)
		return err_set(e, ERR_CONFIG, "%u id mappings: at most %d are possible", n, MAPS_MAX);
	numbers = calloc(argc, sizeof(*numbers));
	argv = calloc(argc + 1, sizeof(*argv));
	if (numbers == NULL || argv == NULL) {
		r = err_errno(e, ENOMEM, "%s", program);
		goto out;
	}
	argv[0] = (char *)program;
	argv[1] = numbers[1];
	(void)snprintf(numbers[1], sizeof(*numbers), "%d", (int)pid); /* fits: a 32-bit number */
	for (i = 0; i < 3 * n; i++) {
		const struct plan_id_map *m = &maps[i / 3];
		uint32_t value = i % 3 == 0 ? m->container_id : i % 3 == 1 ? m->host_id : m->size;

		(void)snprintf(numbers[2 + i], sizeof(*numbers), "%u", value); /* fits: a 32-bit number */
		argv[2 + i] = numbers[2 + i];
	}
	r = command_run(&(struct command){ .program = program, .search_path = true, .argv = argv, .envp = environ }, e);
	if (r < 0) {
		(void)err_prefix(e, "user namespace");
		explain(program, maps, n, e);
	}
out:
	free(argv);
	free(numbers);
	return r;
}

int idmap_write(const struct plan_ns *ns, pid_t pid, struct err *e)
{
	_cleanup_fd_ int proc_fd = -EBADF;

	if (ns->maps_by_helper) {
		if (run_helper(NEWUIDMAP, pid, ns->uid_maps, ns->n_uid_maps, e) < 0)
			return -1;
		return run_helper(NEWGIDMAP, pid, ns->gid_maps, ns->n_gid_maps, e);
	}
	proc_fd = open_proc(pid, e);
	if (proc_fd < 0)
		return -1;
	if (write_map(proc_fd, "uid_map", ns->uid_maps, ns->n_uid_maps, e) < 0)
		return err_prefix(e, "user namespace");
	/* Before gid_map: without privilege the kernel takes a gid map only where setgroups is denied. */
	if (ns->deny_setgroups && io_write_file_at(proc_fd, "setgroups", "deny", e) < 0)
		return err_prefix(e, "user namespace");
	if (write_map(proc_fd, "gid_map", ns->gid_maps, ns->n_gid_maps, e) < 0)
		return err_prefix(e, "user namespace");
	return 0;
}
