/* SPDX-License-Identifier: Apache-2.0 */
#include "base/duration.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"

#define DIGITS "0123456789"
#define DIGITS_MAX 18 /* so that a number and its scale fit 64 bits */

static const struct unit {
	const char *name;
	uint64_t nanoseconds;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 }, /* U+00B5, micro sign */
	{ "\xce\xbcs", 1000 }, /* U+03BC, Greek mu */
	{ "ms", 1000000 },
	{ "s", UINT64_C(1000000000) },
	{ "m", UINT64_C(60000000000) },
	{ "h", UINT64_C(3600000000000) },
};

static int fail(int errnum)
{
	errno = errnum;
	return -1;
}

/* The number that LEN digits are; none are 0. */
static int parse_digits(const char *text, size_t len, uint64_t *ret)
{
	char number[DIGITS_MAX + 1];

	if (len > DIGITS_MAX)
		return fail(ERANGE);
	if (len == 0) {
		*ret = 0;
		return 0;
	}
	memcpy(number, text, len);
	number[len] = '\0';
	return num_parse_u64(number, ret);
}

static const struct unit *find_unit(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strncmp(units[i].name, text, len) == 0 && units[i].name[len] == '\0')
			return &units[i];
	return NULL;
}

/* What LEN digits behind a point are of UNIT, in nanoseconds; what is less than one is cut off. */
static uint64_t scale_fraction(const char *digits, size_t len, uint64_t unit)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len && unit > 0; i++) {
		uint64_t digit = (uint64_t)(digits[i] - '0');

		/* The next digit counts for a tenth: multiplied before it is divided, for the minute's sake. */
		sum += digit * unit / 10;
		unit /= 10;
	}
	return sum;
}

/* One number with its unit.  *TEXT moves behind it. */
static int parse_part(const char **text, uint64_t *ret)
{
	const char *whole = *text;
	size_t whole_len = span_of(whole, DIGITS);
	const char *fraction = whole + whole_len;
	size_t fraction_len = 0;
	const struct unit *unit;
	const char *name;
	size_t name_len;
	uint64_t n;

	if (*fraction == '.') {
		fraction++;
		fraction_len = span_of(fraction, DIGITS);
	}
	if (whole_len + fraction_len == 0)
		return fail(EINVAL);
	name = fraction + fraction_len;
	name_len = span_until(name, DIGITS ".");
	unit = find_unit(name, name_len);
	if (name_len == 0 || unit == NULL)
		return fail(EINVAL);
	if (parse_digits(whole, whole_len, &n) < 0)
		return -1;
	if (__builtin_mul_overflow(n, unit->nanoseconds, &n) ||
	    __builtin_add_overflow(n, scale_fraction(fraction, fraction_len, unit->nanoseconds), &n))
		return fail(ERANGE);
	*ret = n;
	*text = name + name_len;
	return 0;
}

int duration_parse(const char *text, uint64_t *ret)
{
	uint64_t sum = 0;

	if (strcmp(text, "0") == 0) {
		*ret = 0;
		return 0;
	}
	if (*text == '\0')
		return fail(EINVAL);
	while (*text != '\0') {
		uint64_t part;

		if (parse_part(&text, &part) < 0)
			return -1;
		if (__builtin_add_overflow(sum, part, &sum) || sum > INT64_MAX)
			return fail(ERANGE);
	}
	*ret = sum;
	return 0;
}
