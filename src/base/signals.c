/* SPDX-License-Identifier: Apache-2.0 */
#include "base/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"

/* signal(7).  Where two names have one number, the first is the one to print. */
static const struct {
	int sig;
	char name[8];
} names[] = {
	{ SIGHUP, "HUP" },       { SIGINT, "INT" },     { SIGQUIT, "QUIT" },   { SIGILL, "ILL" },
	{ SIGTRAP, "TRAP" },     { SIGABRT, "ABRT" },   { SIGIOT, "IOT" },     { SIGBUS, "BUS" },
	{ SIGFPE, "FPE" },       { SIGKILL, "KILL" },   { SIGUSR1, "USR1" },   { SIGSEGV, "SEGV" },
	{ SIGUSR2, "USR2" },     { SIGPIPE, "PIPE" },   { SIGALRM, "ALRM" },   { SIGTERM, "TERM" },
#ifdef SIGSTKFLT
	{ SIGSTKFLT, "STKFLT" },
#endif
	{ SIGCHLD, "CHLD" },     { SIGCHLD, "CLD" },    { SIGCONT, "CONT" },   { SIGSTOP, "STOP" },
	{ SIGTSTP, "TSTP" },     { SIGTTIN, "TTIN" },   { SIGTTOU, "TTOU" },   { SIGURG, "URG" },
	{ SIGXCPU, "XCPU" },     { SIGXFSZ, "XFSZ" },   { SIGVTALRM, "VTALRM" }, { SIGPROF, "PROF" },
	{ SIGWINCH, "WINCH" },   { SIGIO, "IO" },       { SIGPOLL, "POLL" },   { SIGPWR, "PWR" },
	{ SIGSYS, "SYS" },
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

#define SIGNAL_MAX 64

/*
 * Not SIGRTMIN: from the first of the kernel's real-time signals, 32, each C library keeps some for itself, and that of
 * the container need not be ours.  glibc's has two, and programs know its numbers (systemd(1): SIGRTMIN+3 is 37).
 */
#define REAL_TIME_MIN 34

/* "RTMIN", "RTMIN+n", "RTMAX", "RTMAX-n".  0 if it is none of these. */
static int parse_real_time(const char *name)
{
	int base, direction, n = 0;

	if (strncasecmp(name, "RTMIN", 5) == 0) {
		base = REAL_TIME_MIN;
		direction = 1;
	} else if (strncasecmp(name, "RTMAX", 5) == 0) {
		base = SIGNAL_MAX;
		direction = -1;
	} else {
		return 0;
	}
	name += 5;
	if (*name != '\0') {
		if (*name != (direction > 0 ? '+' : '-') || num_parse_int(name + 1, &n) < 0 || n < 0 ||
		    n > SIGNAL_MAX - REAL_TIME_MIN)
			return 0;
	}
	return base + direction * n;
}

static int parse_name(const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	unsigned i;

	for (i = 0; i < N_NAMES; i++) {
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].sig;
	}
	return parse_real_time(name);
}

int signal_parse(const char *text, int *ret_sig, struct err *e)
{
	int sig;

	if (text[0] >= '0' && text[0] <= '9') {
		/* 0 looks whether the process can be signalled, as kill(2) has it. */
		if (num_parse_int(text, &sig) < 0 || sig > SIGNAL_MAX)
			return err_set(e, ERR_USAGE, "unknown signal \"%.32s\": a number up to %d", text, SIGNAL_MAX);
	} else {
		sig = parse_name(text);
		if (sig == 0)
			return err_set(e, ERR_USAGE, "unknown signal \"%.32s\"", text);
	}
	*ret_sig = sig;
	return 0;
}

const char *signal_name(int sig)
{
	static char name[sizeof("SIG") + sizeof(names[0].name)] = "SIG";
	unsigned i;

	for (i = 0; i < N_NAMES; i++) {
		if (names[i].sig == sig) {
			memcpy(name + 3, names[i].name, sizeof(names[i].name));
			return name;
		}
	}
	return NULL;
}
