/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/num.h"

/* ---- inside ---- */

static void print_size(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		printf("size=%s\n", probe_errno_name(errno));
	else
		printf("size=%dx%d\n", size.ws_row, size.ws_col);
}

int probe_tty(int argc, char **argv)
{
	struct termios termios;
	struct stat console, input;
	int fd;

	(void)argc, (void)argv; /* the verb has no arguments */
	printf("isatty=%d%d%d\n", isatty(0), isatty(1), isatty(2));
	if (!isatty(0))
		return 0;
	print_size();
	if (tcgetattr(0, &termios) == 0)
		printf("onlcr=%d\n", (termios.c_oflag & ONLCR) != 0);
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	printf("controlling=%s\n", fd < 0 ? probe_errno_name(errno) : "ok");
	printf("session=%s\n", getsid(0) == getpid() ? "leader" : "other");
	printf("console=%s\n", stat("/dev/console", &console) == 0 && fstat(0, &input) == 0 &&
		console.st_rdev == input.st_rdev ? "same" : "other");
	printf("owner=%d\n", fstat(0, &input) == 0 ? (int)input.st_uid : -1);
	return 0;
}

static void on_winch(int sig)
{
	(void)sig; /* there is one signal that leads here */
}

int probe_winch(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_winch };
	struct pollfd in = { .fd = 0, .events = POLLIN };
	sigset_t winch, before;

	(void)argc, (void)argv; /* the verb has no arguments */
	/* Taken only while ppoll waits: one that comes before is not lost. */
	sigemptyset(&winch);
	sigaddset(&winch, SIGWINCH);
	sigprocmask(SIG_BLOCK, &winch, &before);
	sigaction(SIGWINCH, &action, NULL);
	puts("ready");
	for (;;) {
		char byte;

		if (ppoll(&in, 1, NULL, &before) < 0)
			print_size();
		else if (read(0, &byte, 1) <= 0 || byte == 'q')
			return 0;
	}
}

/* ---- on the host ---- */

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Copies the console to standard output until the last process on its other side is gone. */
static int copy_console(int master, bool with_input)
{
	struct pollfd fds[2] = { { .fd = master, .events = POLLIN }, { .fd = with_input ? 0 : -1, .events = POLLIN } };
	char data[4096];

	for (;;) {
		ssize_t n;

		if (poll(fds, 2, -1) < 0)
			return probe_fail("poll");
		if (fds[0].revents != 0) {
			n = read(master, data, sizeof(data));
			if (n <= 0)
				return 0; /* EIO: hung up */
			if (write_all(1, data, (size_t)n) < 0)
				return probe_fail("write");
		}
		if (fds[1].revents != 0) {
			n = read(0, data, sizeof(data));
			if (n <= 0)
				fds[1].fd = -1;
			else if (write_all(master, data, (size_t)n) < 0)
				return probe_fail("write to the console");
		}
	}
}

/* One datagram's worth of text with one descriptor. */
static int receive_console(int sock, char *name, size_t size)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = name, .iov_len = size - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;
	ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0)
		return -1;
	name[n] = '\0';
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg == NULL || cmsg->cmsg_type != SCM_RIGHTS || cmsg->cmsg_len != CMSG_LEN(sizeof(int))) {
		errno = EBADF;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	return fd;
}

int probe_recvtty(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[256];
	int listener, connection, master;

	if (strlen(argv[1]) >= sizeof(address.sun_path))
		return probe_fail("socket path");
	memcpy(address.sun_path, argv[1], strlen(argv[1]));
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, 1) < 0)
		return probe_fail(argv[1]);
	connection = accept(listener, NULL, NULL);
	if (connection < 0)
		return probe_fail("accept");
	master = receive_console(connection, name, sizeof(name));
	if (master < 0)
		return probe_fail("receive the console");
	fprintf(stderr, "console %s %s\n", isatty(master) ? "is a terminal" : "is no terminal", name);
	if (close(connection) < 0)
		return probe_fail("close");
	return copy_console(master, argc > 2);
}

/* ---- pty: a command on a terminal, driven by actions ---- */

struct session {
	int master;
	pid_t child;
	char output[65536];  /* the last that the command printed */
	size_t len;
	size_t seen;         /* what earlier expectations used up */
	bool ended;
};

/* Takes more output; false at a timeout or the end. */
static bool session_read(struct session *s, int timeout_ms)
{
	struct pollfd pfd = { .fd = s->master, .events = POLLIN };
	ssize_t n;

	if (s->ended || poll(&pfd, 1, timeout_ms) <= 0)
		return false;
	if (s->len >= sizeof(s->output) - 1) {
		/* What nobody expected so far is old. */
		size_t half = s->len / 2;

		s->len -= half;
		memmove(s->output, s->output + half, s->len);
		s->seen = s->seen > half ? s->seen - half : 0;
	}
	n = read(s->master, s->output + s->len, sizeof(s->output) - 1 - s->len);
	if (n <= 0) {
		s->ended = true;
		return false;
	}
	/* The output is evidence: a failed write shows as a failed test. */
	(void)write_all(1, s->output + s->len, (size_t)n);
	s->len += (size_t)n;
	s->output[s->len] = '\0';
	return true;
}

static int session_expect(struct session *s, const char *text)
{
	for (;;) {
		const char *found = strstr(s->output + s->seen, text);

		if (found != NULL) {
			s->seen = (size_t)(found - s->output) + strlen(text);
			return 0;
		}
		if (!session_read(s, 10000)) {
			fprintf(stderr, "probe: pty: no %s\n", text);
			return -1;
		}
	}
}

/* "\n", "\r" and "\xHH" (ETX is \x03) in an action's text become those bytes. */
static int session_send(struct session *s, const char *text)
{
	for (; *text != '\0'; text++) {
		char byte = *text;

		if (byte == '\\' && (text[1] == 'n' || text[1] == 'r')) {
			byte = *++text == 'n' ? '\n' : '\r';
		} else if (byte == '\\' && text[1] == 'x' && text[2] != '\0' && text[3] != '\0') {
			byte = (char)((text[2] - '0') * 16 + text[3] - '0'); /* digits alone: control characters */
			text += 3;
		}
		if (write_all(s->master, &byte, 1) < 0)
			return probe_fail("write to the terminal");
	}
	return 0;
}

static int set_size(int fd, const char *text)
{
	struct winsize size = { 0 };
	char rows[8];
	uint32_t r, c;
	const char *x = strchr(text, 'x');

	if (x == NULL || (size_t)(x - text) >= sizeof(rows))
		return -1;
	memcpy(rows, text, (size_t)(x - text));
	rows[x - text] = '\0';
	if (num_parse_u32(rows, &r) < 0 || num_parse_u32(x + 1, &c) < 0)
		return -1;
	size.ws_row = (unsigned short)r;
	size.ws_col = (unsigned short)c;
	return ioctl(fd, TIOCSWINSZ, &size);
}

static int session_act(struct session *s, const char *action)
{
	int sig;

	if (strncmp(action, "expect:", 7) == 0)
		return session_expect(s, action + 7);
	if (strncmp(action, "send:", 5) == 0)
		return session_send(s, action + 5);
	if (strncmp(action, "size:", 5) == 0)
		return set_size(s->master, action + 5);
	if (strncmp(action, "kill:", 5) == 0 && num_parse_int(action + 5, &sig) == 0)
		return kill(s->child, sig);
	fprintf(stderr, "probe: pty: what is %s\n", action);
	return -1;
}

static pid_t start_on_terminal(const char *name, char **command)
{
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	if (fd > 2)
		close(fd);
	/* A test that runs in the background got them ignored. */
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGQUIT, SIG_DFL);
	execvp(command[0], command);
	_exit(127);
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag &&
	       a->c_cflag == b->c_cflag;
}

int probe_pty(int argc, char **argv)
{
	static struct session s;
	struct termios before, after;
	int i, first, status, slave, result = 0;
	const char *name;

	for (first = 1; first < argc && strcmp(argv[first], "--") != 0; first++)
		;
	s.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (first + 1 >= argc || s.master < 0 || grantpt(s.master) < 0 || unlockpt(s.master) < 0)
		return probe_fail("terminal");
	name = ptsname(s.master);
	/* Kept open, so that the modes can be compared after the command's end. */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before) < 0 || set_size(s.master, "24x80") < 0)
		return probe_fail(name);
	s.child = start_on_terminal(name, argv + first + 1);
	if (s.child < 0)
		return probe_fail("fork");
	for (i = 1; i < first && result == 0; i++)
		result = session_act(&s, argv[i]);
	if (result != 0)
		kill(s.child, SIGKILL);
	while (waitpid(s.child, &status, WNOHANG) == 0)
		(void)session_read(&s, 50); /* a timeout is no failure here */
	while (session_read(&s, 50))
		;
	if (tcgetattr(slave, &after) < 0)
		return probe_fail("tcgetattr");
	printf("\nmodes=%s\n", same_modes(&before, &after) ? "restored" : "changed");
	if (result != 0)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
