/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "state/state.h"

void state_print(const struct state *s, enum state_status status, const char *owner, struct json *j)
{
	json_begin_object(j);
	json_kv_string(j, "ociVersion", s->oci_version != NULL ? s->oci_version : STATE_OCI_VERSION);
	json_kv_string(j, "id", s->id);
	json_kv_i64(j, "pid", status == STATUS_STOPPED ? 0 : s->pid);
	json_kv_string(j, "status", state_status_name(status));
	json_kv_string(j, "bundle", s->bundle);
	if (s->rootfs != NULL)
		json_kv_string(j, "rootfs", s->rootfs);
	if (s->created != NULL)
		json_kv_string(j, "created", s->created);
	if (owner != NULL)
		json_kv_string(j, "owner", owner);
	if (s->annotations != NULL) {
		json_key(j, "annotations");
		json_raw(j, s->annotations, strlen(s->annotations));
	}
	json_end_object(j);
}
