/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/systemd_bus.h"

#ifndef HAVE_SYSTEMD

struct systemd_bus *systemd_bus_open(bool user, unsigned timeout_ms, uint64_t deadline, struct err *e)
{
	(void)user;
	(void)timeout_ms;
	(void)deadline;
	(void)err_set(e, ERR_UNSUPPORTED, "cgroup manager systemd: this rt-libs was built without it");
	return NULL;
}

/* Without a connection nobody calls this. */
void systemd_bus_close(struct systemd_bus **bus)
{
	(void)bus;
}

#else

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dlopen-note.h"
#include "libs/library.h"
#include "libs/systemd_call.h"

DLOPEN_NOTE(systemd, "the cgroup manager systemd", "recommended", "libsystemd.so.0");

#define NSEC_PER_USEC 1000U

static const struct library_symbol symbols[] = {
	LIBRARY_SYMBOL("sd_bus_open_system", libsystemd, open_system),
	LIBRARY_SYMBOL("sd_bus_open_user", libsystemd, open_user),
	LIBRARY_SYMBOL("sd_bus_is_ready", libsystemd, is_ready),
	LIBRARY_SYMBOL("sd_bus_process", libsystemd, process),
	LIBRARY_SYMBOL("sd_bus_wait", libsystemd, wait),
	LIBRARY_SYMBOL("sd_bus_call", libsystemd, call),
	LIBRARY_SYMBOL("sd_bus_close", libsystemd, close),
	LIBRARY_SYMBOL("sd_bus_unref", libsystemd, unref),
	LIBRARY_SYMBOL("sd_bus_add_filter", libsystemd, add_filter),
	LIBRARY_SYMBOL("sd_bus_message_is_signal", libsystemd, message_is_signal),
	LIBRARY_SYMBOL("sd_bus_error_free", libsystemd, error_free),
	LIBRARY_SYMBOL("sd_bus_message_new_method_call", libsystemd, message_new_method_call),
	LIBRARY_SYMBOL("sd_bus_message_unref", libsystemd, message_unref),
	LIBRARY_SYMBOL("sd_bus_message_append_basic", libsystemd, message_append_basic),
	LIBRARY_SYMBOL("sd_bus_message_open_container", libsystemd, message_open_container),
	LIBRARY_SYMBOL("sd_bus_message_close_container", libsystemd, message_close_container),
	LIBRARY_SYMBOL("sd_bus_message_read_basic", libsystemd, message_read_basic),
	LIBRARY_SYMBOL("sd_bus_message_enter_container", libsystemd, message_enter_container),
};

static const struct library library = {
	.file = "libsystemd.so.0",
	.name = "libsystemd",
	.purpose = "cgroup manager systemd",
	.hint = "install libsystemd (Debian: libsystemd0; Fedora: systemd-libs)",
	.symbols = symbols,
	.n_symbols = sizeof(symbols) / sizeof(symbols[0]),
};

/* Time ----------------------------------------------------------------------------------------------------------- */

static uint64_t left_usec(const struct systemd_bus *b)
{
	const uint64_t now = clock_now_ns() / NSEC_PER_USEC;

	return now < b->deadline ? b->deadline - now : 0;
}

const char *systemd_bus_name(const struct systemd_bus *b)
{
	return b->user ? "the user's systemd" : "systemd";
}

static int fail_timeout(const struct systemd_bus *b, const char *what, struct err *e)
{
	(void)err_set(e, ERR_SYSTEM, "%s: no answer in %u.%u s: %s", systemd_bus_name(b), b->timeout_ms / 1000,
		      b->timeout_ms % 1000 / 100, what);
	e->errnum = ETIMEDOUT;
	return err_hint(e, "look at `systemctl%s list-jobs` and at the journal of systemd and dbus",
			b->user ? " --user" : "");
}

/* Connecting ------------------------------------------------------------------------------------------------------- */

static int explain_open(const struct systemd_bus *b, int errnum, struct err *e)
{
	if (b->user && errnum == ENOMEDIUM) {
		(void)err_set(e, ERR_UNSUPPORTED,
			      "the user's bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
		e->errnum = errnum;
		return err_hint(e,
				"log in with a session (ssh, machinectl shell), or export XDG_RUNTIME_DIR=/run/user/%u",
				(unsigned)geteuid());
	}
	(void)err_errno(e, errnum, "connect to %s", b->user ? "the user's bus" : "the system's bus");
	if (b->user && (errnum == ENOENT || errnum == ECONNREFUSED))
		return err_hint(
			e, "the user's systemd and its bus do not run: `loginctl enable-linger $USER` keeps them up "
			   "(Debian: the package dbus-user-session)");
	if (b->user)
		return -1;
	return err_hint(e, "is dbus running? --cgroup-manager=cgroupfs does without");
}

/* Processes what comes until IS_DONE says so. */
int systemd_bus_wait(struct systemd_bus *b, bool (*is_done)(const struct systemd_bus *b), const char *what,
		     struct err *e)
{
	while (!is_done(b)) {
		int r = b->lib.process(b->bus, NULL);

		if (r == 0) {
			const uint64_t left = left_usec(b);

			if (left == 0)
				return fail_timeout(b, what, e);
			r = b->lib.wait(b->bus, left);
		}
		if (r == -EINTR)
			continue;
		if (r == -ETIMEDOUT)
			return fail_timeout(b, what, e);
		if (r < 0)
			return err_errno(e, -r, "%s: %s", systemd_bus_name(b), what);
	}
	return 0;
}

static bool is_connected(const struct systemd_bus *b)
{
	return b->lib.is_ready(b->bus) > 0;
}

static int connect_bus(struct systemd_bus *b, struct err *e)
{
	int r;

	if (library_open(&library, &b->lib, e) == NULL)
		return -1;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): library_open() has filled the table, by offsets */
	r = b->user ? b->lib.open_user(&b->bus) : b->lib.open_system(&b->bus);
	if (r < 0)
		return explain_open(b, -r, e);
	/* The library's own calls wait for this without a bound of ours. */
	if (systemd_bus_wait(b, is_connected, "greeting on the bus", e) < 0) {
		if (e->errnum == EPERM || e->errnum == EACCES)
			(void)err_hint(
				e, "the bus does not take this user; inside a user namespace a newer libsystemd helps");
		return -1;
	}
	return 0;
}

struct systemd_bus *systemd_bus_open(bool user, unsigned timeout_ms, uint64_t deadline, struct err *e)
{
	struct systemd_bus *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		(void)err_errno(e, ENOMEM, "connect to systemd");
		return NULL;
	}
	b->user = user;
	b->timeout_ms = timeout_ms;
	b->deadline = deadline;
	if (connect_bus(b, e) < 0)
		systemd_bus_close(&b);
	return b;
}

void systemd_bus_close(struct systemd_bus **bus)
{
	struct systemd_bus *b = *bus;

	if (b == NULL)
		return;
	if (b->bus != NULL) {
		b->lib.close(b->bus);
		(void)b->lib.unref(b->bus); /* gives NULL */
	}
	/* The library stays: what it has left behind in this thread would call into it. */
	free(b);
	*bus = NULL;
}

/* Calls ---------------------------------------------------------------------------------------------------------- */

void systemd_call_begin(struct systemd_call *c, struct systemd_bus *b, const char *interface, const char *method)
{
	*c = (struct systemd_call){ .b = b, .method = method };
	c->result =
		b->lib.message_new_method_call(b->bus, &c->m, SYSTEMD_SERVICE, SYSTEMD_MANAGER_PATH, interface, method);
}

/* To the bus itself. */
void systemd_call_begin_bus(struct systemd_call *c, struct systemd_bus *b, const char *method)
{
	static const char service[] = "org.freedesktop.DBus";

	*c = (struct systemd_call){ .b = b, .method = method };
	c->result = b->lib.message_new_method_call(b->bus, &c->m, service, "/org/freedesktop/DBus", service, method);
}

void systemd_call_put(struct systemd_call *c, char type, const void *value)
{
	if (c->result >= 0)
		c->result = c->b->lib.message_append_basic(c->m, type, value);
}

void systemd_call_open(struct systemd_call *c, char type, const char *contents)
{
	if (c->result >= 0)
		c->result = c->b->lib.message_open_container(c->m, type, contents);
}

void systemd_call_close(struct systemd_call *c)
{
	if (c->result >= 0)
		c->result = c->b->lib.message_close_container(c->m);
}

/* What systemd or the bus said to a call that failed. */
static int explain_call(const struct systemd_call *c, int r, const char *unit, const sd_bus_error *error, struct err *e)
{
	if (r == -ETIMEDOUT && error->message == NULL)
		return fail_timeout(c->b, c->method, e);
	if (error->name != NULL && strcmp(error->name, "org.freedesktop.DBus.Error.NoReply") == 0)
		return fail_timeout(c->b, c->method, e);
	(void)err_set(e, ERR_SYSTEM, "%s: %s %s: %s", systemd_bus_name(c->b), c->method, unit,
		      error->message != NULL ? error->message : "no reason given");
	e->errnum = -r;
	if (r == -EACCES || r == -EPERM)
		return err_hint(e, c->b->user ? "the user's manager refuses it"
					      : "only root may do that with the system's manager");
	return -1;
}

int systemd_call_finish(struct systemd_call *c, const char *unit, sd_bus_message **ret_reply, char *name_of_error,
			size_t size, struct err *e)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	uint64_t left = left_usec(c->b);
	int r = c->result;

	if (name_of_error != NULL)
		name_of_error[0] = '\0';
	if (r < 0) {
		(void)err_errno(e, -r, "%s: make the call %s", systemd_bus_name(c->b), c->method);
	} else {
		/* 0 would be the library's default. */
		r = c->b->lib.call(c->b->bus, c->m, left > 0 ? left : 1, &error, ret_reply);
		if (r < 0)
			(void)explain_call(c, r, unit, &error, e);
		if (r < 0 && name_of_error != NULL && error.name != NULL)
			(void)snprintf(name_of_error, size, "%s",
				       error.name); /* a cut one is none that is looked for */
	}
	c->b->lib.error_free(&error);
	(void)c->b->lib.message_unref(c->m); /* gives NULL */
	c->m = NULL;
	return r < 0 ? -1 : 0;
}

#endif
