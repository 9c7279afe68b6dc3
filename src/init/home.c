/* SPDX-License-Identifier: Apache-2.0 */
#include "init/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/path.h"
#include "base/sys.h"

#define PASSWD_MAX (1u << 20)
#define LINE_SIZE 2048
#define FIELDS 7

/* Field INDEX of LINE, cut out in place; NULL if LINE has not exactly FIELDS fields. */
static bool split_fields(char *line, char *fields[FIELDS])
{
	unsigned n = 0;
	char *p = line;

	while (n < FIELDS) {
		char *colon = strchr(p, ':');

		fields[n++] = p;
		if (colon == NULL)
			return n == FIELDS;
		*colon = '\0';
		p = colon + 1;
	}
	return false; /* a colon too many */
}

/* 1 if LINE is UID's and names a usable directory. */
static int match_line(char *line, uint32_t uid, char *ret, size_t size)
{
	char *fields[FIELDS];
	uint32_t line_uid;
	size_t len;
	const char *p;

	if (!split_fields(line, fields) || num_parse_u32(fields[2], &line_uid) < 0 || line_uid != uid)
		return 0;
	len = strlen(fields[5]);
	if (fields[5][0] != '/' || len >= size)
		return 0;
	for (p = fields[5]; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return 0;
	memcpy(ret, fields[5], len + 1);
	return 1;
}

int home_search_passwd(int fd, uint32_t uid, char *ret, size_t size)
{
	char buf[LINE_SIZE];
	size_t used = 0;
	size_t total = 0;
	bool is_skipping = false; /* inside a line that is too long */

	while (total < PASSWD_MAX) {
		ssize_t n = sys_read(fd, buf + used, sizeof(buf) - 1 - used);
		char *line = buf;
		char *newline;

		if (n < 0)
			return -1;
		if (n == 0 && used == 0)
			return 0;
		total += (size_t)n;
		used += (size_t)n;
		if (n == 0) /* the last line may lack its newline */
			buf[used++] = '\n';
		while ((newline = memchr(line, '\n', used - (size_t)(line - buf))) != NULL) {
			*newline = '\0';
			if (!is_skipping && strlen(line) == (size_t)(newline - line) &&
			    match_line(line, uid, ret, size))
				return 1;
			is_skipping = false;
			line = newline + 1;
		}
		used -= (size_t)(line - buf);
		memmove(buf, line, used);
		if (used == sizeof(buf) - 1) {
			is_skipping = true;
			used = 0;
		}
	}
	return 0;
}

/* A file of the image: it may be a FIFO, a device, a link, or huge.  -1 with errno; EINVAL: no regular file. */
static int try_open_passwd(const struct inside *in)
{
	/* Looked at before it is opened: to open some devices is to use them. */
	_cleanup_fd_ int path_fd = path_try_open_in_root(in->root_fd, "/etc/passwd", O_PATH, 0);
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (path_fd < 0 || fstat(path_fd, &st) < 0)
		return -1;
	if (S_ISREG(st.st_mode))
		fd = path_try_open_in_root(in->root_fd, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	else
		errno = EINVAL;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) { /* replaced meanwhile */
		errno = EINVAL;
		return -1;
	}
	return fd_take(&fd);
}

static void find_home(struct inside *in, char *ret, size_t size)
{
	_cleanup_fd_ int fd = try_open_passwd(in);

	memcpy(ret, "/", 2);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return;
	if (fd < 0)
		inside_warn(in, "/etc/passwd of the container %s: HOME is /",
			    errno == EINVAL ? "is not a file" : "can not be opened");
	else if (home_search_passwd(fd, in->plan->process.user.uid, ret, size) < 0)
		inside_warn(in, "/etc/passwd of the container can not be read: HOME is /");
}

int home_make_environment(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;

	(void)e;
	memcpy(in->envp, p->envp, (size_t)p->n_env * sizeof(char *));
	in->envp[p->n_env] = NULL;
	if (p->home_slot >= 0 && (unsigned)p->home_slot < p->n_env) {
		memcpy(in->home, "HOME=", 5);
		find_home(in, in->home + 5, HOME_SIZE - 5);
		in->envp[p->home_slot] = in->home;
	}
	return 0;
}

int home_set_listen_pid(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;

	(void)e;
	if (p->listen_pid_slot >= 0 && (unsigned)p->listen_pid_slot < p->n_env) {
		(void)snprintf(in->listen_pid, sizeof(in->listen_pid), "LISTEN_PID=%d", (int)getpid()); /* fits */
		in->envp[p->listen_pid_slot] = in->listen_pid;
	}
	return 0;
}
