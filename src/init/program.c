/* SPDX-License-Identifier: Apache-2.0 */
#include "init/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/span.h"
#include "base/sys.h"
#include "init/elf_look.h"

/*
 * Only calls that every profile allows are used here: without no_new_privs the filter is in force already.  Engines
 * match these texts to choose exit status 126 or 127.
 */

/* 0 if PATH can be executed by this identity, else the errno that says why not. */
static int look_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	/* The real ids are the effective ones by now. */
	return access(path, X_OK) < 0 ? errno : 0;
}

static int refuse(const char *name, int errnum, struct err *e)
{
	(void)err_set(e, ERR_CONFIG, "exec: \"%s\": ", name);
	switch (errnum) {
	case EISDIR:
		(void)err_set(e, ERR_CONFIG, "exec: \"%s\": is a directory", name);
		break;
	case EACCES:
		(void)err_set(e, ERR_CONFIG, "exec: \"%s\": permission denied", name);
		(void)err_hint(e, "it is no program that this user may execute, or its file system is mounted noexec");
		break;
	case ENOENT:
		(void)err_set(e, ERR_CONFIG, "exec: \"%s\": stat %s: no such file or directory", name, name);
		break;
	default:
		(void)err_errno(e, errnum, "exec: \"%s\": stat %s", name, name);
		break;
	}
	e->errnum = errnum;
	return -1;
}

static const char *get_path(char *const *envp)
{
	for (; *envp != NULL; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "";
}

/* Tries each directory of PATH.  Those that are not absolute are passed over: what runs must not depend on the cwd. */
static int search_path(struct inside *in, const char *name, struct err *e)
{
	const char *path = get_path(in->envp);
	size_t name_len = strlen(name);
	bool is_found_unusable = false;

	while (*path != '\0') {
		size_t len = span_until(path, ":");
		int r;

		if (path[0] == '/' && len + 1 + name_len < PATH_MAX) {
			memcpy(in->program, path, len);
			in->program[len] = '/';
			memcpy(in->program + len + 1, name, name_len + 1);
			r = look_at(in->program);
			if (r == 0)
				return 0;
			is_found_unusable = is_found_unusable || (r == EACCES);
		}
		path += len;
		path += *path == ':';
	}
	(void)err_set(e, ERR_CONFIG, "exec: \"%s\": executable file not found in $PATH", name);
	e->errnum = ENOENT;
	if (is_found_unusable)
		(void)err_hint(e, "a file of that name is there, but this user may not execute it or search its "
				  "directory, or the file system is mounted noexec");
	return -1;
}

int program_find(struct inside *in, struct err *e)
{
	const char *name = in->plan->process.argv[0];
	size_t len = strlen(name);
	int r;

	if (strchr(name, '/') == NULL) {
		if (search_path(in, name, e) < 0)
			return -1;
	} else {
		if (len >= PATH_MAX)
			return refuse(name, ENAMETOOLONG, e);
		r = look_at(name);
		if (r != 0)
			return refuse(name, r, e);
		memcpy(in->program, name, len + 1);
	}
	/* Under a filter it may be forbidden to open anything by the time the exec has failed. */
	if (in->filter_len > 0)
		elf_look(in->program, &in->facts, in->interpreter);
	return 0;
}

int program_default_signals(uint64_t which)
{
	/* The kernel's struct sigaction, all zero: SIG_DFL. Not sigaction(3), which refuses the library's own signals
	 * 32 and 33: some callers (GNU make) leave them ignored. */
	static const uint64_t by_default[8];
	sigset_t none;
	int sig;

	for (sig = 1; sig <= 64; sig++)
		if ((which >> (sig - 1) & 1) != 0)
			(void)syscall(SYS_rt_sigaction, sig, by_default, NULL, 8); /* KILL and STOP: never ignored */
	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

int program_reset_signals(struct inside *in, struct err *e)
{
	return program_default_signals(in->ignored_signals) < 0 ? err_errno(e, errno, "unblock signals") : 0;
}

static bool has_carriage_return(const char *interpreter)
{
	size_t len = strlen(interpreter);

	return len > 0 && interpreter[len - 1] == '\r';
}

/* The kernel says ENOENT, ENOEXEC or EACCES of a program for what may be wrong with another file. */
static int explain(const struct inside *in, int errnum, struct err *e)
{
	const char *path = in->program;
	const struct program_facts *f = &in->facts;

	if (errnum == ENOENT && f->is_interpreter_missing)
		(void)err_set(e, ERR_CONFIG, "exec %s: its %s %s: no such file or directory", path,
			      f->is_script ? "interpreter" : "loader", in->interpreter);
	else if (errnum == ENOENT)
		(void)err_set(e, ERR_CONFIG, "exec %s: no such file or directory", path);
	else if (errnum == ENOEXEC && f->is_foreign)
		(void)err_set(e, ERR_CONFIG, "exec %s: exec format error: the program is for another machine", path);
	else if (errnum == ENOEXEC)
		(void)err_set(e, ERR_CONFIG, "exec %s: exec format error%s", path,
			      f->is_elf || f->is_script ? "" : ": neither an ELF file nor a script with #!");
	else if (errnum == EACCES && f->is_noexec)
		(void)err_set(e, ERR_CONFIG, "exec %s: permission denied: its file system is mounted noexec", path);
	else if (errnum == EACCES && in->interpreter[0] != '\0')
		(void)err_set(e, ERR_CONFIG, "exec %s: permission denied (for it or for its %s %s)", path,
			      f->is_script ? "interpreter" : "loader", in->interpreter);
	else if (errnum == EACCES)
		(void)err_set(e, ERR_CONFIG, "exec %s: permission denied", path);
	else if (errnum == E2BIG)
		(void)err_set(e, ERR_CONFIG,
			      "exec %s: argument list too long: arguments and environment exceed the limit", path);
	else
		(void)err_errno(e, errnum, "exec %s", path);
	if (f->is_script && has_carriage_return(in->interpreter))
		(void)err_hint(e, "the first line ends in a carriage return: the script has DOS line ends");
	if ((errnum == EPERM || errnum == ENOSYS) && in->filter_len > 0)
		(void)err_hint(e, "the seccomp profile may refuse execve");
	e->errnum = errnum;
	return -1;
}

int program_execute(struct inside *in, struct err *e)
{
	/* execve's prototype is older than const; it changes nothing. */
	char *const *argv = (char *const *)(uintptr_t)in->plan->process.argv;
	int errnum;

	/* execve, not execveat: the one that every profile knows. */
	(void)execve(in->program, argv, in->envp); /* returns only to fail */
	errnum = errno;
	if (in->filter_len == 0)
		elf_look(in->program, &in->facts, in->interpreter);
	return explain(in, errnum, e);
}
