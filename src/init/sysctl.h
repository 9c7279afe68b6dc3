/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_SYSCTL_H
#define RT_INIT_SYSCTL_H

#include "init/inside.h"

/* Step: plan->sysctls, through the private procfs. */
int sysctl_write_all(struct inside *in, struct err *e);

/* Steps: names of the UTS namespace. */
int sysctl_set_hostname(struct inside *in, struct err *e);
int sysctl_set_domainname(struct inside *in, struct err *e);

#endif
