/* SPDX-License-Identifier: Apache-2.0 */
#include "run/signals.h"

#include <fcntl.h>
#include <string.h>
#include <sys/types.h>

#include "base/fd.h"
#include "base/sys.h"

#define STATUS_SIZE 2048 /* the file has about 1500 bytes, and more behind what is asked for */

/* The value of STATUS's line "SigIgn:", 16 hexadecimal digits (proc_pid_status(5)).  All bits if it is not there. */
static uint64_t parse_ignored(const char *status)
{
	const char *line = strstr(status, "\nSigIgn:\t");
	uint64_t mask = 0;
	unsigned i;

	for (i = 0; line != NULL && i < 16; i++) {
		char c = line[9 + i];

		if (c >= '0' && c <= '9')
			mask = mask << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			mask = mask << 4 | (uint64_t)(c - 'a' + 10);
		else
			line = NULL;
	}
	return line != NULL ? mask : UINT64_MAX;
}

uint64_t signals_read_ignored(void)
{
	char text[STATUS_SIZE];
	/* "self": a procfs of another pid namespace has somebody else under our number. */
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC, 0);
	const ssize_t n = fd < 0 ? -1 : sys_read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return parse_ignored(text);
}
