/* SPDX-License-Identifier: Apache-2.0 */
#include "run/filter_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/log.h"
#include "base/sys.h"

#define CACHE_DIR ".cache"
#define CACHE_PATH CACHE_DIR "/seccomp"
#define DIGEST_LEN 64u

/* Raised whenever the same profile is compiled to something else. */
#define COMPILER_VERSION 2u

/* An entry: this, then the instructions.  Native byte order: it is never read on another machine. */
struct entry_header {
	char magic[8];
	uint64_t checksum;       /* of everything behind it */
	uint32_t version;
	uint32_t n_insns;
	char digest[DIGEST_LEN];
	struct filter_library library;
};

static const char entry_magic[8] = "rt-bpf\r\n";

/* Against damage, not against an attacker: who can write our files needs no filter.  FNV-1a over 64-bit words, of which
 * header and instructions are made. */
static uint64_t checksum(const void *data, size_t size)
{
	const unsigned char *p = data;
	uint64_t sum = 0xcbf29ce484222325u ^ size;
	uint64_t word;

	for (; size >= sizeof(word); p += sizeof(word), size -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum = (sum ^ word) * 0x100000001b3u;
		sum ^= sum >> 29; /* the product alone leaves the low bits to the low bits */
	}
	return sum;
}

static uint64_t entry_checksum(const struct entry_header *h, size_t size)
{
	const size_t skipped = offsetof(struct entry_header, checksum) + sizeof(h->checksum);

	return checksum((const char *)h + skipped, size - skipped);
}

static bool is_digest(const char *s)
{
	return strlen(s) == DIGEST_LEN && strspn(s, "0123456789abcdef") == DIGEST_LEN;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

int filter_library_stat(struct filter_library *library)
{
	struct stat st;

	if (stat(library->path, &st) < 0)
		return -1;
	library->dev = st.st_dev;
	library->ino = st.st_ino;
	library->size = (uint64_t)st.st_size;
	library->mtime_sec = (uint64_t)st.st_mtim.tv_sec;
	library->mtime_nsec = (uint64_t)st.st_mtim.tv_nsec;
	return 0;
}

static bool is_same_library(const struct filter_library *made_by)
{
	struct filter_library now = *made_by;

	if (made_by->path[0] != '/' || memchr(made_by->path, '\0', sizeof(made_by->path)) == NULL)
		return false;
	return filter_library_stat(&now) == 0 && now.dev == made_by->dev && now.ino == made_by->ino &&
	       now.size == made_by->size && now.mtime_sec == made_by->mtime_sec &&
	       now.mtime_nsec == made_by->mtime_nsec;
}

/* SIZE bytes at H, which has room for a header at least. */
static bool is_good(const struct entry_header *h, size_t size, const char *digest)
{
	return memcmp(h->magic, entry_magic, sizeof(entry_magic)) == 0 && h->version == COMPILER_VERSION &&
	       h->n_insns > 0 && h->n_insns <= BPF_MAXINSNS &&
	       size == sizeof(*h) + h->n_insns * sizeof(struct sock_filter) &&
	       h->checksum == entry_checksum(h, size) && memcmp(h->digest, digest, DIGEST_LEN) == 0 &&
	       is_same_library(&h->library);
}

static int open_entry(int root_fd, const char *digest, size_t *ret_size)
{
	/* O_NONBLOCK: a FIFO in its place must not hold us up. */
	const struct k_open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_SYMLINKS,
	};
	char path[sizeof(CACHE_PATH "/") + DIGEST_LEN] = CACHE_PATH "/";
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	memcpy(path + sizeof(CACHE_PATH), digest, DIGEST_LEN + 1);
	fd = sys_openat2(root_fd, path, &how);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 07777) != 0600 || st.st_nlink != 1 ||
	    st.st_size < (off_t)sizeof(struct entry_header) ||
	    (size_t)st.st_size > sizeof(struct entry_header) + BPF_MAXINSNS * sizeof(struct sock_filter))
		return -1;
	*ret_size = (size_t)st.st_size;
	return fd_take(&fd);
}

int filter_cache_read(int root_fd, const char *digest, struct filter *ret_filter)
{
	_cleanup_fd_ int fd = -EBADF;
	struct entry_header *h;
	size_t size = 0;
	size_t n;

	if (root_fd < 0 || !is_digest(digest))
		return -1;
	fd = open_entry(root_fd, digest, &size);
	if (fd < 0)
		return -1;
	h = malloc(size);
	if (h == NULL)
		return -1;
	if (sys_read(fd, h, size) != (ssize_t)size || !is_good(h, size, digest)) {
		log_debug("seccomp: cache entry %s is not used", digest);
		free(h);
		return -1;
	}
	/* The one allocation is given away: the instructions move to its start. */
	n = h->n_insns;
	memmove(h, h + 1, n * sizeof(struct sock_filter));
	*ret_filter = (struct filter){ .insns = (struct sock_filter *)(void *)h, .len = (unsigned)n };
	return 0;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static int open_dir(int root_fd)
{
	const struct k_open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_SYMLINKS,
	};
	_cleanup_fd_ int fd = sys_openat2(root_fd, CACHE_PATH, &how);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		if ((sys_mkdirat(root_fd, CACHE_DIR, 0700) < 0 && errno != EEXIST) ||
		    (sys_mkdirat(root_fd, CACHE_PATH, 0700) < 0 && errno != EEXIST))
			return -1;
		fd = sys_openat2(root_fd, CACHE_PATH, &how);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0) { /* others could put entries in place of ours */
		errno = EPERM;
		return -1;
	}
	return fd_take(&fd);
}

struct aged_name {
	struct timespec mtime;
	char name[DIGEST_LEN + 16]; /* temporary files have a longer name than entries: ".DIGEST.PID" */
};

static int compare_age(const void *a, const void *b)
{
	const struct timespec *x = &((const struct aged_name *)a)->mtime;
	const struct timespec *y = &((const struct aged_name *)b)->mtime;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes the oldest files beyond the limit; what a killed writer has left is among them one day. */
static void prune(int dir_fd)
{
	struct aged_name files[FILTER_CACHE_ENTRIES_MAX * 2];
	_cleanup_fd_ int fd = sys_openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	const struct dirent *entry;
	size_t n = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		return;
	(void)fd_take(&fd); /* DIR owns it now */
	while (n < sizeof(files) / sizeof(files[0]) && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		struct stat st;

		if (len >= sizeof(files[n].name) || fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    S_ISDIR(st.st_mode))
			continue;
		memcpy(files[n].name, entry->d_name, len + 1);
		files[n++].mtime = st.st_mtim;
	}
	(void)closedir(dir); /* only read from */
	if (n <= FILTER_CACHE_ENTRIES_MAX)
		return;
	qsort(files, n, sizeof(files[0]), compare_age);
	for (size_t i = 0; i < n - FILTER_CACHE_ENTRIES_MAX; i++)
		(void)sys_unlinkat(dir_fd, files[i].name, 0); /* somebody else may have been quicker */
}

void filter_cache_write(int root_fd, const char *digest, const struct filter_library *library,
			const struct filter *f)
{
	size_t size = sizeof(struct entry_header) + f->len * sizeof(struct sock_filter);
	_cleanup_fd_ int dir_fd = -EBADF;
	struct err e = ERR_INIT;
	struct entry_header *h;
	char number[24];

	if (root_fd < 0 || !is_digest(digest) || library->path[0] == '\0')
		return;
	dir_fd = open_dir(root_fd);
	if (dir_fd < 0) {
		log_debug("seccomp: no cache: %s", err_errno_text(errno, number));
		return;
	}
	h = calloc(1, size);
	if (h == NULL)
		return;
	memcpy(h->magic, entry_magic, sizeof(entry_magic));
	h->version = COMPILER_VERSION;
	h->n_insns = f->len;
	memcpy(h->digest, digest, DIGEST_LEN);
	h->library = *library;
	memcpy(h + 1, f->insns, f->len * sizeof(struct sock_filter));
	h->checksum = entry_checksum(h, size);
	/* By rename: another rt that reads or writes it at the same time sees a whole entry, ours or its own. */
	if (io_replace_file_at(dir_fd, digest, h, size, 0600, &e) < 0)
		log_debug("seccomp: filter is not cached: %s", e.msg);
	else
		prune(dir_fd);
	free(h);
}
