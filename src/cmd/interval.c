/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/interval.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

int interval_parse(const char *text, uint64_t preset, uint64_t *ret, struct err *e)
{
	uint64_t interval = preset;

	if (text != NULL && duration_parse(text, &interval) < 0) {
		(void)err_set(e, ERR_USAGE, "option --interval: \"%s\" is not a duration", text);
		return err_hint(e, "such as 5s, 100ms or 1m30s");
	}
	if (interval == 0)
		return err_set(e, ERR_USAGE, "option --interval: the duration must be greater than 0");
	*ret = interval;
	return 0;
}

void interval_sleep(uint64_t nanoseconds)
{
	uint64_t deadline = clock_now_ns() + nanoseconds;
	const struct timespec t = { .tv_sec = (time_t)(deadline / NS_PER_S), .tv_nsec = (long)(deadline % NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

int interval_poll_timeout(uint64_t deadline)
{
	uint64_t now = clock_now_ns();
	uint64_t ms;

	if (deadline <= now)
		return 0;
	ms = (deadline - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
