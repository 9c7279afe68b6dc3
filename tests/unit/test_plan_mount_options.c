/* SPDX-License-Identifier: Apache-2.0 */
/* The table of mount options: what a word, and a sequence of words, makes of the flags. */
#include "test.h"

#include <stdlib.h>
#include <sys/mount.h>

#include "base/kernel.h"
#include "plan/mount_options.h"

struct expected {
	const char *words;
	uint64_t set, clr, ms;
};

/* Applies blank-separated words in order. */
static struct plan_mount apply(const char *words)
{
	struct plan_mount m = { .index = 0 };
	char copy[256];
	char *rest = copy, *word;

	(void)snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&rest, " ")) != NULL) {
		const struct mount_option *o = mount_option_find(word);

		assert_non_null(o);
		mount_option_apply(o, &m);
	}
	return m;
}

#define ATIME K_MOUNT_ATTR__ATIME

static void test_flags(void **state)
{
	static const struct expected cases[] = {
		{ "ro", K_MOUNT_ATTR_RDONLY, 0, MS_RDONLY },
		{ "rw", 0, K_MOUNT_ATTR_RDONLY, 0 },
		{ "ro rw", 0, K_MOUNT_ATTR_RDONLY, 0 },
		{ "rw ro", K_MOUNT_ATTR_RDONLY, 0, MS_RDONLY },
		{ "nosuid nodev noexec", K_MOUNT_ATTR_NOSUID | K_MOUNT_ATTR_NODEV | K_MOUNT_ATTR_NOEXEC, 0,
		  MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "suid dev exec", 0, K_MOUNT_ATTR_NOSUID | K_MOUNT_ATTR_NODEV | K_MOUNT_ATTR_NOEXEC, 0 },
		{ "nosymfollow", K_MOUNT_ATTR_NOSYMFOLLOW, 0, K_MS_NOSYMFOLLOW },
		/* The access time field is set whole. */
		{ "noatime", K_MOUNT_ATTR_NOATIME, ATIME, MS_NOATIME },
		{ "relatime", 0, ATIME, MS_RELATIME },
		{ "strictatime", K_MOUNT_ATTR_STRICTATIME, ATIME, MS_STRICTATIME },
		{ "noatime strictatime", K_MOUNT_ATTR_STRICTATIME, ATIME, MS_STRICTATIME },
		{ "strictatime noatime", K_MOUNT_ATTR_NOATIME, ATIME, MS_NOATIME },
		{ "noatime atime", 0, ATIME, 0 },
		/* To take away what is not there leaves what is. */
		{ "noatime nostrictatime", K_MOUNT_ATTR_NOATIME, ATIME, MS_NOATIME },
		{ "strictatime atime", K_MOUNT_ATTR_STRICTATIME, ATIME, MS_STRICTATIME },
		{ "norelatime", 0, 0, 0 },
		{ "nodiratime noatime", K_MOUNT_ATTR_NODIRATIME | K_MOUNT_ATTR_NOATIME, ATIME,
		  MS_NODIRATIME | MS_NOATIME },
		/* Of the superblock: no attribute of the mount. */
		{ "sync dirsync", 0, 0, MS_SYNCHRONOUS | MS_DIRSYNC },
		{ "sync async lazytime nolazytime silent loud iversion noiversion mand nomand", 0, 0, 0 },
		{ "lazytime silent iversion mand", 0, 0, K_MS_LAZYTIME | MS_SILENT | K_MS_I_VERSION | MS_MANDLOCK },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct plan_mount m = apply(cases[i].words);

		if (m.attr_set != cases[i].set || m.attr_clr != cases[i].clr || m.ms_flags != cases[i].ms)
			fail_msg("%s: set %llx clear %llx ms %llx", cases[i].words, (unsigned long long)m.attr_set,
				 (unsigned long long)m.attr_clr, (unsigned long long)m.ms_flags);
		assert_int_equal(m.rec_attr_set | m.rec_attr_clr, 0);
	}
}

static void test_recursive(void **state)
{
	static const struct expected cases[] = {
		{ "rro", K_MOUNT_ATTR_RDONLY, 0, 0 },
		{ "rro rrw", 0, K_MOUNT_ATTR_RDONLY, 0 },
		{ "rnoatime", K_MOUNT_ATTR_NOATIME, ATIME, 0 },
		{ "rnoatime ratime", 0, ATIME, 0 },
		{ "rnorelatime", 0, 0, 0 },
		{ "rstrictatime rnostrictatime", 0, ATIME, 0 },
		{ "rnosuid rsuid rnodev", K_MOUNT_ATTR_NODEV, K_MOUNT_ATTR_NOSUID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct plan_mount m = apply(cases[i].words);

		if (m.rec_attr_set != cases[i].set || m.rec_attr_clr != cases[i].clr)
			fail_msg("%s: set %llx clear %llx", cases[i].words, (unsigned long long)m.rec_attr_set,
				 (unsigned long long)m.rec_attr_clr);
		assert_int_equal(m.attr_set | m.attr_clr | m.ms_flags, 0);
	}
}

/* config.md, Linux mount options: all that are MUST, SHOULD or MAY. */
static void test_all_words_of_the_specification(void **state)
{
	static const char *const words[] = {
		"async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion", "lazytime",
		"loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand",
		"norelatime", "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev",
		"rdiratime", "relatime", "remount", "rexec", "rnoatime", "rnodiratime", "rnoexec", "rnorelatime",
		"rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared",
		"rslave", "rstrictatime", "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave",
		"strictatime", "suid", "symfollow", "sync", "tmpcopyup", "unbindable", "idmap", "ridmap",
	};

	(void)state;
	for (size_t i = 0; i < N_OF(words); i++) {
		if (!mount_option_find(words[i]))
			fail_msg("%s is unknown", words[i]);
	}
	assert_null(mount_option_find("size=1m"));
	assert_null(mount_option_find(""));
}

/* mount_setattr(2): a part of the access time field can not be cleared, and nothing is both set and cleared. */
static void test_every_pair_is_accepted_by_the_kernel(void **state)
{
	(void)state;
	for (const struct mount_option *a = mount_options; a->word; a++) {
		for (const struct mount_option *b = mount_options; b->word; b++) {
			struct plan_mount m = { .index = 0 };

			mount_option_apply(a, &m);
			mount_option_apply(b, &m);
			assert_true((m.attr_clr & ATIME) == 0 || (m.attr_clr & ATIME) == ATIME);
			assert_true((m.rec_attr_clr & ATIME) == 0 || (m.rec_attr_clr & ATIME) == ATIME);
			assert_int_equal(m.attr_set & m.attr_clr & ~(uint64_t)ATIME, 0);
			assert_int_equal(m.rec_attr_set & m.rec_attr_clr & ~(uint64_t)ATIME, 0);
			if (m.attr_set & ATIME)
				assert_int_equal(m.attr_clr & ATIME, ATIME);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_recursive),
		cmocka_unit_test(test_all_words_of_the_specification),
		cmocka_unit_test(test_every_pair_is_accepted_by_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
