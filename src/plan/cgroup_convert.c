/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/cgroup_convert.h"

/*
 * Logarithm and power of the base 2, without libm, to far more digits than the weights have.
 */

#define FRACTION_BITS 48

static double log2_of(uint64_t value)
{
	unsigned whole = 0;
	double x, fraction = 0, bit = 0.5;

	while (value >> (whole + 1))
		whole++;
	x = (double)value / (double)(1ULL << whole);
	for (unsigned i = 0; i < FRACTION_BITS; i++) {
		x *= x;
		if (x >= 2) {
			x /= 2;
			fraction += bit;
		}
		bit /= 2;
	}
	return whole + fraction;
}

/* For X >= 0. */
static double exp2_of(double x)
{
	const unsigned whole = (unsigned)x;
	const double y = (x - whole) * 0.69314718055994530942; /* ln 2 */
	double term = 1, sum = 1;

	for (unsigned n = 1; n < 24; n++) {
		term *= y / n;
		sum += term;
	}
	return sum * (double)(1ULL << whole);
}

uint32_t cgroup_convert_shares(uint64_t shares)
{
	double l, exponent, weight;
	uint32_t floor;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_of(shares);
	exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
	weight = exp2_of(exponent * 3.32192809488736234787); /* log2(10) */
	floor = (uint32_t)weight;
	/* Rounded up, but not for an error in the last digits: 1024 is 100. */
	return weight - floor > 1e-6 ? floor + 1 : floor;
}

uint32_t cgroup_convert_blkio_weight(uint32_t weight)
{
	if (weight < 10)
		return 1;
	return 1 + (weight - 10) * 9999 / 990;
}
