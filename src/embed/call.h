/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_EMBED_CALL_H
#define RT_EMBED_CALL_H

#include "base/err.h"
#include "embed/answer.h"
#include "libs/libs.h"

/*
 * Runs rt-libs for one REQUEST, on the side of the host: in the namespaces, the cgroup and with the rights of rt, with
 * no descriptors but its own two and standard error, and with the few variables of the environment that its libraries
 * read.  It dies with rt.
 *
 * 0 with a positive answer in RET, for answer_release().  -1: what rt-libs says has failed, or that it can not be run,
 * has ended without an answer ("signal: SIGSEGV"), or has not answered in TIMEOUT_MS (errnum ETIMEDOUT; it is killed).
 * RET->unit_may_be_ours is always set.
 */
int libs_call(const struct libs_request *request, unsigned timeout_ms, struct answer *ret, struct err *e);

#endif
