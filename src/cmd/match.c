/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/match.h"

#include <errno.h>
#include <regex.h>

#include "base/fd.h"
#include "base/log.h"
#include "state/state.h"

static int call_for_matches(const struct args *args, const regex_t *pattern, match_action *action, struct err *e)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	_cleanup_fd_ int root_fd = state_open_root(args->req.root, false, e);
	const char *const *ids;
	int result = 0;
	size_t i, n;

	if (root_fd < 0 && e->errnum == ENOENT) {
		err_clear(e);
		return 0; /* nothing was ever created: nothing matches */
	}
	if (root_fd < 0 || state_list(root_fd, &a, &ids, &n, e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		struct request req = args->req;
		struct err one = ERR_INIT;

		if (regexec(pattern, ids[i], 0, NULL, 0) != 0)
			continue;
		req.id = ids[i];
		if (action(args, &req, &one) == 0)
			continue;
		if (result < 0)
			log_warning("%s", one.msg);
		else
			*e = one;
		result = -1;
	}
	return result;
}

int match_containers(const struct args *args, match_action *action, struct err *e)
{
	regex_t pattern;
	char why[100];
	int r;

	if (!args->regex)
		return action(args, &args->req, e);
	r = regcomp(&pattern, args->req.id, REG_EXTENDED | REG_NOSUB);
	if (r != 0) {
		(void)regerror(r, &pattern, why, sizeof(why));
		return err_set(e, ERR_USAGE, "regular expression \"%s\": %s", args->req.id, why);
	}
	r = call_for_matches(args, &pattern, action, e);
	regfree(&pattern);
	return r;
}
