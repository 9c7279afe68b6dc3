/* SPDX-License-Identifier: Apache-2.0 */
/* What is said where newuidmap(1) has failed, by ranges in files of a directory in the place of the host's root. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/idmap_explain.h"

static char root[64];

static void name(char path[static 128], const char *file)
{
	(void)snprintf(path, 128, "%s%s", root, file);
}

static int make_root(void **state)
{
	char path[128];

	(void)state;
	(void)strncpy(root, "/tmp/rt-test-idmap-XXXXXX", sizeof(root) - 1);
	if (mkdtemp(root) == NULL)
		return -1;
	name(path, "/etc");
	return mkdir(path, 0755);
}

static int remove_root(void **state)
{
	static const char *const files[] = { "/etc/passwd", "/etc/subuid", "/bin/newuidmap", "/bin", "/etc", "" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < N_OF(files); i++) {
		name(path, files[i]);
		if (remove(path) < 0 && errno != ENOENT)
			return -1;
	}
	return 0;
}

static void put(const char *file, const char *text, mode_t mode)
{
	char path[128];
	int fd;

	name(path, file);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

/* newuidmap is there and has its rights; root alone can make such a file, others go by that of the host. */
static void make_helper(struct idmap_helper *h)
{
	char path[128];

	if (geteuid() != 0)
		skip();
	name(path, "/bin");
	assert_int_equal(mkdir(path, 0755), 0);
	put("/bin/newuidmap", "#!/bin/false\n", 04755);
	h->path = "/none:/bin";
}

static struct idmap_helper helper(void)
{
	return (struct idmap_helper){
		.program = "newuidmap",
		.ranges = "/etc/subuid",
		.option = "--add-subuids",
		.own_id = 1000,
		.uid = 1000,
		.path = "/none",
		.root = root,
	};
}

static const struct plan_id_map maps[] = { { 0, 1000, 1 }, { 1, 100000, 65536 } };

static void expect(const struct idmap_helper *h, const char *hint)
{
	struct err e = ERR_INIT;

	(void)err_set(&e, ERR_SYSTEM, "exit status 1");
	idmap_explain(h, maps, N_OF(maps), &e);
	if (hint[0] == '\0')
		assert_string_equal(e.hint, "");
	else if (strstr(e.hint, hint) == NULL)
		fail_msg("hint \"%s\" does not hold \"%s\"", e.hint, hint);
}

static void test_not_in_path(void **state)
{
	struct idmap_helper h = helper();

	(void)state;
	expect(&h, "newuidmap is not in PATH");
	h.path = NULL;
	expect(&h, "newuidmap is not in PATH");
}

static void test_no_set_uid_bit(void **state)
{
	struct idmap_helper h = helper();

	(void)state;
	make_helper(&h);
	put("/bin/newuidmap", "#!/bin/false\n", 0755);
	put("/etc/subuid", "joe:100000:65536\n", 0644);
	expect(&h, "/bin/newuidmap has neither root's set-uid bit nor file capabilities");
}

static void test_ranges(void **state)
{
	static const char *const too_little[] = {
		"", "\n\n", "joe\njoe:\njoe:100000\n", "joe:100000:65535\n", "joe:100001:65536\n",
		"joes:100000:65536\n", "jo:100000:65536\n", "1001:100000:65536\n", "joe:x:65536\n", "joe:100000:-1\n",
		"joe:0:100000\n",
		"joe:100000:32768\njoe:132768:32768\n", /* each map lies in one range */
	};
	static const char *const enough[] = {
		"joe:100000:65536\n", "joe:100000:65536", "root:0:1\njoe:99999:65537\n", "1000:100000:65536\n",
		"joe:0:4294967295\n",
	};
	struct idmap_helper h = helper();

	(void)state;
	make_helper(&h);
	put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\njo:x:100:1000::/:\njoe:x:1000:100::/:\n", 0644);
	expect(&h, "/etc/subuid gives joe no range with the ids 100000 to 165535");
	for (size_t i = 0; i < N_OF(too_little); i++) {
		put("/etc/subuid", too_little[i], 0644);
		expect(&h, "usermod --add-subuids 100000-165535 joe");
	}
	for (size_t i = 0; i < N_OF(enough); i++) {
		put("/etc/subuid", enough[i], 0644);
		expect(&h, "");
	}
	/* Of an id of its own alone the first map needs no range. */
	h.own_id = 1001;
	put("/etc/subuid", enough[0], 0644);
	expect(&h, "the ids 1000 to 1000");
	put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n1000\njoe:x:\n", 0644);
	expect(&h, "usermod --add-subuids 1000-1000 USER");
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_not_in_path),
		IN_ROOT(test_no_set_uid_bit),
		IN_ROOT(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
