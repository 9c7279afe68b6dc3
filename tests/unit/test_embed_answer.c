/* SPDX-License-Identifier: Apache-2.0 */
/* What rt-libs answers: every length is bounded, every text has an end; and a silent one is ended. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embed/answer.h"
#include "embed/call.h"

#define BUFFER_SIZE (sizeof(struct libs_done) + (BPF_MAXINSNS + 2) * sizeof(struct sock_filter))

struct fixture {
	int ours, theirs;
	char *buffer; /* zeroed, of BUFFER_SIZE */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int pair[2];

	if (f == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	f->ours = pair[0];
	f->theirs = pair[1];
	f->buffer = calloc(1, BUFFER_SIZE);
	*state = f;
	return f->buffer == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	(void)close(f->ours);
	if (f->theirs >= 0)
		(void)close(f->theirs);
	free(f->buffer);
	free(f);
	return 0;
}

static void say(const struct fixture *f, const void *record, size_t len)
{
	assert_int_equal(write(f->theirs, record, len), len);
}

/* The last record with as many bytes of instructions behind it. */
static void say_done(const struct fixture *f, const struct libs_done *done, size_t more)
{
	assert_true(sizeof(*done) + more <= BUFFER_SIZE);
	memcpy(f->buffer, done, sizeof(*done));
	say(f, f->buffer, sizeof(*done) + more);
}

static void refuse(const struct fixture *f, const char *text)
{
	struct answer answer = { .unit_may_be_ours = true };
	struct err e = ERR_INIT;

	assert_fails_with(answer_receive(f->ours, 1000, &answer, &e), &e, ERR_INTERNAL, text);
	assert_true(answer.unit_may_be_ours); /* untouched */
	assert_null(answer.insns);
}

static void test_good(void **state)
{
	const struct fixture *f = *state;
	struct libs_done done = { .record = LIBS_DONE, .n_insns = BPF_MAXINSNS, .library = "/lib/x.so" };
	struct libs_log log = { .record = LIBS_LOG, .level = 3, .text = "for debugging" };
	struct answer answer;
	struct err e = ERR_INIT;

	say(f, &log, sizeof(log));
	say_done(f, &done, BPF_MAXINSNS * sizeof(struct sock_filter));
	assert_int_equal(answer_receive(f->ours, 1000, &answer, &e), 1);
	assert_int_equal(answer.err.kind, ERR_NONE);
	assert_int_equal(answer.n_insns, BPF_MAXINSNS);
	assert_non_null(answer.insns);
	assert_string_equal(answer.library, "/lib/x.so");
	assert_false(answer.unit_may_be_ours);
	answer_release(&answer);

	done = (struct libs_done){ .record = LIBS_DONE, .unit_may_be_ours = 7 };
	(void)err_errno(&done.err, ETIMEDOUT, "said");
	say_done(f, &done, 0);
	assert_int_equal(answer_receive(f->ours, 1000, &answer, &e), 1);
	assert_int_equal(answer.err.errnum, ETIMEDOUT);
	assert_true(answer.unit_may_be_ours);
	assert_null(answer.insns);
}

static void test_lengths(void **state)
{
	const struct fixture *f = *state;
	struct libs_done done = { .record = LIBS_DONE };
	const struct libs_log log = { .record = LIBS_LOG };
	const uint32_t unknown = 3;

	say(f, "x", 1);
	refuse(f, "short record");
	say(f, &unknown, sizeof(unknown));
	refuse(f, "unknown record");
	say(f, &log, sizeof(log) - 1);
	refuse(f, "length of a log record");
	say(f, &done, sizeof(done) - 1);
	refuse(f, "length of the last record");

	/* More or less than was announced. */
	say_done(f, &done, 8);
	refuse(f, "number of instructions");
	done.n_insns = 2;
	say_done(f, &done, 8);
	refuse(f, "number of instructions");
	say_done(f, &done, 15);
	refuse(f, "number of instructions");
	/* More than the kernel takes; with and without an overflow of the size in 32 bits. */
	done.n_insns = BPF_MAXINSNS + 1;
	say_done(f, &done, (BPF_MAXINSNS + 1) * sizeof(struct sock_filter));
	refuse(f, "number of instructions");
	done.n_insns = 0x20000001;
	say_done(f, &done, 8);
	refuse(f, "number of instructions");
	done.n_insns = UINT32_MAX;
	say_done(f, &done, 0);
	refuse(f, "number of instructions");
}

static void test_texts(void **state)
{
	const struct fixture *f = *state;
	const struct libs_done good = { .record = LIBS_DONE };
	struct libs_done done = good;
	struct libs_log log = { .record = LIBS_LOG };

	memset(log.text, 'x', sizeof(log.text));
	say(f, &log, sizeof(log));
	refuse(f, "log text without an end");
	memset(done.err.msg, 'x', sizeof(done.err.msg));
	say_done(f, &done, 0);
	refuse(f, "error");
	done = good;
	memset(done.err.hint, 'x', sizeof(done.err.hint));
	say_done(f, &done, 0);
	refuse(f, "error");
	done = good;
	done.err.kind = ERR_KIND_COUNT;
	say_done(f, &done, 0);
	refuse(f, "error");
	done = good;
	done.err.errnum = -1;
	say_done(f, &done, 0);
	refuse(f, "error");
	done = good;
	memset(done.library, '/', sizeof(done.library));
	say_done(f, &done, 0);
	refuse(f, "path of a library");
	done = good;
	memcpy(done.library, "x.so", 5);
	say_done(f, &done, 0);
	refuse(f, "path of a library");
}

static void test_ends(void **state)
{
	struct fixture *f = *state;
	struct answer answer;
	struct err e = ERR_INIT;

	assert_int_equal(answer_receive(f->ours, 100, &answer, &e), -1);
	assert_int_equal(e.errnum, ETIMEDOUT);
	assert_string_equal(e.msg, "rt-libs: no answer in 0.1 s");
	(void)close(f->theirs);
	f->theirs = -1;
	assert_int_equal(answer_receive(f->ours, 1000, &answer, &e), 0);
}

#ifdef HAVE_SYSTEMD
/* A bus that never answers, and a deadline of rt-libs that is far away: it is killed, and no child is left. */
static void test_call_that_hangs(void **state)
{
	const struct libs_request request = {
		.operation = LIBS_START_UNIT,
		.user_manager = true,
		.timeout_ms = 60000,
		.deadline = UINT64_MAX / 2,
		.unit = "rt-test.scope",
	};
	char dir[] = "/tmp/rt-test-bus-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char variable[128];
	struct answer answer;
	struct err e = ERR_INIT;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_non_null(mkdtemp(dir));
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/bus", dir);
	(void)snprintf(variable, sizeof(variable), "unix:path=%s", address.sun_path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(setenv("DBUS_SESSION_BUS_ADDRESS", variable, 1), 0);

	assert_int_equal(libs_call(&request, 400, &answer, &e), -1);
	assert_string_equal(e.msg, "rt-libs: no answer in 0.4 s");
	assert_int_equal(e.errnum, ETIMEDOUT);
	assert_true(answer.unit_may_be_ours);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	(void)close(fd);
	(void)unlink(address.sun_path);
	(void)rmdir(dir);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lengths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
#ifdef HAVE_SYSTEMD
		cmocka_unit_test(test_call_that_hangs),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
