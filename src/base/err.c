/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A prefix gives way to the message that it explains, down to this many bytes. */
#define PREFIX_MIN 64

/* Text of fixed width, not pointers: a table of pointers would need a relocation for each at every start. */
static const char errno_text[][52] = {
	[EPERM] = "Operation not permitted",
	[ENOENT] = "No such file or directory",
	[ESRCH] = "No such process",
	[EINTR] = "Interrupted system call",
	[EIO] = "Input/output error",
	[ENXIO] = "No such device or address",
	[E2BIG] = "Argument list too long",
	[ENOEXEC] = "Exec format error",
	[EBADF] = "Bad file descriptor",
	[ECHILD] = "No child processes",
	[EAGAIN] = "Resource temporarily unavailable",
	[ENOMEM] = "Cannot allocate memory",
	[EACCES] = "Permission denied",
	[EFAULT] = "Bad address",
	[ENOTBLK] = "Block device required",
	[EBUSY] = "Device or resource busy",
	[EEXIST] = "File exists",
	[EXDEV] = "Invalid cross-device link",
	[ENODEV] = "No such device",
	[ENOTDIR] = "Not a directory",
	[EISDIR] = "Is a directory",
	[EINVAL] = "Invalid argument",
	[ENFILE] = "Too many open files in system",
	[EMFILE] = "Too many open files",
	[ENOTTY] = "Inappropriate ioctl for device",
	[ETXTBSY] = "Text file busy",
	[EFBIG] = "File too large",
	[ENOSPC] = "No space left on device",
	[ESPIPE] = "Illegal seek",
	[EROFS] = "Read-only file system",
	[EMLINK] = "Too many links",
	[EPIPE] = "Broken pipe",
	[EDOM] = "Numerical argument out of domain",
	[ERANGE] = "Numerical result out of range",
	[EDEADLK] = "Resource deadlock avoided",
	[ENAMETOOLONG] = "File name too long",
	[ENOLCK] = "No locks available",
	[ENOSYS] = "Function not implemented",
	[ENOTEMPTY] = "Directory not empty",
	[ELOOP] = "Too many levels of symbolic links",
	[ENOMSG] = "No message of desired type",
	[EIDRM] = "Identifier removed",
	[ENODATA] = "No data available",
	[ETIME] = "Timer expired",
	[EPROTO] = "Protocol error",
	[EBADMSG] = "Bad message",
	[EOVERFLOW] = "Value too large for defined data type",
	[EILSEQ] = "Invalid or incomplete multibyte or wide character",
	[EUSERS] = "Too many users",
	[ENOTSOCK] = "Socket operation on non-socket",
	[EDESTADDRREQ] = "Destination address required",
	[EMSGSIZE] = "Message too long",
	[EPROTOTYPE] = "Protocol wrong type for socket",
	[ENOPROTOOPT] = "Protocol not available",
	[EPROTONOSUPPORT] = "Protocol not supported",
	[EOPNOTSUPP] = "Operation not supported",
	[EAFNOSUPPORT] = "Address family not supported by protocol",
	[EADDRINUSE] = "Address already in use",
	[EADDRNOTAVAIL] = "Cannot assign requested address",
	[ENETDOWN] = "Network is down",
	[ENETUNREACH] = "Network is unreachable",
	[ECONNABORTED] = "Software caused connection abort",
	[ECONNRESET] = "Connection reset by peer",
	[ENOBUFS] = "No buffer space available",
	[EISCONN] = "Transport endpoint is already connected",
	[ENOTCONN] = "Transport endpoint is not connected",
	[ETIMEDOUT] = "Connection timed out",
	[ECONNREFUSED] = "Connection refused",
	[EHOSTDOWN] = "Host is down",
	[EHOSTUNREACH] = "No route to host",
	[EALREADY] = "Operation already in progress",
	[EINPROGRESS] = "Operation now in progress",
	[ESTALE] = "Stale file handle",
	[EDQUOT] = "Disk quota exceeded",
	[ECANCELED] = "Operation canceled",
	[ENOKEY] = "Required key not available",
	[EKEYEXPIRED] = "Key has expired",
	[EKEYREVOKED] = "Key has been revoked",
	[EKEYREJECTED] = "Key was rejected by service",
	[ELIBBAD] = "Accessing a corrupted shared library",
};

static const char kind_name[ERR_KIND_COUNT][12] = {
	[ERR_NONE] = "none",
	[ERR_USAGE] = "usage",
	[ERR_CONFIG] = "config",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_SYSTEM] = "system",
	[ERR_HOOK] = "hook",
	[ERR_STATE] = "state",
	[ERR_INTERNAL] = "internal",
};

/* Drops the incomplete UTF-8 sequence that a cut has left at the end of S. */
static void cut_partial_sequence(char *s, size_t len)
{
	size_t start = len;
	size_t want;
	unsigned char lead;

	while (start > 0 && len - start < 4) {
		start--;
		if (((unsigned char)s[start] & 0xc0) != 0x80)
			break;
	}
	lead = (unsigned char)s[start];
	want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	if (len - start < want)
		s[start] = '\0';
}

/* What is quoted in a message may hold anything; a message is one line. */
static void blank_controls(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

static void format_text(char *buf, size_t size, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));
static void format_text(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (n < 0)
		buf[0] = '\0';
	else if ((size_t)n >= size)
		cut_partial_sequence(buf, size - 1);
	blank_controls(buf);
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	e->kind = kind;
	e->errnum = 0;
	e->hint[0] = '\0';
	va_start(ap, fmt);
	format_text(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

int err_errno(struct err *e, int errnum, const char *fmt, ...)
{
	char number[24];
	const char *text = err_errno_text(errnum, number);
	size_t text_len = strlen(text);
	size_t len;
	va_list ap;

	e->kind = ERR_SYSTEM;
	e->errnum = errnum;
	e->hint[0] = '\0';
	va_start(ap, fmt);
	/* Room for the reason is kept: of a long message, the name is what is cut. */
	format_text(e->msg, sizeof(e->msg) - text_len - 2, fmt, ap);
	va_end(ap);
	len = strlen(e->msg);
	memcpy(e->msg + len, ": ", 2);
	memcpy(e->msg + len + 2, text, text_len + 1);
	return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char prefix[ERR_MSG_MAX / 2];
	size_t msg_len = strlen(e->msg);
	size_t room = sizeof(e->msg) - 1 - msg_len;
	size_t size = room > PREFIX_MIN + 2 ? room - 1 : PREFIX_MIN;
	size_t len;
	va_list ap;

	if (size > sizeof(prefix))
		size = sizeof(prefix);
	va_start(ap, fmt);
	format_text(prefix, size, fmt, ap);
	va_end(ap);

	len = strlen(prefix);
	if (len + 2 + msg_len > sizeof(e->msg) - 1) {
		msg_len = sizeof(e->msg) - 1 - len - 2;
		e->msg[msg_len] = '\0';
		cut_partial_sequence(e->msg, msg_len);
		msg_len = strlen(e->msg);
	}
	memmove(e->msg + len + 2, e->msg, msg_len + 1);
	memcpy(e->msg, prefix, len);
	memcpy(e->msg + len, ": ", 2);
	return -1;
}

int err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e->hint[0] != '\0')
		return -1;
	va_start(ap, fmt);
	format_text(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	return -1;
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->errnum = 0;
	e->msg[0] = '\0';
	e->hint[0] = '\0';
}

const char *err_kind_name(enum err_kind kind)
{
	/* A kind can come from init in a message: it is looked at before it is used as an index. */
	if ((unsigned)kind >= ERR_KIND_COUNT)
		return kind_name[ERR_INTERNAL];
	return kind_name[kind];
}

const char *err_errno_text(int errnum, char buf[static 24])
{
	size_t n = sizeof(errno_text) / sizeof(errno_text[0]);

	if (errnum > 0 && (size_t)errnum < n && errno_text[errnum][0] != '\0')
		return errno_text[errnum];
	(void)snprintf(buf, 24, "errno %d", errnum); /* 24 bytes hold every int */
	return buf;
}
