/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as state.json: what is accepted keeps what later verbs rely on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct state s;

	if (state_decode((const char *)data, size, &a, &s, &e) < 0) {
		require(e.kind == ERR_STATE && e.msg[0] != '\0', "a refusal says why");
		return 0;
	}
	require(s.version == STATE_VERSION, "the version is known");
	require(s.id != NULL && s.bundle != NULL && s.boot_id != NULL, "who it is");
	require(!s.complete || s.pid > 0, "a complete state has a pid");
	require(s.cgroup.path != NULL && s.cgroup.mount != NULL, "the cgroup is no NULL");
	require(s.annotations == NULL || (s.annotations[0] == '{' && s.annotations[strlen(s.annotations) - 1] == '}'),
		"annotations are an object");
	return 0;
}
