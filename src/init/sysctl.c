/* SPDX-License-Identifier: Apache-2.0 */
#include "init/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sys.h"
#include "init/procfs.h"

/* The deepest real keys are below 100 bytes. */
#define SYSCTL_PATH_MAX 256

static int write_one(const struct inside *in, const struct plan_sysctl *s, struct err *e)
{
	char path[SYSCTL_PATH_MAX];
	int n = snprintf(path, sizeof(path), "sys/%s", s->path);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, ERR_CONFIG, "the key is too long");
	return procfs_write(in, path, s->value, e);
}

int sysctl_write_all(struct inside *in, struct err *e)
{
	unsigned i;

	for (i = 0; i < in->plan->n_sysctls; i++)
		if (write_one(in, &in->plan->sysctls[i], e) < 0)
			return err_prefix(e, "%s", in->plan->sysctls[i].key);
	return 0;
}

int sysctl_set_hostname(struct inside *in, struct err *e)
{
	if (sys_sethostname(in->plan->hostname, strlen(in->plan->hostname)) < 0)
		return err_errno(e, errno, "set \"%s\"", in->plan->hostname);
	return 0;
}

int sysctl_set_domainname(struct inside *in, struct err *e)
{
	if (sys_setdomainname(in->plan->domainname, strlen(in->plan->domainname)) < 0)
		return err_errno(e, errno, "set \"%s\"", in->plan->domainname);
	return 0;
}
