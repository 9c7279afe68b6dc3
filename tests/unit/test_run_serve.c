/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol with init, where init is a child that says what a test tells it to. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/message.h"
#include "base/sys.h"
#include "run/serve.h"

/* What the pretended init does; its exit status or, by a signal, its death follows. */
typedef void init_script(int sock);

struct pretended {
	struct plan plan;
	const struct request req;
	struct launch launch;
};

static void begin(struct pretended *p, init_script *script, const enum message_type *stops, unsigned n_stops)
{
	int pair[2];
	unsigned i;

	p->plan = (struct plan){ .kind = PLAN_CREATE, .n_stops = n_stops };
	for (i = 0; i < n_stops; i++)
		p->plan.stops[i] = stops[i];
	p->launch = (struct launch)LAUNCH_INIT(&p->req);
	p->launch.plan = &p->plan;
	p->launch.state.cgroup = (struct cgroup_record){ .driver = CGROUP_DRIVER_NONE, .mount = "", .path = "" };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	p->launch.process.pid = fork();
	assert_true(p->launch.process.pid >= 0);
	if (p->launch.process.pid == 0) {
		close(pair[0]);
		script(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	p->launch.sock = pair[0];
	p->launch.process.pidfd = sys_pidfd_open(p->launch.process.pid, 0);
	assert_true(p->launch.process.pidfd >= 0);
}

static void end(struct pretended *p)
{
	struct err e = ERR_INIT;

	assert_int_equal(launch_kill(&p->launch, &e), 0);
	launch_release(&p->launch);
}

/* The script runs, the stops are expected, it fails like this. */
static void expect_failure(init_script *script, const enum message_type *stops, unsigned n_stops, enum err_kind kind,
			   const char *text)
{
	struct pretended p;
	struct err e = ERR_INIT;

	begin(&p, script, stops, n_stops);
	assert_fails_with(serve_until_ready(&p.launch, &e), &e, kind, text);
	end(&p);
}

static void say(int sock, enum message_type type)
{
	struct err e = ERR_INIT;

	(void)message_send(sock, type, NULL, 0, NULL, 0, &e); /* rt may have hung up */
}

static void wait_for_answer(int sock)
{
	enum message_type type;
	struct err e = ERR_INIT;

	if (message_recv_plain(sock, &type, &e) != 1 || type != MESSAGE_CONTINUE)
		_exit(1);
}

static const enum message_type ready_alone[] = { MESSAGE_READY };
static const enum message_type hooks_then_ready[] = { MESSAGE_HOOKS, MESSAGE_READY };
static const enum message_type console_then_ready[] = { MESSAGE_CONSOLE, MESSAGE_READY };
static const enum message_type notify_then_ready[] = { MESSAGE_NOTIFY, MESSAGE_READY };
static const enum message_type child_then_ready[] = { MESSAGE_CHILD, MESSAGE_READY };

static void script_hooks_and_ready(int sock)
{
	say(sock, MESSAGE_HOOKS);
	wait_for_answer(sock);
	say(sock, MESSAGE_READY);
	(void)pause();
}

static void test_stops_are_served_in_order(void **state)
{
	struct pretended p;
	struct err e = ERR_INIT;

	(void)state;
	begin(&p, script_hooks_and_ready, hooks_then_ready, 2);
	assert_succeeds(serve_until_ready(&p.launch, &e), &e);
	end(&p);
}

static void script_ready(int sock)
{
	say(sock, MESSAGE_READY);
	(void)pause();
}

static void script_go(int sock)
{
	say(sock, MESSAGE_GO);
	(void)pause();
}

static void script_ready_with_payload(int sock)
{
	struct err e = ERR_INIT;

	(void)message_send(sock, MESSAGE_READY, "x", 1, NULL, 0, &e); /* what rt makes of it is tested */
	(void)pause();
}

static void script_ready_with_descriptor(int sock)
{
	struct err e = ERR_INIT;
	int fd = 0;

	(void)message_send(sock, MESSAGE_READY, NULL, 0, &fd, 1, &e); /* as above */
	(void)pause();
}

static void script_console_without_descriptor(int sock)
{
	say(sock, MESSAGE_CONSOLE);
	(void)pause();
}

static void script_console_is_a_file(int sock)
{
	struct err e = ERR_INIT;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)message_send(sock, MESSAGE_CONSOLE, NULL, 0, &fd, 1, &e); /* as above */
	(void)pause();
}

static void script_listener_is_a_file(int sock)
{
	struct err e = ERR_INIT;
	uint32_t number = 0;

	(void)message_send(sock, MESSAGE_NOTIFY, &number, sizeof(number), NULL, 0, &e); /* as above */
	(void)pause();
}

static void script_garbage(int sock)
{
	if (write(sock, "garbage", 7) != 7)
		_exit(1);
	(void)pause();
}

static void test_what_is_not_expected_ends_it(void **state)
{
	(void)state;
	expect_failure(script_ready, hooks_then_ready, 2, ERR_INTERNAL, "\"ready\" where \"hooks\" was expected");
	expect_failure(script_hooks_and_ready, ready_alone, 1, ERR_INTERNAL, "\"hooks\" where \"ready\" was expected");
	expect_failure(script_go, ready_alone, 1, ERR_INTERNAL, "\"go\" where \"ready\" was expected");
	expect_failure(script_ready_with_payload, ready_alone, 1, ERR_INTERNAL, "0 descriptors and 1 bytes");
	expect_failure(script_ready_with_descriptor, ready_alone, 1, ERR_INTERNAL, "1 descriptors and 0 bytes");
	expect_failure(script_console_without_descriptor, console_then_ready, 2, ERR_INTERNAL, "0 descriptors");
	expect_failure(script_console_is_a_file, console_then_ready, 2, ERR_INTERNAL, "no pty's master");
	expect_failure(script_listener_is_a_file, notify_then_ready, 2, ERR_INTERNAL, "no seccomp listener");
	expect_failure(script_garbage, ready_alone, 1, ERR_INTERNAL, "malformed message");
}

static void script_error(int sock)
{
	struct err own = ERR_INIT, e = ERR_INIT;

	(void)err_errno(&own, EACCES, "mounts[3] (/x): \x1b[31mred\nline"); /* what a name of the image may hold */
	(void)message_send(sock, MESSAGE_ERROR, &own, sizeof(own), NULL, 0, &e); /* as above */
}

/* It ends with rt's message unread. */
static void script_error_before_it_reads(int sock)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };

	(void)poll(&p, 1, 5000); /* without a message the test shows nothing, and fails not */
	script_error(sock);
}

static void script_wild_error(int sock)
{
	struct err own, e = ERR_INIT;

	memset(&own, 'A', sizeof(own)); /* no end in its strings, no kind that there is */
	(void)message_send(sock, MESSAGE_ERROR, &own, sizeof(own), NULL, 0, &e); /* as above */
}

static void script_short_error(int sock)
{
	struct err e = ERR_INIT;

	(void)message_send(sock, MESSAGE_ERROR, "x", 1, NULL, 0, &e); /* as above */
}

static void test_errors_of_init(void **state)
{
	struct pretended p;
	struct err e = ERR_INIT;

	(void)state;
	expect_failure(script_error, ready_alone, 1, ERR_SYSTEM, "mounts[3] (/x):  [31mred line: Permission denied");
	begin(&p, script_error_before_it_reads, ready_alone, 1);
	assert_int_equal(message_send(p.launch.sock, MESSAGE_CONTINUE, NULL, 0, NULL, 0, &e), 0);
	assert_fails_with(serve_until_ready(&p.launch, &e), &e, ERR_SYSTEM, "Permission denied");
	end(&p);
	err_clear(&e);
	begin(&p, script_wild_error, ready_alone, 1);
	assert_int_equal(serve_until_ready(&p.launch, &e), -1);
	assert_int_equal(e.kind, ERR_INTERNAL);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_int_equal(strlen(e.hint), sizeof(e.hint) - 1);
	end(&p);
	expect_failure(script_short_error, ready_alone, 1, ERR_INTERNAL, "wrong size");
}

static void warn(int sock, unsigned n)
{
	struct err e = ERR_INIT;

	while (n-- > 0)
		(void)message_send(sock, MESSAGE_WARNING, "careful", 7, NULL, 0, &e); /* rt may have hung up */
}

static void script_some_warnings(int sock)
{
	warn(sock, MESSAGE_WARNINGS_MAX);
	say(sock, MESSAGE_READY);
	(void)pause();
}

static void script_silence(int sock)
{
	(void)sock;
	(void)pause();
}

static void test_a_signal_ends_the_wait(void **state)
{
	const struct timespec no_time = { .tv_sec = 0 };
	struct pretended p;
	struct err e = ERR_INIT;
	sigset_t set;

	(void)state;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	begin(&p, script_silence, ready_alone, 1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	p.launch.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	assert_int_equal(raise(SIGTERM), 0);
	assert_fails_with(serve_until_ready(&p.launch, &e), &e, ERR_SYSTEM, "ended by a signal");
	end(&p);
	/* What init has said before counts. */
	begin(&p, script_ready, ready_alone, 1);
	p.launch.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	(void)poll(&(struct pollfd){ .fd = p.launch.sock, .events = POLLIN }, 1, -1);
	assert_succeeds(serve_until_ready(&p.launch, &e), &e);
	end(&p);
	assert_int_equal(sigtimedwait(&set, NULL, &no_time), SIGTERM); /* nobody has taken it */
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

static void script_many_warnings(int sock)
{
	warn(sock, MESSAGE_WARNINGS_MAX + 1);
	(void)pause();
}

static void test_warnings_are_bounded(void **state)
{
	struct pretended p;
	struct err e = ERR_INIT;

	(void)state;
	begin(&p, script_some_warnings, ready_alone, 1);
	assert_succeeds(serve_until_ready(&p.launch, &e), &e);
	end(&p);
	expect_failure(script_many_warnings, ready_alone, 1, ERR_INTERNAL, "warnings without end");
}

static void script_exit(int sock)
{
	(void)sock;
	_exit(3);
}

static void script_die(int sock)
{
	(void)sock;
	(void)raise(SIGKILL);
}

static void test_a_death_is_explained(void **state)
{
	(void)state;
	expect_failure(script_exit, ready_alone, 1, ERR_SYSTEM, "died before it was ready: exit status 3");
	expect_failure(script_die, ready_alone, 1, ERR_SYSTEM, "died before it was ready: signal: SIGKILL");
	expect_failure(script_die, hooks_then_ready, 2, ERR_SYSTEM, "signal: SIGKILL");
}

static void script_hooks_and_die(int sock)
{
	say(sock, MESSAGE_HOOKS);
	wait_for_answer(sock);
	(void)raise(SIGKILL);
}

/* Whether the script's death is one that a cgroup's past may explain. */
static bool has_cgroup_hint(init_script *script, bool in_cgroup)
{
	struct pretended p;
	struct err e = ERR_INIT;

	begin(&p, script, hooks_then_ready, 2);
	if (in_cgroup)
		p.launch.cgroup_fd = open("/", O_PATH | O_CLOEXEC);
	assert_int_equal(serve_until_ready(&p.launch, &e), -1);
	end(&p);
	return strstr(e.hint, "cgroup.kill") != NULL;
}

static void test_a_death_at_birth_has_a_hint(void **state)
{
	(void)state;
	assert_true(has_cgroup_hint(script_die, true));
	assert_false(has_cgroup_hint(script_die, false));
	assert_false(has_cgroup_hint(script_exit, true));
	assert_false(has_cgroup_hint(script_hooks_and_die, true));
}

/* A process that hands over to another child of rt's. */
static void script_child(int sock)
{
	struct k_clone_args args = { .flags = K_CLONE_PARENT | K_CLONE_PIDFD };
	struct err e = ERR_INIT;
	int64_t pid = 1; /* a lie: it is not looked at */
	int pidfd = -1;
	int order[2];
	char byte;

	if (pipe(order) < 0)
		_exit(1);
	args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	if (sys_clone3(&args) == 0) {
		/* Not before the first has told of it. */
		if (read(order[0], &byte, 1) != 1)
			_exit(1);
		say(sock, MESSAGE_READY);
		(void)pause();
		_exit(0);
	}
	(void)message_send(sock, MESSAGE_CHILD, &pid, sizeof(pid), &pidfd, 1, &e); /* as above */
	if (write(order[1], "", 1) != 1)
		_exit(1);
}

static void script_child_is_no_pidfd(int sock)
{
	struct err e = ERR_INIT;
	int64_t pid = 1;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)message_send(sock, MESSAGE_CHILD, &pid, sizeof(pid), &fd, 1, &e); /* as above */
	(void)pause();
}

static void test_a_process_hands_over(void **state)
{
	struct pretended p;
	struct err e = ERR_INIT;
	pid_t first;

	(void)state;
	begin(&p, script_child, child_then_ready, 2);
	first = p.launch.process.pid;
	assert_succeeds(serve_until_ready(&p.launch, &e), &e);
	assert_int_not_equal(p.launch.process.pid, first);
	assert_int_not_equal(p.launch.process.pid, 1);
	assert_int_equal(waitpid(first, NULL, WNOHANG), -1); /* reaped */
	end(&p);
	expect_failure(script_child_is_no_pidfd, child_then_ready, 2, ERR_INTERNAL, "is no pidfd");
}

static void script_exec(int sock)
{
	(void)sock; /* O_CLOEXEC: its end is the exec */
	execl("/bin/true", "true", (char *)NULL);
}

static void test_the_exec_is_the_end_of_the_socket(void **state)
{
	struct pretended p;
	struct err e = ERR_INIT;

	(void)state;
	begin(&p, script_exec, ready_alone, 1);
	assert_succeeds(serve_until_exec(&p.launch, &e), &e);
	end(&p);
	begin(&p, script_error, ready_alone, 1);
	assert_fails_with(serve_until_exec(&p.launch, &e), &e, ERR_SYSTEM, "mounts[3]");
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stops_are_served_in_order),
		cmocka_unit_test(test_what_is_not_expected_ends_it),
		cmocka_unit_test(test_errors_of_init),
		cmocka_unit_test(test_warnings_are_bounded),
		cmocka_unit_test(test_a_signal_ends_the_wait),
		cmocka_unit_test(test_a_death_is_explained),
		cmocka_unit_test(test_a_death_at_birth_has_a_hint),
		cmocka_unit_test(test_a_process_hands_over),
		cmocka_unit_test(test_the_exec_is_the_end_of_the_socket),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
