/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/output.h"

#include <unistd.h>

#include "base/io.h"

int output_json(struct json *j, struct err *e)
{
	const char *text;
	size_t len;

	json_newline(j);
	if (json_finish(j, &text, &len, e) < 0)
		return -1;
	return io_write_all(STDOUT_FILENO, text, len, "standard output", e);
}
