/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/usage.h"
#include "cmd/verbs.h"

int cmd_help(const struct args *args, struct err *e)
{
	const struct verb *verb;

	if (args->n_operands == 0) {
		usage_print(stdout);
		return 0;
	}
	verb = verb_find(args->operands[0]);
	if (verb == NULL)
		return args_refuse_verb(args->operands[0], e);
	usage_print_verb(verb, stdout);
	return 0;
}
