/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_ERR_H
#define RT_BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Errors are values: no heap, one fixed size, so that one fits in a datagram between rt and init.
 *
 * A function that can fail returns 0 or -1 (or a descriptor, or -1) and takes a `struct err *` as its
 * last argument, never NULL.  The innermost level that knows what failed on which object writes the
 * message with err_set*(); a level that knows a new name puts it in front with err_prefix().
 */

enum err_kind {
	ERR_NONE,
	ERR_USAGE,       /* the command line can not be read */
	ERR_CONFIG,      /* config.json, process.json or another document says something invalid */
	ERR_UNSUPPORTED, /* valid, but this kernel, host or build can not do it */
	ERR_SYSTEM,      /* a system call failed; errnum says how */
	ERR_HOOK,        /* a hook failed, or could not be run */
	ERR_STATE,       /* the container is missing, or in the wrong status for this */
	ERR_INTERNAL,    /* a bug: a broken invariant or protocol */
	ERR_KIND_COUNT
};

#define ERR_MSG_MAX 512
#define ERR_HINT_MAX 200

struct err {
	enum err_kind kind;
	int errnum;              /* an errno value, or 0 */
	char msg[ERR_MSG_MAX];   /* "object: operation: strerror", no newline, cut at a UTF-8 boundary */
	char hint[ERR_HINT_MAX]; /* what a person can do about it; "" when there is nothing to say */
};

#define ERR_INIT { .kind = ERR_NONE }

/* All three return -1, so that `return err_set(...)` reads as what it is. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Like err_set (ERR_SYSTEM), keeps ERRNUM and adds ": " and its text. */
int err_errno(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "text: " in front of the message. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets the hint, unless an inner level has set one. Returns -1 as the others do. */
int err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forgets a failure that was handled. */
void err_clear(struct err *e);

/* The kind's word as the JSON log's `code` shows it: "config", "unsupported", ... */
const char *err_kind_name(enum err_kind kind);

/* strerror without locale, allocation or NSS: the usual English text, or "errno N". */
const char *err_errno_text(int errnum, char buf[static 24]);

#endif
