/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>

static int refuse(int errnum)
{
	errno = errnum;
	return -1;
}

/* 16 and more: no digit. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* The digits of S in BASE up to its end, at most MAX. */
static int parse_digits(const char *s, unsigned base, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (*s == '\0')
		return refuse(EINVAL);
	for (; *s != '\0'; s++) {
		unsigned digit = digit_value(*s);

		if (digit >= base)
			return refuse(EINVAL);
		if (value > (max - digit) / base) {
			/* Garbage behind a large number is garbage first. */
			for (s++; *s != '\0'; s++)
				if (digit_value(*s) >= base)
					return refuse(EINVAL);
			return refuse(ERANGE);
		}
		value = value * base + digit;
	}
	*ret = value;
	return 0;
}

int num_parse_u64(const char *s, uint64_t *ret)
{
	return parse_digits(s, 10, UINT64_MAX, ret);
}

int num_parse_i64(const char *s, int64_t *ret)
{
	bool negative = *s == '-';
	uint64_t magnitude;

	if (parse_digits(s + negative, 10, (uint64_t)INT64_MAX + negative, &magnitude) < 0)
		return -1;
	/* Through -1: the magnitude of INT64_MIN is no int64_t. */
	*ret = negative && magnitude > 0 ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
	return 0;
}

int num_parse_u32(const char *s, uint32_t *ret)
{
	uint64_t value;

	if (parse_digits(s, 10, UINT32_MAX, &value) < 0)
		return -1;
	*ret = (uint32_t)value;
	return 0;
}

int num_parse_int(const char *s, int *ret)
{
	int64_t value;

	if (num_parse_i64(s, &value) < 0)
		return -1;
	if (value < INT_MIN || value > INT_MAX)
		return refuse(ERANGE);
	*ret = (int)value;
	return 0;
}

int num_parse_mode(const char *s, uint32_t *ret)
{
	uint64_t value;

	if (parse_digits(s, 8, 07777, &value) < 0)
		return -1;
	*ret = (uint32_t)value;
	return 0;
}

int num_parse_mask(const char *s, uint64_t *ret)
{
	return parse_digits(s, 16, UINT64_MAX, ret);
}

char *num_format_u64(uint64_t value, char buf[static 21])
{
	char reversed[20];
	unsigned n = 0;
	unsigned i;

	do {
		reversed[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	for (i = 0; i < n; i++)
		buf[i] = reversed[n - 1 - i];
	buf[n] = '\0';
	return buf;
}
