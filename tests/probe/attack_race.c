/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

int probe_swap(int argc, char **argv)
{
	const unsigned exchange = 1U << 1; /* RENAME_EXCHANGE */
	struct timespec now;
	uint32_t seconds;
	time_t until;
	unsigned i;

	(void)argc; /* main checked that there are three */
	if (num_parse_u32(argv[3], &seconds) < 0)
		return probe_fail(argv[3]);
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + (time_t)seconds;
	while (now.tv_sec < until) {
		for (i = 0; i < 1000; i++)
			if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], exchange) < 0)
				return probe_fail("renameat2");
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return 0;
}
