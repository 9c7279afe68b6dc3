/* SPDX-License-Identifier: Apache-2.0 */
#include "run/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"

#define DRAIN_ROUNDS_MAX 4096
#define DRAIN_WAIT_MS 1000

enum { POLL_INPUT, POLL_MASTER, POLL_OUTPUT };

/* A terminal or pipe that is written without waiting: a second description, because flags of the first are shared with
 * the user's shell.  A regular file never waits (and a second description would begin at its start). */
static int open_output(void)
{
	struct stat st;
	int fd;

	if (fstat(STDOUT_FILENO, &st) < 0 || !(S_ISFIFO(st.st_mode) || isatty(STDOUT_FILENO)))
		return STDOUT_FILENO;
	fd = sys_openat(AT_FDCWD, "/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	/* After su(1) the terminal may belong to another user: then writes may wait. */
	return fd >= 0 ? fd : STDOUT_FILENO;
}

static int make_raw(struct relay *r, struct err *e)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO))
		return 0;
	if (tcgetattr(STDIN_FILENO, &r->saved) < 0)
		return err_errno(e, errno, "get the terminal's settings");
	raw = r->saved;
	cfmakeraw(&raw);
	/* The master below gives lines as the program wrote them: "\n" becomes "\r\n" here, once. */
	raw.c_oflag |= r->saved.c_oflag & (OPOST | ONLCR);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return err_errno(e, errno, "set the terminal's settings");
	r->is_raw = true;
	return 0;
}

int relay_prepare(int master, struct err *e)
{
	struct termios t;

	if (tcgetattr(master, &t) < 0)
		return err_errno(e, errno, "get the container's terminal settings");
	t.c_oflag &= ~(tcflag_t)ONLCR;
	if (tcsetattr(master, TCSANOW, &t) < 0)
		return err_errno(e, errno, "set the container's terminal settings");
	if (sys_fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return err_errno(e, errno, "set flags of the container's terminal");
	relay_resize(master);
	return 0;
}

int relay_start(struct relay *r, int master, struct err *e)
{
	r->master = master;
	r->is_raw = false;
	r->output = open_output();
	r->in.from = STDIN_FILENO;
	r->in.to = master;
	r->in.start = r->in.end = 0;
	r->out.from = master;
	r->out.to = r->output;
	r->out.start = r->out.end = 0;
	return make_raw(r, e);
}

void relay_stop(struct relay *r)
{
	if (r->is_raw)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &r->saved); /* the terminal may be gone; then nobody misses it */
	r->is_raw = false;
	if (r->output > STDERR_FILENO)
		fd_close(&r->output);
}

void relay_resize(int master)
{
	struct winsize size;

	/* Without a terminal of our own the pty keeps the size that the config gave it. */
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
		(void)sys_ioctl(master, TIOCSWINSZ, &size); /* a wrong size stops nothing */
}

/* Reads when the buffer is empty.  False when there is no more for now. */
static bool flow_read(struct relay_flow *f)
{
	ssize_t n;

	if (f->from < 0 || f->start < f->end)
		return false;
	n = sys_read(f->from, f->data, sizeof(f->data));
	if (n > 0) {
		f->start = 0;
		f->end = (size_t)n;
		return true;
	}
	/* EIO: of the master, nobody has the pty open any more; of our terminal, we are in the background for good. */
	if (n == 0 || errno != EAGAIN)
		f->from = -EBADF;
	return false;
}

static bool flow_write(struct relay_flow *f)
{
	ssize_t n;

	if (f->start == f->end)
		return false;
	n = sys_write(f->to, f->data + f->start, f->end - f->start);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0) /* nobody reads any more: what comes is dropped, so that the program does not wait for us */
		f->start = f->end;
	else
		f->start += (size_t)n;
	return true;
}

static bool is_pending(const struct relay_flow *f)
{
	return f->start < f->end;
}

void relay_prepare_poll(const struct relay *r, struct pollfd *p)
{
	short master = 0;

	if (!is_pending(&r->out))
		master |= POLLIN;
	if (is_pending(&r->in))
		master |= POLLOUT;
	p[POLL_INPUT] = (struct pollfd){ .fd = is_pending(&r->in) ? -1 : r->in.from, .events = POLLIN };
	/* Once the master is at its end it would be ready for ever. */
	p[POLL_MASTER] = (struct pollfd){ .fd = master != 0 ? r->out.from : -1, .events = master };
	p[POLL_OUTPUT] = (struct pollfd){ .fd = is_pending(&r->out) ? r->output : -1, .events = POLLOUT };
}

void relay_serve_poll(struct relay *r, const struct pollfd *p)
{
	if (p[POLL_INPUT].revents != 0 && flow_read(&r->in))
		(void)flow_write(&r->in); /* the rest waits in the buffer */
	if ((p[POLL_MASTER].revents & POLLOUT) != 0)
		(void)flow_write(&r->in); /* the rest waits in the buffer */
	if ((p[POLL_MASTER].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && flow_read(&r->out))
		(void)flow_write(&r->out); /* the rest waits in the buffer */
	if (p[POLL_OUTPUT].revents != 0)
		(void)flow_write(&r->out); /* the rest waits in the buffer */
}

void relay_drain(struct relay *r)
{
	unsigned i;

	for (i = 0; i < DRAIN_ROUNDS_MAX; i++) {
		struct pollfd p = { .fd = r->output, .events = POLLOUT };

		if (!is_pending(&r->out) && !flow_read(&r->out))
			return;
		if (!flow_write(&r->out) && is_pending(&r->out) && poll(&p, 1, DRAIN_WAIT_MS) <= 0)
			return; /* nobody takes it */
	}
}
