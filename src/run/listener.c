/* SPDX-License-Identifier: Apache-2.0 */
#include "run/listener.h"

#include "run/sendfd.h"

int listener_send(const struct plan_seccomp *seccomp, int notify_fd, pid_t pid, const struct state *s,
		  enum state_status status, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	const char *text;
	size_t len;

	json_begin_object(&j);
	json_kv_string(&j, "ociVersion", STATE_OCI_VERSION);
	json_key(&j, "fds");
	json_begin_array(&j);
	json_string(&j, "seccompFd");
	json_end_array(&j);
	json_kv_i64(&j, "pid", pid);
	if (seccomp->listener_metadata != NULL)
		json_kv_string(&j, "metadata", seccomp->listener_metadata);
	json_key(&j, "state");
	state_print(s, status, NULL, &j);
	json_end_object(&j);
	if (json_finish(&j, &text, &len, e) < 0 || sendfd_to_path(seccomp->listener_path, notify_fd, text, len, e) < 0)
		return err_prefix(e, "seccomp listener");
	return 0;
}
