/* SPDX-License-Identifier: Apache-2.0 */
#include "run/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "base/sys.h"

#ifdef RT_FAULT_INJECTION
/* "N" or "N:ERRNO"; NUMBER is 0 where the variable is not set. */
static int read_variable(const char *name, uint32_t *ret_number, int *ret_errnum, struct err *e)
{
	const char *value = getenv(name);
	char number[16];
	size_t len;
	int errnum = EIO;

	*ret_number = 0;
	*ret_errnum = 0;
	if (value == NULL)
		return 0;
	len = span_until(value, ":");
	if (len >= sizeof(number))
		return err_set(e, ERR_USAGE, "%s: too long", name);
	memcpy(number, value, len);
	number[len] = '\0';
	if (num_parse_u32(number, ret_number) < 0 || (value[len] == ':' && num_parse_int(value + len + 1, &errnum) < 0))
		return err_set(e, ERR_USAGE, "%s: expected NUMBER or NUMBER:ERRNO", name);
	*ret_errnum = errnum;
	return 0;
}

int fault_arm_self(struct err *e)
{
	uint32_t number;
	int errnum;

	if (read_variable("RT_FAULT", &number, &errnum, e) < 0)
		return -1;
	sys_fault_set(number, errnum);
	return 0;
}

int fault_arm_init(struct message_hello *hello, struct err *e)
{
	return read_variable("RT_FAULT_INIT", &hello->fault, &hello->fault_errno, e);
}
#else
int fault_arm_self(struct err *e)
{
	(void)e;
	return 0;
}

int fault_arm_init(struct message_hello *hello, struct err *e)
{
	(void)e;
	hello->fault = 0;
	hello->fault_errno = 0;
	return 0;
}
#endif
