/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/sys.h"
#include "libs/libs.h"

static struct {
	int sock;
} sink = { .sock = -EBADF };

void report_open(int sock)
{
	sink.sock = sock;
}

static void report(enum log_level level, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void report(enum log_level level, const char *fmt, va_list ap)
{
	struct libs_log log;

	if (sink.sock < 0)
		return;
	memset(&log, 0, sizeof(log));
	log.record = LIBS_LOG;
	log.level = level;
	(void)vsnprintf(log.text, sizeof(log.text), fmt, ap); /* a line may be cut */
	(void)sys_write(sink.sock, &log, sizeof(log));        /* without rt this process ends anyway */
}

void report_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void report_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(LOG_DEBUG, fmt, ap);
	va_end(ap);
}
