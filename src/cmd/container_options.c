/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/container_options.h"

const struct option_row bundle_rows[] = {
	{ .name = "bundle", .letter = 'b', .kind = OPTION_STRING, ARGS_FIELD(req.bundle), .arg = "DIR",
	  .help = "the bundle; the current directory unless given" },
	{ .name = "config", .letter = 'f', .kind = OPTION_STRING, ARGS_FIELD(req.config), .arg = "FILE",
	  .help = "the configuration, in the bundle; config.json unless given" },
	{ 0 },
};

const struct option_row container_rows[] = {
	{ .name = "no-pivot", .kind = OPTION_FLAG, ARGS_FIELD(req.no_pivot),
	  .help = "move the root instead of pivot_root(2), for a root on the initial ramdisk" },
	{ .name = "no-new-keyring", .kind = OPTION_FLAG, ARGS_FIELD(req.no_new_keyring),
	  .help = "keep the caller's session keyring" },
	{ .name = "no-subreaper", .kind = OPTION_FLAG, ARGS_FIELD(req.no_subreaper),
	  .help = "do not become the subreaper of the container's processes" },
	{ 0 },
};

const struct option_row trace_rows[] = {
	{ .name = "trace", .kind = OPTION_STRING, ARGS_FIELD(req.trace), .arg = "FILE",
	  .help = "write how long each step took to FILE, as trace events for Perfetto or Chrome" },
	{ 0 },
};

const struct option_row stdio_rows[] = {
	{ .name = "console-socket", .kind = OPTION_STRING, ARGS_FIELD(req.console_socket), .arg = "FILE",
	  .help = "unix socket that is sent the terminal's master" },
	{ .name = "pidfd-socket", .kind = OPTION_STRING, ARGS_FIELD(req.pidfd_socket), .arg = "FILE",
	  .help = "unix socket that is sent a pidfd of the process" },
	{ .name = "pid-file", .kind = OPTION_STRING, ARGS_FIELD(req.pid_file), .arg = "FILE",
	  .help = "file that the process id is written to" },
	{ .name = "preserve-fds", .kind = OPTION_U32, ARGS_FIELD(req.preserve_fds), .arg = "N",
	  .help = "pass on the descriptors 3 to 3+N-1, after those of LISTEN_FDS" },
	{ 0 },
};

static const struct option_word formats[] = {
	{ "table", FORMAT_TABLE },
	{ "json", FORMAT_JSON },
	{ NULL, 0 },
};

const struct option_row format_rows[] = {
	{ .name = "format", .letter = 'f', .kind = OPTION_WORD, ARGS_FIELD(format), .words = formats, .arg = "FORMAT",
	  .help = "output format" },
	{ 0 },
};
