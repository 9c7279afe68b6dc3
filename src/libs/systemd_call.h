/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_SYSTEMD_CALL_H
#define RT_LIBS_SYSTEMD_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "libs/systemd_bus.h"

/* What the two halves of systemd_bus.h share: the connection and calls over it.  Only where there is libsystemd. */

#define SYSTEMD_SERVICE "org.freedesktop.systemd1"
#define SYSTEMD_MANAGER_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER "org.freedesktop.systemd1.Manager"

struct libsystemd {
	__typeof__(&sd_bus_open_system) open_system;
	__typeof__(&sd_bus_open_user) open_user;
	__typeof__(&sd_bus_is_ready) is_ready;
	__typeof__(&sd_bus_process) process;
	__typeof__(&sd_bus_wait) wait;
	__typeof__(&sd_bus_call) call;
	__typeof__(&sd_bus_close) close;
	__typeof__(&sd_bus_unref) unref;
	__typeof__(&sd_bus_add_filter) add_filter;
	__typeof__(&sd_bus_message_is_signal) message_is_signal;
	__typeof__(&sd_bus_error_free) error_free;
	__typeof__(&sd_bus_message_new_method_call) message_new_method_call;
	__typeof__(&sd_bus_message_unref) message_unref;
	__typeof__(&sd_bus_message_append_basic) message_append_basic;
	__typeof__(&sd_bus_message_open_container) message_open_container;
	__typeof__(&sd_bus_message_close_container) message_close_container;
	__typeof__(&sd_bus_message_read_basic) message_read_basic;
	__typeof__(&sd_bus_message_enter_container) message_enter_container;
};

/* The job that is waited for. */
struct job {
	char path[128];
	char result[32]; /* "" until it is over */
};

struct systemd_bus {
	struct libsystemd lib;
	sd_bus *bus;
	bool user;
	uint64_t deadline; /* CLOCK_MONOTONIC, microseconds */
	unsigned timeout_ms;
	struct job job;
};

/* A message in the making; the first failure stays. */
struct systemd_call {
	struct systemd_bus *b;
	sd_bus_message *m;
	const char *method;
	int result;
};

/* "systemd" or "the user's systemd", for messages. */
const char *systemd_bus_name(const struct systemd_bus *b);

/* Processes what comes in until IS_DONE, or the deadline: then "no answer ...: WHAT". */
int systemd_bus_wait(struct systemd_bus *b, bool (*is_done)(const struct systemd_bus *b), const char *what,
		     struct err *e);

/* A call to systemd, or to the bus itself; then its arguments, as sd_bus_message_append_basic(3) has them. */
void systemd_call_begin(struct systemd_call *c, struct systemd_bus *b, const char *interface, const char *method);
void systemd_call_begin_bus(struct systemd_call *c, struct systemd_bus *b, const char *method);
void systemd_call_put(struct systemd_call *c, char type, const void *value);
void systemd_call_open(struct systemd_call *c, char type, const char *contents);
void systemd_call_close(struct systemd_call *c);

/* Sends the call and frees it.  UNIT is for messages.  NAME_OF_ERROR (SIZE bytes, or NULL): the error's name, "" for
 * one without.  *RET_REPLY, unless NULL, is for the caller to unref. */
int systemd_call_finish(struct systemd_call *c, const char *unit, sd_bus_message **ret_reply, char *name_of_error,
			size_t size, struct err *e);

#endif
