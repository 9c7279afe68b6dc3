/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "libocispec/codec.h"
#include "plan/builder.h"

static struct plan_document *make(struct arena *a, const char *bytes, size_t len, const char *name)
{
	struct plan_document *doc = arena_new(a, struct plan_document);

	if (doc)
		*doc = (struct plan_document){ .bytes = bytes, .len = len, .name = arena_strdup(a, name) };
	return doc;
}

int plan_document_decode(const char *config, size_t len, const char *name, struct arena *a,
			 struct plan_document **ret_doc, struct err *e)
{
	return plan_document_decode_all(config, len, name, a, NULL, ret_doc, e);
}

int plan_document_decode_all(const char *config, size_t len, const char *name, struct arena *a,
			     struct findings *findings, struct plan_document **ret_doc, struct err *e)
{
	struct plan_document *doc = make(a, config, len, name);
	struct oci_report report = { .n = 0 };
	int r;

	if (!doc) {
		(void)arena_check(a, e); /* it says that there is no memory */
		return -1;
	}
	r = oci_config_decode(config, len, name, a, findings ? &report : NULL, &doc->config, e);
	for (size_t i = 0; findings && i < report.n; i++) {
		const struct oci_finding *item = &report.items[i];
		const bool unknown = item->severity == OCI_FINDING_UNKNOWN;
		const unsigned n_before = findings->n;

		findings_add(findings, unknown ? FINDING_WARNING : FINDING_ERROR, ERR_CONFIG,
			     unknown ? "config.md#extensibility" : "config.md#valid-values", item->pointer, "%s",
			     item->text);
		if (findings->n == n_before)
			break;
		findings->items[n_before].file = doc->name;
		findings->items[n_before].line = item->line;
		findings->items[n_before].column = item->column;
	}
	if (r == 0)
		*ret_doc = doc;
	return r;
}

int plan_process_document_decode(const char *bytes, size_t len, const char *name, struct arena *a,
				 struct plan_document **ret_doc, struct err *e)
{
	struct plan_document *doc = make(a, bytes, len, name);

	if (!doc) {
		(void)arena_check(a, e); /* it says that there is no memory */
		return -1;
	}
	if (oci_process_decode(bytes, len, name, a, NULL, &doc->process, e) < 0)
		return -1;
	*ret_doc = doc;
	return 0;
}

void plan_document_annotations(const struct plan_document *doc, const struct plan_annotation **ret,
			       unsigned *ret_n)
{
	/* The same two members, in the same order. */
	_Static_assert(sizeof(struct plan_annotation) == sizeof(struct oci_pair), "an annotation is a pair");
	*ret = (const struct plan_annotation *)doc->config->annotations.items;
	*ret_n = (unsigned)doc->config->annotations.n;
}

static bool has_limits(const struct oci_resources *r)
{
	return r && (r->memory || r->cpu || r->pids || r->block_io || r->hugepage_limits.n > 0 || r->rdma.n > 0 ||
		     r->unified.n > 0);
}

static bool has_label(const struct oci_config *c, const struct request *req)
{
	return (c->process && (c->process->apparmor_profile || c->process->selinux_label)) ||
	       (c->linux_ && c->linux_->mount_label) || req->apparmor || req->process_label || req->process_file;
}

static bool has_time_ns(const struct oci_config *c)
{
	for (size_t i = 0; c->linux_ && i < c->linux_->namespaces.n; i++) {
		const char *type = c->linux_->namespaces.items[i].type;

		if (type && strcmp(type, "time") == 0)
			return true;
	}
	return false;
}

uint32_t plan_needs(const struct plan_document *doc, const struct request *req)
{
	const struct oci_config *c = doc->config;
	uint32_t needs = HOST_IDENTITY | HOST_KERNEL;

	if (has_label(c, req))
		needs |= HOST_LSM;
	if (c->linux_ && c->linux_->seccomp)
		needs |= HOST_SECCOMP;
	if (req->verb == REQUEST_EXEC)
		return needs;
	if (has_time_ns(c))
		needs |= HOST_TIME_NS;
	needs |= HOST_CGROUP; /* without a cgroup of its own, too: a cgroup mount wants to know the layout */
	if (req->cgroup_manager == REQUEST_SYSTEMD)
		needs |= HOST_SYSTEMD;
	if (req->cgroup_manager != REQUEST_DISABLED &&
	    (!c->linux_ || !c->linux_->cgroups_path || c->linux_->cgroups_path[0] != '/'))
		needs |= HOST_CGROUP_OWN;
	if (c->linux_ && has_limits(c->linux_->resources))
		needs |= HOST_CGROUP_CONTROLLERS;
	return needs;
}
