/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/output.h"
#include "cmd/verbs.h"
#include "host/host.h"
#include "plan/features.h"
#include "version-commit.h"

int cmd_features(const struct args *args, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(2);
	struct host host;

	(void)args; /* the verb has no options */
	if (host_probe(HOST_SECCOMP, &host, e) < 0)
		return -1;
	features_print(PACKAGE_VERSION, RT_COMMIT, host.seccomp_flags, &j);
	return output_json(&j, e);
}
