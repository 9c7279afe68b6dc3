/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/answer.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sys.h"

/* A byte more than the largest record, so that a longer datagram shows. */
#define RECORD_MAX (sizeof(struct libs_done) + BPF_MAXINSNS * sizeof(struct sock_filter))
#define BUFFER_SIZE (RECORD_MAX + 1)

#define ERRNO_MAX 4095 /* of the kernel */

_Static_assert(sizeof(struct libs_done) % _Alignof(uint64_t) == 0, "instructions follow");

static int refuse(const char *why, struct err *e)
{
	return err_set(e, ERR_INTERNAL, "rt-libs: malformed answer: %s", why);
}

static bool is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static int take_log(const char *record, size_t len, unsigned *n_logs, struct err *e)
{
	struct libs_log log;

	if (len != sizeof(log))
		return refuse("length of a log record", e);
	memcpy(&log, record, sizeof(log));
	if (!is_text(log.text, sizeof(log.text)))
		return refuse("log text without an end", e);
	if (++*n_logs > ANSWER_LOGS_MAX)
		return 0;
	if (log.level == LOG_WARNING)
		log_warning("%s", log.text);
	else
		log_debug("%s", log.text);
	return 0;
}

static int take_done(const char *record, size_t len, struct answer *ret, struct err *e)
{
	struct libs_done done;
	struct sock_filter *insns = NULL;
	size_t size;

	if (len < sizeof(done))
		return refuse("length of the last record", e);
	memcpy(&done, record, sizeof(done));
	size = done.n_insns * sizeof(*insns);
	if (done.n_insns > BPF_MAXINSNS || len - sizeof(done) != size)
		return refuse("number of instructions", e);
	if ((unsigned)done.err.kind >= ERR_KIND_COUNT || done.err.errnum < 0 || done.err.errnum > ERRNO_MAX ||
	    !is_text(done.err.msg, sizeof(done.err.msg)) || !is_text(done.err.hint, sizeof(done.err.hint)))
		return refuse("error", e);
	if (!is_text(done.library, sizeof(done.library)) || (done.library[0] != '\0' && done.library[0] != '/'))
		return refuse("path of a library", e);
	if (size > 0) {
		insns = malloc(size);
		if (insns == NULL)
			return err_errno(e, ENOMEM, "take the answer of rt-libs");
		memcpy(insns, record + sizeof(done), size);
	}
	*ret = (struct answer){
		.err = done.err,
		.unit_may_be_ours = done.unit_may_be_ours != 0,
		.insns = insns,
		.n_insns = done.n_insns,
	};
	memcpy(ret->library, done.library, sizeof(ret->library));
	return 0;
}

/* 1 readable or closed, 0 too late, -1. */
static int wait_for_record(int sock, int64_t deadline, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = sock, .events = POLLIN };
		const int64_t left = deadline - clock_now_ms();
		const int r = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (r >= 0)
			return r;
		if (errno != EINTR)
			return err_errno(e, errno, "wait for rt-libs");
	}
}

static int receive(int sock, char *buffer, unsigned timeout_ms, struct answer *ret, struct err *e)
{
	const int64_t deadline = clock_now_ms() + timeout_ms;
	unsigned n_logs = 0;

	for (;;) {
		uint32_t record;
		ssize_t n;
		int r = wait_for_record(sock, deadline, e);

		if (r < 0)
			return -1;
		if (r == 0) {
			(void)err_set(e, ERR_SYSTEM, "rt-libs: no answer in %u.%u s", timeout_ms / 1000,
				      timeout_ms % 1000 / 100);
			e->errnum = ETIMEDOUT;
			return -1;
		}
		n = sys_read(sock, buffer, BUFFER_SIZE);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return 0;
		if (n < 0)
			return err_errno(e, errno, "read the answer of rt-libs");
		if ((size_t)n < sizeof(record))
			return refuse("short record", e);
		memcpy(&record, buffer, sizeof(record));
		if (record == LIBS_DONE)
			return take_done(buffer, (size_t)n, ret, e) < 0 ? -1 : 1;
		if (record != LIBS_LOG)
			return refuse("unknown record", e);
		if (take_log(buffer, (size_t)n, &n_logs, e) < 0)
			return -1;
	}
}

int answer_receive(int sock, unsigned timeout_ms, struct answer *ret, struct err *e)
{
	char *buffer = malloc(BUFFER_SIZE);
	int r;

	if (buffer == NULL)
		return err_errno(e, ENOMEM, "take the answer of rt-libs");
	r = receive(sock, buffer, timeout_ms, ret, e);
	free(buffer);
	return r;
}

void answer_release(struct answer *a)
{
	free(a->insns);
	a->insns = NULL;
	a->n_insns = 0;
}
