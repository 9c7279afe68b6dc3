/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timestamp.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct civil {
	int64_t year;
	unsigned month;
	unsigned day;
};

/*
 * The date DAYS days after 1970-01-01.  The year is counted from March, so that the leap day is its last, and in
 * eras of 400 years, which all have 146097 days.
 */
static struct civil civil_from_days(int64_t days)
{
	int64_t shifted = days + 719468; /* days since 0000-03-01 */
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	unsigned day_of_era = (unsigned)(shifted - era * 146097);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month_from_march = (5 * day_of_year + 2) / 153;
	unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	return (struct civil){
		.year = era * 400 + year_of_era + (month <= 2),
		.month = month,
		.day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
	};
}

static size_t format_seconds(int64_t seconds, char *buf, size_t size)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	unsigned rest = (unsigned)(seconds - days * 86400);
	struct civil date = civil_from_days(days);
	int n = snprintf(buf, size, "%04lld-%02u-%02uT%02u:%02u:%02u", (long long)date.year, date.month, date.day,
			 rest / 3600, rest / 60 % 60, rest % 60);

	/* Some 292 billion years fit; a clock beyond that is cut, not overrun. */
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

const char *timestamp_format(const struct timespec *t, char buf[static TIMESTAMP_SIZE])
{
	size_t len = format_seconds(t->tv_sec, buf, TIMESTAMP_SIZE - 1);

	memcpy(buf + len, "Z", 2);
	return buf;
}

const char *timestamp_format_nano(const struct timespec *t, char buf[static TIMESTAMP_SIZE])
{
	size_t len = format_seconds(t->tv_sec, buf, TIMESTAMP_SIZE - 11);

	if (t->tv_nsec > 0 && t->tv_nsec < 1000000000L) {
		(void)snprintf(buf + len, 11, ".%09ld", t->tv_nsec); /* ten bytes and a NUL by the test above */
		len += 10;
		while (buf[len - 1] == '0')
			len--;
	}
	memcpy(buf + len, "Z", 2);
	return buf;
}

struct timespec timestamp_now(void)
{
	struct timespec t = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t); /* this clock always exists */
	return t;
}
