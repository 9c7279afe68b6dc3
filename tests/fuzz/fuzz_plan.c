/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a config.json, for several hosts and verbs.  Beyond what the sanitizers see:
 *   - a document either has an error among its findings, or a plan;
 *   - a finding has a text, an error a place in the file or an option that it is about;
 *   - what was planned prints, ends with READY, and is the same when it is planned again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/hosts.h"
#include "plan/build.h"
#include "plan/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* Not the options of exec, on the command line or as the process that they make. */
static int is_about_document(const struct finding *f)
{
	return f->kind != ERR_USAGE && (!f->file || strcmp(f->file, "exec") != 0);
}

static void check_findings(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		require(f->items[i].text && f->items[i].text[0] != '\0', "a finding has a text");
		require(!is_about_document(&f->items[i]) || (f->items[i].line >= 1 && f->items[i].column >= 1),
			"a finding has a place");
	}
}

/* The plan as text in J; NULL where there is none. */
static const char *print(const struct plan_document *doc, const struct request *req, const struct host *host,
			 struct json *j)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	const struct plan_container container = { .cgroup_path = "/x", .ns_flags = 0x20020000 };
	struct findings findings = FINDINGS_INIT(&a);
	const struct plan *plan = NULL;
	struct err e = ERR_INIT;
	const char *text;
	size_t len;
	int r;

	r = plan_build(doc, NULL, req, host, "/bundle", &container, &a, &findings, &plan, &e);
	check_findings(&findings);
	require((r < 0) == (findings.n_errors > 0), "an error is among the findings, and only then there is no plan");
	require(r == 0 || e.msg[0] != '\0', "a failure has a message");
	if (r < 0)
		return NULL;
	require(plan->n_stops > 0 && plan->stops[plan->n_stops - 1] == MESSAGE_READY, "the last stop is READY");
	plan_dump(plan, j);
	require(json_finish(j, &text, &len, &e) == 0, "a plan prints");
	return text;
}

static void check_host(const struct plan_document *doc, const struct host *host, enum request_verb verb,
		       enum request_cgroup_manager manager)
{
	static const char *const argv[] = { "true", NULL };
	const struct request req = {
		.verb = verb, .cgroup_manager = manager, .id = "fuzz", .root = "/run/rt", .argv = argv
	};
	_cleanup_json_ struct json first = JSON_INIT(2), second = JSON_INIT(2);
	const char *text = print(doc, &req, host, &first);
	const char *again = print(doc, &req, host, &second);

	require((text == NULL) == (again == NULL), "a plan does not come and go");
	require(!text || strcmp(text, again) == 0, "a plan is a function of what it is made from");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct plan_document *doc;
	struct err e = ERR_INIT;

	if (plan_document_decode((const char *)data, size, "config.json", &a, &doc, &e) < 0)
		return 0;
	check_host(doc, golden_host_find("linux-6.18"), REQUEST_RUN, REQUEST_CGROUPFS);
	check_host(doc, golden_host_find("linux-6.18"), REQUEST_OTHER, REQUEST_SYSTEMD);
	check_host(doc, golden_host_find("linux-5.10"), REQUEST_OTHER, REQUEST_CGROUPFS);
	check_host(doc, golden_host_find("rootless"), REQUEST_OTHER, REQUEST_CGROUPFS);
	check_host(doc, golden_host_find("hybrid"), REQUEST_EXEC, REQUEST_CGROUPFS);
	return 0;
}
