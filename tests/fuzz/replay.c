/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() for a fuzz target where there is no libFuzzer: runs the target once on each file named on the command line,
 * or found in a directory named there.  A target that does not like an input dies.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(int dir_fd, const char *name, unsigned *n)
{
	struct stat st;
	uint8_t *data;
	ssize_t len;
	int fd;

	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		perror(name);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	/* Exactly as long as the input, so that AddressSanitizer sees a read behind its end. */
	data = malloc((size_t)st.st_size + (st.st_size == 0));
	len = data ? read(fd, data, (size_t)st.st_size) : -1;
	close(fd);
	if (len != st.st_size) {
		fprintf(stderr, "%s: can not be read\n", name);
		free(data);
		return -1;
	}
	(void)LLVMFuzzerTestOneInput(data, (size_t)len); /* 0 or -1: only libFuzzer cares */
	free(data);
	(*n)++;
	return 0;
}

static int replay_directory(const char *path, unsigned *n)
{
	struct dirent *entry;
	int r = 0;
	DIR *dir;

	dir = opendir(path);
	if (!dir) {
		perror(path);
		return -1;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = replay_file(dirfd(dir), entry->d_name, n);
	closedir(dir);
	return r;
}

int main(int argc, char **argv)
{
	unsigned n = 0;
	struct stat st;
	int i, r = 0;

	for (i = 1; i < argc && r == 0; i++) {
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			r = replay_directory(argv[i], &n);
		else
			r = replay_file(AT_FDCWD, argv[i], &n);
	}
	printf("%u inputs\n", n);
	return r == 0 && n > 0 ? 0 : 1;
}
