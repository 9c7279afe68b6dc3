/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/dry_run.h"

#include "cmd/check_paths.h"
#include "host/host.h"

int dry_run(const struct request *req, const struct bundle *bundle, bool find_all, struct arena *a,
	    struct findings *findings, const struct plan **ret_plan, struct err *e)
{
	struct plan_document *doc;
	struct host host;
	int r;

	if (find_all)
		r = plan_document_decode_all(bundle->config, bundle->config_len, bundle->name, a, findings, &doc, e);
	else
		r = plan_document_decode(bundle->config, bundle->config_len, bundle->name, a, &doc, e);
	if (r < 0 || host_probe(plan_needs(doc, req), &host, e) < 0)
		return -1;
	if (find_all) {
		r = plan_build_partial(doc, NULL, req, &host, bundle->path, NULL, a, findings, ret_plan, e);
		if (r == 0)
			check_paths(doc, *ret_plan, findings);
		return r;
	}
	return plan_build(doc, NULL, req, &host, bundle->path, NULL, a, findings, ret_plan, e);
}
