/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/systemd_bus.h"

#ifndef HAVE_SYSTEMD

int systemd_start_unit(struct systemd_bus *bus, const struct libs_request *r, bool *ret_may_be_ours, struct err *e)
{
	(void)bus;
	(void)r;
	*ret_may_be_ours = false;
	return err_set(e, ERR_INTERNAL, "no systemd");
}

int systemd_stop_unit(struct systemd_bus *bus, const char *unit, struct err *e)
{
	(void)bus;
	(void)unit;
	return err_set(e, ERR_INTERNAL, "no systemd");
}

int systemd_set_properties(struct systemd_bus *bus, const char *unit, const struct plan_unit_property *properties,
			   unsigned n, struct err *e)
{
	(void)bus;
	(void)unit;
	(void)properties;
	(void)n;
	return err_set(e, ERR_INTERNAL, "no systemd");
}

int systemd_attach_process(struct systemd_bus *bus, const char *unit, const char *subgroup, pid_t pid, struct err *e)
{
	(void)bus;
	(void)unit;
	(void)subgroup;
	(void)pid;
	return err_set(e, ERR_INTERNAL, "no systemd");
}

#else

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/span.h"
#include "libs/systemd_call.h"

#define ERROR_UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"
#define ERROR_NO_SUCH_UNIT "org.freedesktop.systemd1.NoSuchUnit"
#define VERSION_OF_ALL 239 /* plan.h: what has no other number is in this one */

/* Properties ------------------------------------------------------------------------------------------------------- */

static void put_value(struct systemd_call *c, char type, const struct plan_unit_value *v)
{
	const int truth = v->number != 0;
	const uint8_t byte = (uint8_t)v->number;
	const uint16_t u16 = (uint16_t)v->number;
	const uint32_t u32 = (uint32_t)v->number;

	switch (type) {
	case 's':
	case 'o':
	case 'g':
		systemd_call_put(c, type, v->text);
		break;
	case 'b':
		systemd_call_put(c, type, &truth);
		break;
	case 'y':
		systemd_call_put(c, type, &byte);
		break;
	case 'n':
	case 'q':
		systemd_call_put(c, type, &u16);
		break;
	case 'i':
	case 'u':
		systemd_call_put(c, type, &u32);
		break;
	default: /* x, t */
		systemd_call_put(c, type, &v->number);
	}
}

static void put_property(struct systemd_call *c, const struct plan_unit_property *p)
{
	const char *type = p->type;
	char members[16];
	size_t n;

	systemd_call_open(c, 'r', "sv");
	systemd_call_put(c, 's', p->name);
	systemd_call_open(c, 'v', type);
	if (type[0] != 'a') {
		put_value(c, type[0], &p->values[0]);
	} else if (type[1] != '(') {
		systemd_call_open(c, 'a', type + 1);
		for (unsigned i = 0; i < p->n_values; i++)
			put_value(c, type[1], &p->values[i]);
		systemd_call_close(c);
	} else {
		n = span_until(type + 2, ")");
		(void)snprintf(members, sizeof(members), "%.*s", (int)n, type + 2); /* eight at most: unit_text.c */
		systemd_call_open(c, 'a', type + 1);
		for (unsigned i = 0; n > 0 && i + n <= p->n_values; i += (unsigned)n) {
			systemd_call_open(c, 'r', members);
			for (size_t k = 0; k < n; k++)
				put_value(c, members[k], &p->values[i + k]);
			systemd_call_close(c);
		}
		systemd_call_close(c);
	}
	systemd_call_close(c);
	systemd_call_close(c);
}

static void put_pid(struct systemd_call *c, pid_t pid)
{
	const uint32_t number = (uint32_t)pid;

	systemd_call_open(c, 'a', "u");
	systemd_call_put(c, 'u', &number);
	systemd_call_close(c);
}

/* "252.39-1~deb12u2", "v239", "260~rc1": the first number. */
static int get_version(struct systemd_bus *b, unsigned *ret, struct err *e)
{
	static const char interface[] = SYSTEMD_MANAGER, name[] = "Version";
	sd_bus_message *reply = NULL;
	const char *text = NULL;
	char digits[11];
	struct systemd_call c;
	size_t len;
	int r;

	systemd_call_begin(&c, b, "org.freedesktop.DBus.Properties", "Get");
	systemd_call_put(&c, 's', interface);
	systemd_call_put(&c, 's', name);
	if (systemd_call_finish(&c, name, &reply, NULL, 0, e) < 0)
		return -1;
	r = b->lib.message_enter_container(reply, 'v', "s");
	if (r >= 0)
		r = b->lib.message_read_basic(reply, 's', &text);
	if (r >= 0 && text != NULL) {
		text += span_until(text, "0123456789");
		len = span_of(text, "0123456789");
		(void)snprintf(digits, sizeof(digits), "%.*s", (int)len, text); /* a cut one is no version of systemd */
		r = num_parse_u32(digits, ret) < 0 ? -EINVAL : 0;
	}
	(void)b->lib.message_unref(reply); /* gives NULL */
	return r < 0 ? err_errno(e, -r, "%s: read its version", systemd_bus_name(b)) : 0;
}

/* Asked for only where a property depends on it: VERSION_OF_ALL otherwise. */
static int find_version(struct systemd_bus *b, const struct plan_unit_property *properties, unsigned n, unsigned *ret,
			struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		if (properties[i].since > VERSION_OF_ALL)
			return get_version(b, ret, e);
	}
	*ret = VERSION_OF_ALL;
	return 0;
}

static void put_properties(struct systemd_call *c, const struct plan_unit_property *properties, unsigned n,
			   unsigned version)
{
	for (unsigned i = 0; i < n; i++) {
		if (properties[i].since <= version)
			put_property(c, &properties[i]);
	}
}

/* Jobs ------------------------------------------------------------------------------------------------------------ */

/* JobRemoved: u id, o job, s unit, s result. */
static int on_job_removed(sd_bus_message *m, void *bus, sd_bus_error *error)
{
	struct systemd_bus *b = bus;
	const char *path = NULL, *unit = NULL, *result = NULL;
	uint32_t id;

	(void)error; /* nobody gets an answer to a signal */
	if (b->lib.message_is_signal(m, SYSTEMD_MANAGER, "JobRemoved") <= 0)
		return 0;
	if (b->lib.message_read_basic(m, 'u', &id) < 0 || b->lib.message_read_basic(m, 'o', &path) < 0 ||
	    b->lib.message_read_basic(m, 's', &unit) < 0 || b->lib.message_read_basic(m, 's', &result) < 0)
		return 0; /* not what systemd sends */
	if (b->job.path[0] != '\0' && strcmp(path, b->job.path) == 0)
		(void)snprintf(b->job.result, sizeof(b->job.result), "%s", result); /* its words are shorter */
	return 0;
}

/*
 * Before the call that makes the job.  For this unit alone: on a busy host jobs of others come and go all the time.
 * Not by sd_bus_add_match(): the library looks at an argument only if all before it are strings.
 */
static int watch_jobs(struct systemd_bus *b, const char *unit, struct err *e)
{
	char match[512];
	int n = snprintf(match, sizeof(match),
			 "type='signal',sender='" SYSTEMD_SERVICE "',path='" SYSTEMD_MANAGER_PATH
			 "',interface='" SYSTEMD_MANAGER "',member='JobRemoved',arg2='%s'",
			 unit);
	struct systemd_call c;
	int r;

	if (n < 0 || (size_t)n >= sizeof(match))
		return err_set(e, ERR_INTERNAL, "the unit's name is too long: %.100s", unit);
	r = b->lib.add_filter(b->bus, NULL, on_job_removed, b);
	if (r < 0)
		return err_errno(e, -r, "%s: listen for jobs of %s", systemd_bus_name(b), unit);
	systemd_call_begin_bus(&c, b, "AddMatch");
	systemd_call_put(&c, 's', match);
	return systemd_call_finish(&c, unit, NULL, NULL, 0, e);
}

static bool is_job_over(const struct systemd_bus *b)
{
	return b->job.result[0] != '\0';
}

static int wait_for_job(struct systemd_bus *b, sd_bus_message *reply, const char *what, const char *unit, struct err *e)
{
	const char *path = NULL;
	char text[320];
	int r = b->lib.message_read_basic(reply, 'o', &path);

	if (r < 0 || path == NULL || strlen(path) >= sizeof(b->job.path))
		return err_set(e, ERR_SYSTEM, "%s: the answer to %s %s names no job", systemd_bus_name(b), what, unit);
	b->job.result[0] = '\0';
	(void)snprintf(b->job.path, sizeof(b->job.path), "%s", path);	    /* fits: looked at */
	(void)snprintf(text, sizeof(text), "the job to %s %s", what, unit); /* cut text is fine */
	if (systemd_bus_wait(b, is_job_over, text, e) < 0)
		return -1;
	if (strcmp(b->job.result, "done") == 0)
		return 0;
	(void)err_set(e, ERR_SYSTEM, "%s: the job to %s %s ended as \"%s\"", systemd_bus_name(b), what, unit,
		      b->job.result);
	return err_hint(e, "`journalctl%s -u '%.100s'` may say why", b->user ? " --user" : "", unit);
}

/* Methods -------------------------------------------------------------------------------------------------------- */

static int reset_failed(struct systemd_bus *b, const char *unit, struct err *e)
{
	char name[64];
	struct systemd_call c;

	systemd_call_begin(&c, b, SYSTEMD_MANAGER, "ResetFailedUnit");
	systemd_call_put(&c, 's', unit);
	if (systemd_call_finish(&c, unit, NULL, name, sizeof(name), e) == 0)
		return 0;
	if (strcmp(name, ERROR_NO_SUCH_UNIT) != 0)
		return -1;
	err_clear(e);
	return 0;
}

static int start_transient(struct systemd_bus *b, const struct libs_request *r, unsigned version,
			   sd_bus_message **ret_reply, char *name_of_error, size_t size, struct err *e)
{
	struct systemd_call c;

	systemd_call_begin(&c, b, SYSTEMD_MANAGER, "StartTransientUnit");
	systemd_call_put(&c, 's', r->unit);
	systemd_call_put(&c, 's', "replace");
	systemd_call_open(&c, 'a', "(sv)");
	put_properties(&c, r->properties, r->n_properties, version);
	if (!r->unit_is_slice) { /* slices hold no processes, to systemd */
		systemd_call_open(&c, 'r', "sv");
		systemd_call_put(&c, 's', "PIDs");
		systemd_call_open(&c, 'v', "au");
		put_pid(&c, r->pid);
		systemd_call_close(&c);
		systemd_call_close(&c);
	}
	systemd_call_close(&c);
	systemd_call_open(&c, 'a', "(sa(sv))"); /* no further units */
	systemd_call_close(&c);
	return systemd_call_finish(&c, r->unit, ret_reply, name_of_error, size, e);
}

int systemd_start_unit(struct systemd_bus *bus, const struct libs_request *r, bool *ret_may_be_ours, struct err *e)
{
	sd_bus_message *reply = NULL;
	struct err again = ERR_INIT;
	unsigned version = 0; /* for the analyser: find_version() says it or fails */
	char name[64];
	int result;

	*ret_may_be_ours = false;
	if (find_version(bus, r->properties, r->n_properties, &version, e) < 0 ||
	    watch_jobs(bus, r->unit, e) < 0)
		return -1;
	result = start_transient(bus, r, version, &reply, name, sizeof(name), e);
	if (result < 0 && strcmp(name, ERROR_UNIT_EXISTS) == 0) {
		/* One that has failed stays until somebody resets it. */
		if (reset_failed(bus, r->unit, &again) < 0)
			return -1;
		err_clear(e);
		result = start_transient(bus, r, version, &reply, name, sizeof(name), e);
	}
	if (result < 0 && strcmp(name, ERROR_UNIT_EXISTS) == 0) {
		e->kind = ERR_STATE;
		return err_hint(e, "choose another cgroupsPath, or look at `systemctl%s status '%.80s'`",
				bus->user ? " --user" : "", r->unit);
	}
	/* A refusal makes nothing; where there is no answer, systemd may still get to it. */
	*ret_may_be_ours = result == 0 || e->errnum == ETIMEDOUT;
	if (result < 0)
		return -1;
	result = wait_for_job(bus, reply, "start", r->unit, e);
	(void)bus->lib.message_unref(reply); /* gives NULL */
	return result;
}

int systemd_stop_unit(struct systemd_bus *bus, const char *unit, struct err *e)
{
	sd_bus_message *reply = NULL;
	char name[64];
	struct systemd_call c;
	int r;

	if (watch_jobs(bus, unit, e) < 0)
		return -1;
	systemd_call_begin(&c, bus, SYSTEMD_MANAGER, "StopUnit");
	systemd_call_put(&c, 's', unit);
	systemd_call_put(&c, 's', "replace");
	if (systemd_call_finish(&c, unit, &reply, name, sizeof(name), e) < 0) {
		if (strcmp(name, ERROR_NO_SUCH_UNIT) != 0)
			return -1;
		err_clear(e); /* it went when its last process did */
		return 0;
	}
	r = wait_for_job(bus, reply, "stop", unit, e);
	(void)bus->lib.message_unref(reply); /* gives NULL */
	return r < 0 ? -1 : reset_failed(bus, unit, e);
}

int systemd_set_properties(struct systemd_bus *bus, const char *unit, const struct plan_unit_property *properties,
			   unsigned n, struct err *e)
{
	const int runtime = true;
	unsigned version = 0; /* for the analyser: find_version() says it or fails */
	struct systemd_call c;

	if (n == 0)
		return 0;
	if (find_version(bus, properties, n, &version, e) < 0)
		return -1;
	systemd_call_begin(&c, bus, SYSTEMD_MANAGER, "SetUnitProperties");
	systemd_call_put(&c, 's', unit);
	systemd_call_put(&c, 'b', &runtime);
	systemd_call_open(&c, 'a', "(sv)");
	put_properties(&c, properties, n, version);
	systemd_call_close(&c);
	return systemd_call_finish(&c, unit, NULL, NULL, 0, e);
}

int systemd_attach_process(struct systemd_bus *bus, const char *unit, const char *subgroup, pid_t pid, struct err *e)
{
	struct systemd_call c;

	systemd_call_begin(&c, bus, SYSTEMD_MANAGER, "AttachProcessesToUnit");
	systemd_call_put(&c, 's', unit);
	systemd_call_put(&c, 's', subgroup);
	put_pid(&c, pid);
	return systemd_call_finish(&c, unit, NULL, NULL, 0, e);
}

#endif
