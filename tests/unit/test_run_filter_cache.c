/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of compiled seccomp filters: what counts as a hit, and that nothing but speed hangs on it. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "libs/filter_compile.h"
#include "run/filter.h"
#include "run/filter_cache.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ENTRY ".cache/seccomp/" DIGEST

/* Any filter will do: the cache does not look into it. */
static struct sock_filter insns[] = {
	{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 4 },
	{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_LOG },
};
static const struct filter sample = { .insns = insns, .len = N_OF(insns) };

struct fixture {
	char root[64];
	int root_fd;
	struct filter_library library; /* a file in the root that stands for libseccomp */
};

static void remove_tree(const char *path)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = ERR_INIT;

	if (f == NULL)
		return -1;
	(void)snprintf(f->root, sizeof(f->root), "/tmp/rt-unit-cache.XXXXXX");
	if (mkdtemp(f->root) == NULL)
		return -1;
	f->root_fd = open(f->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(f->library.path, sizeof(f->library.path), "%s/library", f->root);
	*state = f;
	return io_replace_file_at(f->root_fd, "library", "1", 1, 0644, &e) < 0 ? -1
									       : filter_library_stat(&f->library);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	(void)close(f->root_fd);
	remove_tree(f->root);
	free(f);
	return 0;
}

static bool is_hit(const struct fixture *f, const char *digest)
{
	struct filter got = FILTER_INIT;

	if (filter_cache_read(f->root_fd, digest, &got) < 0) {
		assert_null(got.insns);
		return false;
	}
	assert_int_equal(got.len, sample.len);
	assert_memory_equal(got.insns, sample.insns, sizeof(insns));
	filter_release(&got);
	return true;
}

static void write_sample(const struct fixture *f)
{
	filter_cache_write(f->root_fd, DIGEST, &f->library, &sample);
	assert_true(is_hit(f, DIGEST));
}

static void hit_and_miss(void **state)
{
	const struct fixture *f = *state;
	struct stat st;

	assert_false(is_hit(f, DIGEST));
	write_sample(f);
	assert_int_equal(fstatat(f->root_fd, ENTRY, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fstatat(f->root_fd, ".cache", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_false(is_hit(f, "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
	assert_false(is_hit(f, ""));
	assert_false(is_hit(f, "../../../../etc/passwd"));
}

/* An entry under another profile's name is not that profile's. */
static void renamed_entry(void **state)
{
	static const char other[] = "aa112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	const struct fixture *f = *state;
	char to[128];

	write_sample(f);
	(void)snprintf(to, sizeof(to), ".cache/seccomp/%s", other);
	assert_int_equal(renameat(f->root_fd, ENTRY, f->root_fd, to), 0);
	assert_false(is_hit(f, other));
}

/* Every byte counts: each one is changed in turn. */
static void tampered_entry(void **state)
{
	const struct fixture *f = *state;
	struct stat st;
	int fd;

	write_sample(f);
	fd = openat(f->root_fd, ENTRY, O_RDWR | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	for (off_t i = 0; i < st.st_size; i++) {
		unsigned char byte;

		assert_int_equal(pread(fd, &byte, 1, i), 1);
		byte ^= 0x20;
		assert_int_equal(pwrite(fd, &byte, 1, i), 1);
		assert_false(is_hit(f, DIGEST));
		byte ^= 0x20;
		assert_int_equal(pwrite(fd, &byte, 1, i), 1);
	}
	assert_true(is_hit(f, DIGEST));
	for (off_t i = 0; i < st.st_size; i++) {
		assert_int_equal(ftruncate(fd, i), 0);
		assert_false(is_hit(f, DIGEST));
	}
	(void)close(fd);
	write_sample(f); /* replaced */
	fd = openat(f->root_fd, ENTRY, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "\0\0\0\0\0\0\0\0", 8), 8);
	(void)close(fd);
	assert_false(is_hit(f, DIGEST));
}

static void wrong_kinds_of_files(void **state)
{
	const struct fixture *f = *state;

	write_sample(f);
	assert_int_equal(fchmodat(f->root_fd, ENTRY, 0644, 0), 0);
	assert_false(is_hit(f, DIGEST));
	write_sample(f);
	assert_int_equal(linkat(f->root_fd, ENTRY, f->root_fd, "hard", 0), 0);
	assert_false(is_hit(f, DIGEST));
	assert_int_equal(unlinkat(f->root_fd, ENTRY, 0), 0);
	assert_int_equal(symlinkat("../../hard", f->root_fd, ENTRY), 0);
	assert_false(is_hit(f, DIGEST));
	write_sample(f);
	assert_int_equal(unlinkat(f->root_fd, ENTRY, 0), 0);
	assert_int_equal(mkfifoat(f->root_fd, ENTRY, 0600), 0);
	assert_false(is_hit(f, DIGEST)); /* and does not wait */
	write_sample(f);
	assert_int_equal(unlinkat(f->root_fd, ENTRY, 0), 0);
	assert_int_equal(mkdirat(f->root_fd, ENTRY, 0700), 0);
	assert_false(is_hit(f, DIGEST));
	filter_cache_write(f->root_fd, DIGEST, &f->library, &sample);
	assert_false(is_hit(f, DIGEST)); /* a directory can not be replaced: no cache, no failure */
}

static void foreign_owner(void **state)
{
	const struct fixture *f = *state;

	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	write_sample(f);
	assert_int_equal(fchownat(f->root_fd, ENTRY, 12345, 12345, 0), 0);
	assert_false(is_hit(f, DIGEST));
	write_sample(f);
	assert_int_equal(fchownat(f->root_fd, ".cache/seccomp", 12345, 12345, 0), 0);
	assert_int_equal(unlinkat(f->root_fd, ENTRY, 0), 0);
	filter_cache_write(f->root_fd, DIGEST, &f->library, &sample);
	assert_false(is_hit(f, DIGEST)); /* nothing is put where somebody else rules */
}

static void other_library(void **state)
{
	struct fixture *f = *state;
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	struct err e = ERR_INIT;

	write_sample(f);
	assert_int_equal(utimensat(f->root_fd, "library", times, 0), 0);
	assert_false(is_hit(f, DIGEST));
	assert_int_equal(filter_library_stat(&f->library), 0);
	write_sample(f);
	assert_succeeds(io_replace_file_at(f->root_fd, "library", "22", 2, 0644, &e), &e);
	assert_false(is_hit(f, DIGEST));
	assert_int_equal(filter_library_stat(&f->library), 0);
	write_sample(f);
	assert_int_equal(unlinkat(f->root_fd, "library", 0), 0);
	assert_false(is_hit(f, DIGEST));
}

static void bounded_number_of_entries(void **state)
{
	const struct fixture *f = *state;
	char digest[] = DIGEST;
	unsigned n = 0;

	for (unsigned i = 0; i < FILTER_CACHE_ENTRIES_MAX + 20; i++) {
		digest[0] = "0123456789abcdef"[i / 16];
		digest[1] = "0123456789abcdef"[i % 16];
		filter_cache_write(f->root_fd, digest, &f->library, &sample);
		assert_true(is_hit(f, digest));
	}
	for (unsigned i = 0; i < FILTER_CACHE_ENTRIES_MAX + 20; i++) {
		digest[0] = "0123456789abcdef"[i / 16];
		digest[1] = "0123456789abcdef"[i % 16];
		n += is_hit(f, digest);
	}
	assert_int_equal(n, FILTER_CACHE_ENTRIES_MAX);
}

/* Readers and writers of one entry: whoever reads gets all of it or nothing. */
static void many_at_once(void **state)
{
	const struct fixture *f = *state;
	pid_t pids[4];

	for (size_t i = 0; i < N_OF(pids); i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] != 0)
			continue;
		for (unsigned round = 0; round < 200; round++) {
			struct filter got = FILTER_INIT;

			filter_cache_write(f->root_fd, DIGEST, &f->library, &sample);
			if (round % 7 == i)
				(void)unlinkat(f->root_fd, ENTRY, 0);
			if (filter_cache_read(f->root_fd, DIGEST, &got) == 0 &&
			    (got.len != sample.len || memcmp(got.insns, insns, sizeof(insns)) != 0))
				_exit(1);
			filter_release(&got);
		}
		_exit(0);
	}
	for (size_t i = 0; i < N_OF(pids); i++) {
		int status = -1;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	write_sample(f);
}

/* Fills the file system of DIR_FD. */
static void fill(int dir_fd)
{
	int fd = openat(dir_fd, "fill", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char block[4096] = { 0 };

	while (write(fd, block, sizeof(block)) > 0)
		;
	(void)close(fd);
}

static void full_and_read_only_disks(void **state)
{
	const struct fixture *f = *state;
	pid_t pid;
	int status = -1;

	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct filter got = FILTER_INIT;
		int fd;

		if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("tmpfs", f->root, "tmpfs", 0, "size=64k") < 0)
			_exit(1);
		fd = open(f->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		fill(fd);
		filter_cache_write(fd, DIGEST, &f->library, &sample);
		if (filter_cache_read(fd, DIGEST, &got) == 0)
			_exit(2);
		if (openat(fd, ".cache/seccomp/." DIGEST, O_RDONLY | O_CLOEXEC) >= 0)
			_exit(3);
		if (unlinkat(fd, "fill", 0) < 0 || unlinkat(fd, ".cache/seccomp", AT_REMOVEDIR) < 0) /* empty */
			_exit(4);
		if (mount(NULL, f->root, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
			_exit(5);
		filter_cache_write(fd, DIGEST, &f->library, &sample);
		_exit(filter_cache_read(fd, DIGEST, &got) == 0 ? 6 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#ifdef HAVE_SECCOMP

/* The whole way: compiled once, taken from the cache from then on, compiled again when the entry is of no use. */
static void profiles_are_compiled_once(void **state)
{
	static const struct plan_seccomp_rule rules[] = { { .name = "read", .action = SECCOMP_RET_ALLOW } };
	static const struct plan_seccomp s = { .present = true,
					       .default_action = SECCOMP_RET_KILL_PROCESS,
					       .rules = rules,
					       .n_rules = 1,
					       .digest = DIGEST };
	const struct fixture *f = *state;
	_cleanup_filter_ struct filter first = FILTER_INIT;
	_cleanup_filter_ struct filter again = FILTER_INIT;
	struct compiled_filter compiled = { .insns = NULL };
	struct filter_library library = { .path = "" };
	struct filter got = FILTER_INIT;
	struct err e = ERR_INIT;

	assert_succeeds(filter_get(&s, f->root_fd, &first, &e), &e);
	assert_true(first.len > 2);
	assert_int_equal(filter_cache_read(f->root_fd, DIGEST, &again), 0);
	assert_int_equal(again.len, first.len);
	assert_memory_equal(again.insns, first.insns, first.len * sizeof(*first.insns));

	/* What only the cache knows comes back: nothing was compiled. */
	assert_succeeds(filter_compile(&s, &compiled, &e), &e);
	free(compiled.insns);
	assert_int_equal(compiled.library[0], '/');
	memcpy(library.path, compiled.library, sizeof(library.path));
	assert_int_equal(filter_library_stat(&library), 0);
	filter_cache_write(f->root_fd, DIGEST, &library, &sample);
	assert_succeeds(filter_get(&s, f->root_fd, &got, &e), &e);
	assert_int_equal(got.len, sample.len);
	filter_release(&got);

	/* A bad entry is compiled over. */
	assert_int_equal(fchmodat(f->root_fd, ENTRY, 0666, 0), 0);
	assert_succeeds(filter_get(&s, f->root_fd, &got, &e), &e);
	assert_int_equal(got.len, first.len);
	filter_release(&got);
	assert_int_equal(filter_cache_read(f->root_fd, DIGEST, &got), 0);
	assert_int_equal(got.len, first.len);
	filter_release(&got);

	/* Without a root there is no cache. */
	assert_succeeds(filter_get(&s, -1, &got, &e), &e);
	assert_int_equal(got.len, first.len);
	filter_release(&got);
}

#endif

#define cache_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cache_test(hit_and_miss),
		cache_test(renamed_entry),
		cache_test(tampered_entry),
		cache_test(wrong_kinds_of_files),
		cache_test(foreign_owner),
		cache_test(other_library),
		cache_test(bounded_number_of_entries),
		cache_test(many_at_once),
		cache_test(full_and_read_only_disks),
#ifdef HAVE_SECCOMP
		cache_test(profiles_are_compiled_once),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
