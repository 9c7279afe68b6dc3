/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/request.h"

/* A command line, cut at blanks, and what it was read as. */
struct line {
	char text[512];
	char *argv[64];
	int argc;
	struct arena arena;
	struct args args;
	const struct verb *verb;
	struct err e;
};

static int read_line(struct line *l, const char *text)
{
	char *p = l->text;

	memset(l, 0, sizeof(*l));
	assert_true(strlen(text) < sizeof(l->text));
	(void)snprintf(l->text, sizeof(l->text), "%s", text);
	l->argv[l->argc++] = (char *)"rt";
	while (*p != '\0') {
		l->argv[l->argc++] = p;
		p += strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
		assert_true((size_t)l->argc < N_OF(l->argv) - 1);
	}
	return args_read(l->argc, l->argv, &l->arena, &l->args, &l->verb, &l->e);
}

static const struct args *accept(struct line *l, const char *text)
{
	if (read_line(l, text) < 0)
		fail_msg("rt %s: %s", text, l->e.msg);
	return &l->args;
}

static void refuse(const char *text, const char *msg)
{
	struct line l;

	if (read_line(&l, text) == 0)
		fail_msg("rt %s: was accepted", text);
	assert_int_equal(l.e.kind, ERR_USAGE);
	if (strstr(l.e.msg, msg) == NULL)
		fail_msg("rt %s: \"%s\" does not hold \"%s\"", text, l.e.msg, msg);
	arena_release(&l.arena);
}

/* What engines call: containerd's go-runc, conmon for podman and CRI-O, podman and CRI-O themselves. */

static void test_containerd_create(void **state)
{
	struct line l;
	const struct args *a = accept(&l, "--root /run/containerd/runc/default --log /b/log.json --log-format json "
					  "--systemd-cgroup create --bundle /b --pid-file /b/init.pid "
					  "--console-socket /tmp/pty.sock --pidfd-socket /tmp/pidfd.sock --no-pivot "
					  "--no-new-keyring --detach --preserve-fds 2 abc");

	(void)state;
	assert_string_equal(l.verb->name, "create");
	assert_int_equal(a->req.verb, REQUEST_CREATE);
	assert_string_equal(a->req.root, "/run/containerd/runc/default");
	assert_string_equal(a->log, "/b/log.json");
	assert_int_equal(a->log_format, LOG_FORMAT_JSON);
	assert_int_equal(a->req.cgroup_manager, REQUEST_SYSTEMD);
	assert_string_equal(a->req.bundle, "/b");
	assert_string_equal(a->req.pid_file, "/b/init.pid");
	assert_string_equal(a->req.console_socket, "/tmp/pty.sock");
	assert_string_equal(a->req.pidfd_socket, "/tmp/pidfd.sock");
	assert_true(a->req.no_pivot);
	assert_true(a->req.no_new_keyring);
	assert_int_equal(a->req.preserve_fds, 2);
	assert_string_equal(a->req.id, "abc");
	arena_release(&l.arena);
}

static void test_containerd_exec(void **state)
{
	struct line l;
	const struct args *a = accept(&l, "--root /r --debug --log /l --log-format json --rootless=false exec --process "
					  "/tmp/p --console-socket /c --detach --pid-file /p abc");

	(void)state;
	assert_int_equal(a->req.verb, REQUEST_EXEC);
	assert_int_equal(a->log_level, LOG_DEBUG);
	assert_int_equal(a->req.rootless, REQUEST_FALSE);
	assert_string_equal(a->req.process_file, "/tmp/p");
	assert_true(a->req.detach);
	assert_string_equal(a->req.id, "abc");
	assert_int_equal(a->n_operands, 1);
	arena_release(&l.arena);
}

static void test_containerd_others(void **state)
{
	struct line l;
	const struct args *a;

	(void)state;
	a = accept(&l, "--root /r --log /l --log-format json kill --all abc 9");
	assert_true(a->all);
	assert_string_equal(a->operands[1], "9");
	arena_release(&l.arena);
	a = accept(&l, "--root /r delete --force abc");
	assert_true(a->force);
	arena_release(&l.arena);
	a = accept(&l, "--root /r list --format=json");
	assert_int_equal(a->format, FORMAT_JSON);
	arena_release(&l.arena);
	a = accept(&l, "--root /r ps --format table abc -ef --sort pid");
	assert_int_equal(a->format, FORMAT_TABLE);
	assert_int_equal(a->n_operands, 4);
	assert_string_equal(a->operands[1], "-ef");
	assert_string_equal(a->operands[2], "--sort");
	arena_release(&l.arena);
	/* One dash before a long name, which go-runc writes. */
	a = accept(&l, "run -no-subreaper -bundle /b -detach=true abc");
	assert_true(a->req.no_subreaper);
	assert_string_equal(a->req.bundle, "/b");
	assert_true(a->req.detach);
	arena_release(&l.arena);
	(void)accept(&l, "features");
	assert_string_equal(l.verb->name, "features");
	arena_release(&l.arena);
}

static void test_conmon(void **state)
{
	struct line l;
	const struct args *a;

	(void)state;
	a = accept(&l, "--systemd-cgroup --log-format=json --log=/oci-log create --bundle /b --pid-file /p --no-pivot "
		       "--no-new-keyring --console-socket /c abc");
	assert_int_equal(a->req.cgroup_manager, REQUEST_SYSTEMD);
	assert_string_equal(a->log, "/oci-log");
	arena_release(&l.arena);
	a = accept(&l, "--root=/run/rt exec --pid-file /p --process /spec --detach --preserve-fds 1 abc");
	assert_string_equal(a->req.root, "/run/rt");
	assert_int_equal(a->req.preserve_fds, 1);
	arena_release(&l.arena);
}

static void test_podman_and_crio(void **state)
{
	struct line l;
	const struct args *a;

	(void)state;
	a = accept(&l, "--cgroup-manager=disabled --log-level=warning --rootless auto state abc");
	assert_int_equal(a->req.cgroup_manager, REQUEST_DISABLED);
	assert_int_equal(a->log_level, LOG_WARNING);
	assert_int_equal(a->req.rootless, REQUEST_AUTO);
	arena_release(&l.arena);
	a = accept(&l, "--root /r --systemd-cgroup kill -a abc KILL");
	assert_true(a->all);
	arena_release(&l.arena);
	/* All four together; the last word about cgroups counts. */
	a = accept(&l, "--rootless true --log-level error --systemd-cgroup --cgroup-manager cgroupfs start abc");
	assert_int_equal(a->req.cgroup_manager, REQUEST_CGROUPFS);
	arena_release(&l.arena);
}

/* Spelling. */

static void test_spellings_of_a_value(void **state)
{
	static const char *const lines[] = {
		"exec --user 1:2 id true",  "exec --user=1:2 id true", "exec -user 1:2 id true",
		"exec -user=1:2 id true",   "exec -u 1:2 id true",     "exec -u1:2 id true",
		"exec -u=1:2 id true",      "exec -tu 1:2 id true",
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(lines); i++) {
		struct line l;
		const struct args *a = accept(&l, lines[i]);

		assert_string_equal(a->req.user, "1:2");
		assert_string_equal(a->req.id, "id");
		assert_string_equal(a->operands[1], "true");
		assert_int_equal(a->n_operands, 2);
		assert_null(a->operands[2]);
		arena_release(&l.arena);
	}
}

static void test_spellings_of_a_flag(void **state)
{
	static const struct {
		const char *text;
		bool value;
	} rows[] = {
		{ "exec id true", false },        { "exec --tty id true", true },
		{ "exec -t id true", true },      { "exec -tty id true", true },
		{ "exec --tty=true id true", true }, { "exec --tty=false id true", false },
		{ "exec -t=false id true", false }, { "exec --tty=0 id true", false },
		{ "exec --tty=T id true", true }, { "exec -t --tty=false id true", false },
		{ "exec -dt id true", true },     { "exec -dt=false id true", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		struct line l;
		const struct args *a = accept(&l, rows[i].text);

		assert_int_equal(a->req.tty, rows[i].value);
		arena_release(&l.arena);
	}
}

static void test_lists_keep_their_order(void **state)
{
	struct line l;
	const struct args *a = accept(&l, "exec -e A=1 --env B=2 -eC=3 --env=D=x=y -g 5 -g 6 id true");
	static const char *const expected[] = { "A=1", "B=2", "C=3", "D=x=y" };
	size_t i;

	(void)state;
	assert_int_equal(a->req.env.n, N_OF(expected));
	for (i = 0; i < N_OF(expected); i++)
		assert_string_equal(a->req.env.items[i], expected[i]);
	assert_int_equal(a->req.additional_gids.n, 2);
	assert_string_equal(a->req.additional_gids.items[1], "6");
	assert_int_equal(a->req.caps.n, 0);
	arena_release(&l.arena);
}

static void test_options_and_operands_mix(void **state)
{
	static const char *const lines[] = {
		"create --bundle /b abc",
		"create abc --bundle /b",
		"create abc -b /b",
		"create --bundle /b -- abc",
	};
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(lines); i++) {
		struct line l;
		const struct args *a = accept(&l, lines[i]);

		assert_string_equal(a->req.id, "abc");
		assert_string_equal(a->req.bundle, "/b");
		arena_release(&l.arena);
	}
}

static void test_exec_leaves_the_command_alone(void **state)
{
	static const struct {
		const char *text;
		const char *operands[6];
	} rows[] = {
		{ "exec id ls -l --help", { "id", "ls", "-l", "--help" } },
		{ "exec -t id sh -c --tty", { "id", "sh", "-c", "--tty" } },
		{ "exec id -- ls -l", { "id", "ls", "-l" } },
		{ "exec id ls -- x", { "id", "ls", "--", "x" } },
		{ "exec -- id ls -l", { "id", "ls", "-l" } },
		{ "exec id - x", { "id", "-", "x" } },
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < N_OF(rows); i++) {
		struct line l;
		const struct args *a = accept(&l, rows[i].text);

		assert_false(a->help);
		for (k = 0; rows[i].operands[k] != NULL; k++)
			assert_string_equal(a->operands[k], rows[i].operands[k]);
		assert_int_equal(a->n_operands, k);
		assert_null(a->operands[k]);
		arena_release(&l.arena);
	}
}

static void test_empty_arguments(void **state)
{
	char *argv[] = { (char *)"rt", (char *)"exec", (char *)"--env", (char *)"", (char *)"--user=", (char *)"id", (char *)"", NULL };
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct args a = { .help = false };
	const struct verb *verb;
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(args_read(7, argv, &arena, &a, &verb, &e), &e);
	assert_int_equal(a.req.env.n, 1);
	assert_string_equal(a.req.env.items[0], "");
	assert_string_equal(a.req.user, "");
	assert_int_equal(a.n_operands, 2);
	assert_string_equal(a.operands[1], "");
}

static void test_help_and_version(void **state)
{
	static const char *const help[] = { "--help", "-h", "-help", "create --help", "create -h", "create abc -h x y",
					    "exec --help", "start --help" };
	static const char *const version[] = { "--version", "-v", "-V", "-version", "--root /r --version" };
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(help); i++) {
		assert_true(accept(&l, help[i])->help);
		assert_true((l.verb == NULL) == (help[i][0] == '-'));
		arena_release(&l.arena);
	}
	for (i = 0; i < N_OF(version); i++) {
		assert_true(accept(&l, version[i])->version);
		arena_release(&l.arena);
	}
}

/* Mistakes. */

static void test_unknown_names(void **state)
{
	(void)state;
	refuse("create --bundel x y", "create: unknown option \"--bundel\" (did you mean \"--bundle\"?)");
	refuse("create --bundel=x y", "unknown option \"--bundel\" (did you mean \"--bundle\"?)");
	refuse("create -bundel x y", "unknown option \"-bundel\" (did you mean \"--bundle\"?)");
	refuse("create --pidfile x y", "did you mean \"--pid-file\"?");
	refuse("--rot x list", "unknown option \"--rot\" (did you mean \"--root\"?)");
	refuse("create --frobnicate y", "unknown option \"--frobnicate\"");
	refuse("create --root /r y", "option \"--root\" is a global one: put it before the command");
	refuse("kill id -9", "unknown option \"-9\"");
	refuse("create --=x y", "unknown option \"--\"");
	refuse("create -=x y", "unknown option \"-\"");
	refuse("exec -tz id true", "unknown option \"-tz\"");
	refuse("lits", "unknown command \"lits\" (did you mean \"list\"?)");
	refuse("frobnicate", "unknown command \"frobnicate\"");
	refuse("completion", "unknown command \"completion\""); /* a hidden one is not offered */
	refuse("", "no command given");
}

static void test_an_error_applies_nothing_of_its_cluster(void **state)
{
	struct line l;

	(void)state;
	assert_true(read_line(&l, "exec -tz id true") < 0);
	assert_false(l.args.req.tty);
	arena_release(&l.arena);
}

static void test_bad_values(void **state)
{
	(void)state;
	refuse("create --bundle", "option --bundle needs a value: DIR");
	refuse("exec -u", "option --user needs a value: UID[:GID]");
	refuse("create --preserve-fds x y", "option --preserve-fds: \"x\" is not a number");
	refuse("create --preserve-fds -1 y", "\"-1\" is not a number");
	refuse("create --preserve-fds 4294967296 y", "is not a number from 0 to 4294967295");
	refuse("delete --force=maybe y", "option --force: \"maybe\" is neither true nor false");
	refuse("--log-format xml list", "invalid log-format: xml (not one of text, json)");
	refuse("--log-level loud list", "invalid log-level: loud (not one of error, warning, info, debug)");
	refuse("--cgroup-manager none list", "invalid cgroup-manager: none");
	refuse("--rootless perhaps list", "invalid rootless: perhaps");
	refuse("list -f yaml", "invalid format: yaml (not one of table, json)");
}

static void test_number_of_operands(void **state)
{
	(void)state;
	refuse("start", "\"start\" requires exactly 1 argument: ID");
	refuse("start a b", "\"start\" requires exactly 1 argument: ID");
	refuse("kill", "\"kill\" requires at least 1 argument: ID [SIGNAL]");
	refuse("kill a 9 b", "\"kill\" requires at most 2 arguments: ID [SIGNAL]");
	refuse("list x", "\"list\" takes no arguments");
	refuse("exec", "\"exec\" requires at least 1 argument");
}

/* The log that was asked for is known although the rest is wrong: containerd reads the error there. */
static void test_log_is_known_after_an_error(void **state)
{
	struct line l;

	(void)state;
	assert_true(read_line(&l, "--log /l --log-format json create --nonsense x") < 0);
	assert_string_equal(l.args.log, "/l");
	assert_int_equal(l.args.log_format, LOG_FORMAT_JSON);
	assert_string_not_equal(l.e.hint, "");
	arena_release(&l.arena);
}

/* The tables themselves. */

static const struct option_row *next_table(const struct verb *v, unsigned i)
{
	return v->options != NULL ? v->options[i] : NULL;
}

static void test_tables_are_complete(void **state)
{
	const struct verb *v;
	const struct option_row *row;
	unsigned i;

	(void)state;
	for (v = verbs; v->name != NULL; v++) {
		assert_true((v->run != NULL) != (v->run_status != NULL));
		assert_non_null(v->operands);
		assert_true(v->max_operands >= v->min_operands);
		assert_true(v->rest_after > 0);
		for (i = 0; next_table(v, i) != NULL; i++) {
			for (row = next_table(v, i); row->name != NULL; row++) {
				/* The first row of a name is the only one: no table hides another's. */
				assert_ptr_equal(options_find(v->options, row->name, strlen(row->name)), row);
				assert_true(row->hidden || row->help != NULL);
				assert_true(!option_takes_value(row) || row->arg != NULL);
				assert_true((row->kind == OPTION_WORD) == (row->words != NULL));
				assert_true(row->offset < sizeof(struct args));
			}
		}
		assert_true(i <= 6);
	}
}

static void test_no_letter_is_used_twice(void **state)
{
	const struct verb *v;
	const struct option_row *row;
	unsigned i;

	(void)state;
	for (v = verbs; v->name != NULL; v++) {
		bool seen[256] = { ['h'] = true };

		for (i = 0; next_table(v, i) != NULL; i++) {
			for (row = next_table(v, i); row->name != NULL; row++) {
				if (row->letter == 0)
					continue;
				if (seen[(unsigned char)row->letter])
					fail_msg("%s: -%c is used twice", v->name, row->letter);
				seen[(unsigned char)row->letter] = true;
			}
		}
	}
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(options_distance("", 0, ""), 0);
	assert_int_equal(options_distance("abc", 3, "abc"), 0);
	assert_int_equal(options_distance("abcx", 3, "abc"), 0);
	assert_int_equal(options_distance("abc", 3, ""), 3);
	assert_int_equal(options_distance("", 0, "abc"), 3);
	assert_int_equal(options_distance("kitten", 6, "sitting"), 3);
	assert_int_equal(options_distance("bundel", 6, "bundle"), 2);
	assert_true(options_distance("0123456789012345678901234567890123456789x", 41, "x") == SIZE_MAX);
}

/* The environment and the defaults. */

static int clear_environment(void **state)
{
	static const char *const names[] = { "XDG_RUNTIME_DIR", "USER", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID",
					     "LISTEN_FDNAMES" };
	size_t i;

	(void)state;
	for (i = 0; i < N_OF(names); i++)
		(void)unsetenv(names[i]);
	return 0;
}

static void test_default_root(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct request req = { .root = NULL };
	struct err e = ERR_INIT;

	(void)state;
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_string_equal(req.root, "/run/rt");
	/* A relative one is ignored, as the XDG specification has it. */
	(void)setenv("XDG_RUNTIME_DIR", "relative", 1);
	req.root = NULL;
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_string_equal(req.root, "/run/rt");
	/* Root by login has the system's directory, whatever is in the environment. */
	(void)setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	(void)setenv("USER", "root", 1);
	req.root = NULL;
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_string_equal(req.root, geteuid() == 0 ? "/run/rt" : "/run/user/7/rt");
}

static void test_given_root(void **state)
{
	static const struct {
		const char *given;
		const char *root; /* NULL: refused */
	} rows[] = {
		{ "/x", "/x" },   { "/x/", "/x" },   { "/x//y/../z", "/x/z" }, { "x", "/tmp/x" }, { "./x/", "/tmp/x" },
		{ "../x", "/x" }, { ".", "/tmp" },   { "/", NULL },            { "", NULL },      { "/..", NULL },
		{ "..", NULL },
	};
	size_t i;

	(void)state;
	assert_int_equal(chdir("/tmp"), 0);
	for (i = 0; i < N_OF(rows); i++) {
		_cleanup_arena_ struct arena a = ARENA_INIT;
		struct request req = { .root = rows[i].given };
		struct err e = ERR_INIT;

		if (rows[i].root == NULL) {
			assert_fails_with(request_complete(&req, &a, &e), &e, ERR_USAGE, "--root");
			continue;
		}
		assert_succeeds(request_complete(&req, &a, &e), &e);
		assert_string_equal(req.root, rows[i].root);
	}
}

static void test_listen_fds(void **state)
{
	_cleanup_arena_ struct arena a = ARENA_INIT;
	struct request req = { .root = "/x" };
	struct err e = ERR_INIT;
	char pid[24];

	(void)state;
	(void)setenv("LISTEN_FDS", "3", 1);
	(void)setenv("LISTEN_FDNAMES", "a:b:c", 1);
	(void)setenv("NOTIFY_SOCKET", "/run/notify", 1);
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_int_equal(req.listen_fds, 3);
	assert_string_equal(req.listen_fdnames, "a:b:c");
	assert_string_equal(req.notify_socket, "/run/notify");

	/* Meant for another process. */
	(void)setenv("LISTEN_PID", "1", 1);
	req.listen_fds = 0;
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_int_equal(req.listen_fds, 0);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	(void)setenv("LISTEN_PID", pid, 1);
	assert_succeeds(request_complete(&req, &a, &e), &e);
	assert_int_equal(req.listen_fds, 3);

	(void)setenv("LISTEN_FDS", "3x", 1);
	assert_fails_with(request_complete(&req, &a, &e), &e, ERR_USAGE, "LISTEN_FDS");
	(void)setenv("LISTEN_FDS", "4294967295", 1);
	assert_fails_with(request_complete(&req, &a, &e), &e, ERR_USAGE, "LISTEN_FDS");
	(void)setenv("LISTEN_FDS", "3", 1);
	(void)setenv("LISTEN_PID", "x", 1);
	assert_fails_with(request_complete(&req, &a, &e), &e, ERR_USAGE, "LISTEN_PID");
	(void)setenv("LISTEN_PID", pid, 1);
	req.preserve_fds = 0xffffffff;
	assert_fails_with(request_complete(&req, &a, &e), &e, ERR_USAGE, "--preserve-fds");
}

#define environment_test(f) cmocka_unit_test_setup_teardown(f, clear_environment, clear_environment)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_containerd_create),
		cmocka_unit_test(test_containerd_exec),
		cmocka_unit_test(test_containerd_others),
		cmocka_unit_test(test_conmon),
		cmocka_unit_test(test_podman_and_crio),
		cmocka_unit_test(test_spellings_of_a_value),
		cmocka_unit_test(test_spellings_of_a_flag),
		cmocka_unit_test(test_lists_keep_their_order),
		cmocka_unit_test(test_options_and_operands_mix),
		cmocka_unit_test(test_exec_leaves_the_command_alone),
		cmocka_unit_test(test_empty_arguments),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_an_error_applies_nothing_of_its_cluster),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_number_of_operands),
		cmocka_unit_test(test_log_is_known_after_an_error),
		cmocka_unit_test(test_tables_are_complete),
		cmocka_unit_test(test_no_letter_is_used_twice),
		cmocka_unit_test(test_distance),
		environment_test(test_default_root),
		environment_test(test_given_root),
		environment_test(test_listen_fds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
