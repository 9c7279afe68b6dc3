/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/sys.h"
#include "base/timestamp.h"

/* Longer than every message: an error is below ERR_MSG_MAX, a warning is cut. */
#define TEXT_MAX 1024

static struct {
	int fd;
	bool is_file;
	enum log_format format;
	enum log_level level;
} sink = { .fd = STDERR_FILENO, .level = LOG_WARNING };

static const char *const level_name[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

int log_open(const char *target, enum log_format format, enum log_level level, struct err *e)
{
	int fd;

	sink.format = format;
	sink.level = level;
	if (target == NULL || target[0] == '\0')
		return 0;
	if (strncmp(target, "journald:", 9) == 0 || strncmp(target, "syslog:", 7) == 0)
		return err_set(e, ERR_UNSUPPORTED, "log target \"%s\": only files are supported", target);
	if (strncmp(target, "file:", 5) == 0)
		target += 5;
	fd = sys_openat(AT_FDCWD, target, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(e, errno, "open log file %s", target);
	sink.fd = fd; /* open until the process ends */
	sink.is_file = true;
	return 0;
}

bool log_is_enabled(enum log_level level)
{
	return level <= sink.level;
}

/* One write(2) for one line, so that lines of several processes do not mix.  Failures are nobody's: a full disk or a
 * closed pipe on the log must not fail the command. */
static void write_line(int fd, const char *line, size_t len)
{
	ssize_t n;

	do
		n = write(fd, line, len);
	while (n < 0 && errno == EINTR);
}

static void write_json(enum log_level level, const char *msg, const struct err *error)
{
	struct timespec now = timestamp_now();
	char time[TIMESTAMP_SIZE];
	_cleanup_json_ struct json j = JSON_INIT(0);
	struct err ignored = ERR_INIT;
	const char *text;
	size_t len;

	json_begin_object(&j);
	json_kv_string(&j, "level", level_name[level]);
	json_kv_string(&j, "msg", msg);
	json_kv_string(&j, "time", timestamp_format(&now, time));
	if (error != NULL) {
		json_kv_string(&j, "code", err_kind_name(error->kind));
		if (error->hint[0] != '\0')
			json_kv_string(&j, "hint", error->hint);
	}
	json_end_object(&j);
	json_newline(&j);
	if (json_finish(&j, &text, &len, &ignored) == 0)
		write_line(sink.fd, text, len);
}

/* S in quotes, with quotes and backslashes in it escaped, as the text log of other runtimes has it. */
static void quote(const char *s, char *buf, size_t size)
{
	size_t used = 0;

	buf[used++] = '"';
	for (; *s != '\0' && used + 3 < size; s++) {
		if (*s == '"' || *s == '\\')
			buf[used++] = '\\';
		buf[used++] = *s;
	}
	buf[used++] = '"';
	buf[used] = '\0';
}

static void write_text(enum log_level level, const char *msg)
{
	struct timespec now = timestamp_now();
	char time[TIMESTAMP_SIZE];
	char quoted[2 * TEXT_MAX + 3];
	char line[2 * TEXT_MAX + 100];
	int n;

	quote(msg, quoted, sizeof(quoted));
	n = snprintf(line, sizeof(line), "time=\"%s\" level=%s msg=%s\n", timestamp_format(&now, time),
		     level_name[level], quoted);
	if (n > 0)
		write_line(sink.fd, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

/* For people, and for conmon, which reads all of standard error. */
static void write_stderr(const char *what, const char *msg)
{
	char line[TEXT_MAX + 32];
	int n = snprintf(line, sizeof(line), "rt: %s%s\n", what, msg);

	if (n > 0)
		write_line(STDERR_FILENO, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void log_error(const struct err *e)
{
	if (sink.format == LOG_FORMAT_JSON)
		write_json(LOG_ERROR, e->msg, e);
	else if (sink.is_file)
		write_text(LOG_ERROR, e->msg);
	if (sink.format == LOG_FORMAT_JSON && !sink.is_file)
		return;
	/* The hint first: engines and people take the last line for the cause. */
	if (e->hint[0] != '\0')
		write_stderr("hint: ", e->hint);
	write_stderr("", e->msg);
}

static void write_message(enum log_level level, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void write_message(enum log_level level, const char *fmt, va_list ap)
{
	char msg[TEXT_MAX];
	char *p;

	if (!log_is_enabled(level) || vsnprintf(msg, sizeof(msg), fmt, ap) < 0)
		return;
	/* What is quoted in it may hold anything; a message is one line. */
	for (p = msg; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	if (sink.format == LOG_FORMAT_JSON)
		write_json(level, msg, NULL);
	else if (sink.is_file)
		write_text(level, msg);
	else
		write_stderr(level == LOG_WARNING ? "warning: " : "", msg);
}

void log_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_message(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_message(LOG_INFO, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_message(LOG_DEBUG, fmt, ap);
	va_end(ap);
}
