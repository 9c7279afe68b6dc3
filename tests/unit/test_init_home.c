/* SPDX-License-Identifier: Apache-2.0 */
/* The container's /etc/passwd, a file that an image controls. */
#include "init/home.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "test.h"

/* What home_search_passwd() says of TEXT, LEN bytes. */
static int search_n(const char *text, size_t len, uint32_t uid, char *ret, size_t size)
{
	_cleanup_fd_ int fd = memfd_create("passwd", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return home_search_passwd(fd, uid, ret, size);
}

static int search(const char *text, uint32_t uid, char *ret, size_t size)
{
	return search_n(text, strlen(text), uid, ret, size);
}

static void test_finds(void **state)
{
	char home[64] = "";

	(void)state;
	assert_int_equal(search("root:x:0:0:root:/root:/bin/sh\nfoo:x:1000:1000::/home/foo:/bin/sh\n", 1000, home,
				sizeof(home)), 1);
	assert_string_equal(home, "/home/foo");
	/* The first line that matches counts; the last line needs no newline; the shell may be empty. */
	assert_int_equal(search("a:x:5:5::/a:\nb:x:5:5::/b:", 5, home, sizeof(home)), 1);
	assert_string_equal(home, "/a");
	assert_int_equal(search("a:x:7:5::/last:", 7, home, sizeof(home)), 1);
	assert_string_equal(home, "/last");
}

static void test_passes_over(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n\n",
		"foo:x:1000:1000::/home/foo\n",          /* a field too few */
		"foo:x:1000:1000::/home/foo:/bin/sh:\n", /* one too many */
		"foo:x: 1000:1000::/home/foo:/bin/sh\n", /* no number */
		"foo:x:+1000:1000::/home/foo:/bin/sh\n",
		"foo:x:01000x:1000::/home/foo:/bin/sh\n",
		"1000:x:0:0::/home/foo:/bin/sh\n",       /* a name that looks like the number */
		"foo:x:4294968296:1000::/home/foo:/bin/sh\n", /* 2^32 + 1000 */
		"foo:x:1000:1000::home/foo:/bin/sh\n",   /* relative */
		"foo:x:1000:1000:::/bin/sh\n",
		"foo:x:1000:1000::/home/\tfoo:/bin/sh\n",
		"+:::::\n",
	};
	char home[64] = "unchanged";
	unsigned i;

	(void)state;
	for (i = 0; i < N_OF(bad); i++)
		if (search(bad[i], 1000, home, sizeof(home)) != 0)
			fail_msg("accepted: %s", bad[i]);
	assert_string_equal(home, "unchanged");
	assert_int_equal(search_n("foo:x:1000:1000::/ho\0me:/bin/sh\n", 33, 1000, home, sizeof(home)), 0);
	assert_int_equal(search("foo:x:1000:1000::/home/too/long:/bin/sh\n", 1000, home, 10), 0);
}

/* A line without end is passed over, and what follows it is still read, wherever the buffer ends. */
static void test_long_lines(void **state)
{
	static char text[8192];
	const char *line = "foo:x:1000:1000::/home/foo:/bin/sh\n";
	size_t junk;

	(void)state;
	for (junk = 1990; junk < 4200; junk += 7) {
		char home[64] = "";
		size_t len = strlen(line);

		memset(text, 'x', junk);
		text[junk] = '\n';
		memcpy(text + junk + 1, line, len);
		assert_int_equal(search_n(text, junk + 1 + len, 1000, home, sizeof(home)), 1);
		assert_string_equal(home, "/home/foo");
	}
	/* The tail of a long line is no line. */
	memset(text, 'x', 4094);
	memcpy(text + 2047, line, strlen(line));
	{
		char home[64] = "";

		assert_int_equal(search_n(text, 2047 + strlen(line), 1000, home, sizeof(home)), 0);
	}
}

static void test_is_bounded(void **state)
{
	const char *line = "foo:x:1000:1000::/home/foo:/bin/sh\n";
	const size_t size = (1u << 20) + 4096;
	char *text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char home[64] = "";

	(void)state;
	assert_true(text != MAP_FAILED);
	memset(text, '\n', size);
	memcpy(text + size - strlen(line), line, strlen(line));
	assert_int_equal(search_n(text, size, 1000, home, sizeof(home)), 0);
	(void)munmap(text, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_passes_over),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
