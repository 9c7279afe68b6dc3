/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/dump.h"

#include <stdio.h>

#include "plan/builder.h"
#include "plan/dump_parts.h"

#define FLAGS_SIZE 512

void dump_flags(struct json *j, const char *key, uint64_t flags, const struct dump_flag *names)
{
	char text[FLAGS_SIZE];
	size_t len = 0;

	text[0] = '\0';
	for (; names->name; names++) {
		if ((flags & names->value) != names->value)
			continue;
		len = plan_append(text, sizeof(text), len, len > 0 ? " " : "");
		len = plan_append(text, sizeof(text), len, names->name);
		flags &= ~names->value;
	}
	if (flags != 0) /* no bit goes without being seen */
		(void)snprintf(text + len, sizeof(text) - len, "%s0x%llx", len > 0 ? " " : "",
			       (unsigned long long)flags);
	json_kv_string(j, key, text);
}

void dump_flags_if(struct json *j, const char *key, uint64_t flags, const struct dump_flag *names)
{
	if (flags != 0)
		dump_flags(j, key, flags, names);
}

void dump_string_if(struct json *j, const char *key, const char *s)
{
	if (s)
		json_kv_string(j, key, s);
}

void dump_true_if(struct json *j, const char *key, bool v)
{
	if (v)
		json_kv_bool(j, key, true);
}

void dump_u64_if(struct json *j, const char *key, uint64_t v)
{
	if (v != 0)
		json_kv_u64(j, key, v);
}

void dump_i64_if(struct json *j, const char *key, int64_t v)
{
	if (v != 0)
		json_kv_i64(j, key, v);
}

void dump_strings(struct json *j, const char *key, const char *const *items, unsigned n)
{
	json_key(j, key);
	json_begin_array(j);
	for (unsigned i = 0; i < n; i++)
		json_string(j, items[i]);
	json_end_array(j);
}

void dump_vector(struct json *j, const char *key, const char *const *items)
{
	unsigned n = 0;

	while (items && items[n])
		n++;
	dump_strings(j, key, items, n);
}

void dump_maps_if(struct json *j, const char *key, const struct plan_id_map *maps, unsigned n)
{
	char text[48];

	if (n == 0)
		return;
	json_key(j, key);
	json_begin_array(j);
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "%u:%u:%u", maps[i].container_id, maps[i].host_id,
			       maps[i].size);
		json_string(j, text);
	}
	json_end_array(j);
}

static void dump_netdevs(struct json *j, const struct plan *p)
{
	if (p->n_netdevs == 0)
		return;
	json_key(j, "network_devices");
	json_begin_object(j);
	for (unsigned i = 0; i < p->n_netdevs; i++)
		json_kv_string(j, p->netdevs[i].host_name, p->netdevs[i].name);
	json_end_object(j);
}

static void dump_uts_and_sysctl(struct json *j, const struct plan *p)
{
	dump_string_if(j, "hostname", p->hostname);
	dump_string_if(j, "domainname", p->domainname);
	if (p->n_sysctls > 0) {
		json_key(j, "sysctl");
		json_begin_object(j);
		for (unsigned i = 0; i < p->n_sysctls; i++)
			json_kv_string(j, p->sysctls[i].path, p->sysctls[i].value);
		json_end_object(j);
	}
	dump_netdevs(j, p);
	dump_true_if(j, "bring_up_loopback", p->bring_up_loopback);
	if (p->new_session_keyring)
		dump_string_if(j, "session_keyring", p->keyring_name);
}

static void dump_rdt(struct json *j, const struct plan_rdt *rdt)
{
	if (!rdt->present)
		return;
	json_key(j, "rdt");
	json_begin_object(j);
	json_kv_string(j, "group", rdt->group);
	dump_true_if(j, "group_of_container", rdt->group_of_container);
	dump_true_if(j, "must_exist", rdt->must_exist);
	dump_true_if(j, "monitoring", rdt->monitoring);
	json_key(j, "schemata");
	json_begin_array(j);
	for (unsigned i = 0; i < rdt->n_lines; i++) {
		json_begin_object(j);
		json_kv_string(j, "text", rdt->lines[i].text);
		json_kv_string(j, "for", rdt->lines[i].pointer);
		dump_true_if(j, "compared", rdt->lines[i].is_compared);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static const char *fd_role_name(enum plan_fd_role role)
{
	switch (role) {
	case PLAN_FD_START:
		return "start";
	case PLAN_FD_RESULT:
		return "result";
	case PLAN_FD_NS:
		return "namespace";
	case PLAN_FD_CONTAINER:
		return "container";
	case PLAN_FD_SOURCE:
		return "mount_source";
	case PLAN_FD_DEVICE:
		return "device";
	case PLAN_FD_TRACE:
		return "trace";
	case PLAN_FD_HOOKS_OUTPUT:
		return "hooks_output";
	}
	return NULL;
}

static void dump_fds(struct json *j, const struct plan *p)
{
	json_key(j, "descriptors");
	json_begin_array(j);
	for (unsigned i = 0; i < p->n_fds; i++) {
		json_begin_object(j);
		json_kv_string(j, "role", fd_role_name(p->fds[i].role));
		json_kv_u64(j, "index", p->fds[i].index);
		dump_string_if(j, "path", p->fds[i].path);
		json_end_object(j);
	}
	json_end_array(j);
}

static void dump_stops(struct json *j, const struct plan *p)
{
	json_key(j, "stops");
	json_begin_array(j);
	for (unsigned i = 0; i < p->n_stops; i++)
		json_string(j, message_type_name(p->stops[i]));
	json_end_array(j);
}

static void dump_annotations(struct json *j, const struct plan *p)
{
	if (p->n_annotations == 0)
		return;
	json_key(j, "annotations");
	json_begin_object(j);
	for (unsigned i = 0; i < p->n_annotations; i++)
		json_kv_string(j, p->annotations[i].key, p->annotations[i].value);
	json_end_object(j);
}

/* In the order in which things happen, as far as there is one. */
void plan_dump(const struct plan *p, struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "kind", p->kind == PLAN_EXEC ? "exec" : "create");
	json_kv_string(j, "id", p->id);
	json_kv_string(j, "bundle", p->bundle);
	dump_cgroup(j, &p->cgroup);
	dump_rdt(j, &p->rdt);
	dump_namespaces(j, &p->ns);
	dump_fds(j, p);
	if (p->root.path)
		dump_root(j, p);
	if (p->kind == PLAN_CREATE) {
		dump_mounts(j, p);
		dump_devices(j, p);
	}
	dump_uts_and_sysctl(j, p);
	dump_process(j, &p->process);
	dump_hooks(j, &p->hooks);
	dump_seccomp(j, p);
	dump_stops(j, p);
	json_kv_bool(j, "wait_for_start", p->wait_for_start);
	dump_string_if(j, "notify_socket", p->notify_socket);
	dump_string_if(j, "pidfd_receiver", p->pidfd_receiver);
	dump_annotations(j, p);
	if (p->n_warnings > 0)
		dump_strings(j, "warnings", p->warnings, p->n_warnings);
	json_end_object(j);
}
