/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "cmd/example.h"
#include "cmd/verbs.h"

static const struct option_row spec_rows[] = {
	{ .name = "bundle", .letter = 'b', .kind = OPTION_STRING, ARGS_FIELD(req.bundle), .arg = "DIR",
	  .help = "the directory to write to; the current one unless given" },
	{ .name = "rootless", .kind = OPTION_FLAG, ARGS_FIELD(rootless_config),
	  .help = "for a caller without privileges: a user namespace, no network of its own" },
	{ 0 },
};

const struct option_row *const spec_options[] = { spec_rows, NULL };

static int write_new(int dir_fd, const char *name, struct json *j, struct err *e)
{
	_cleanup_fd_ int fd = -EBADF;
	const char *text;
	size_t len;

	json_newline(j);
	if (json_finish(j, &text, &len, e) < 0)
		return -1;
	fd = sys_openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_USAGE, "File %s exists. Remove it first", name);
	if (fd < 0)
		return err_errno(e, errno, "create %s", name);
	/* Our umask is 077; this is the user's own file, and holds no secret. */
	if (sys_fchmod(fd, 0644) == 0) {
		if (io_write_all(fd, text, len, name, e) == 0)
			return 0;
	} else {
		(void)err_errno(e, errno, "set mode of %s", name);
	}
	(void)sys_unlinkat(dir_fd, name, 0); /* half a file is in the way; the error in E is the one to tell */
	return -1;
}

int cmd_spec(const struct args *args, struct err *e)
{
	const char *bundle = args->req.bundle != NULL ? args->req.bundle : ".";
	_cleanup_fd_ int dir_fd = sys_openat(AT_FDCWD, bundle, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	_cleanup_json_ struct json j = JSON_INIT(4);

	if (dir_fd < 0)
		return err_errno(e, errno, "open bundle %s", bundle);
	if (args->rootless_config)
		example_encode_rootless(geteuid(), getegid(), &j);
	else
		example_encode(&j);
	return write_new(dir_fd, "config.json", &j, e);
}
