/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "base/fd.h"
#include "base/io.h"
#include "base/sys.h"
#include "state/reader.h"
#include "state/state.h"

/* Most are smaller. */
#define USUAL_SIZE 2048

/* state.json: one table for the writer and the reader. */

enum field_kind { FIELD_STRING, FIELD_OBJECT, FIELD_BOOL, FIELD_PID, FIELD_U32, FIELD_U64, FIELD_DRIVER };

static const struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
} fields[] = {
	{ "version", FIELD_U32, offsetof(struct state, version) },
	{ "complete", FIELD_BOOL, offsetof(struct state, complete) },
	{ "ociVersion", FIELD_STRING, offsetof(struct state, oci_version) },
	{ "id", FIELD_STRING, offsetof(struct state, id) },
	{ "bundle", FIELD_STRING, offsetof(struct state, bundle) },
	{ "rootfs", FIELD_STRING, offsetof(struct state, rootfs) },
	{ "created", FIELD_STRING, offsetof(struct state, created) },
	{ "owner", FIELD_U32, offsetof(struct state, owner_uid) },
	{ "bootId", FIELD_STRING, offsetof(struct state, boot_id) },
	{ "rtPid", FIELD_PID, offsetof(struct state, rt_pid) },
	{ "rtStartTime", FIELD_U64, offsetof(struct state, rt_start_time) },
	{ "pid", FIELD_PID, offsetof(struct state, pid) },
	{ "pidStartTime", FIELD_U64, offsetof(struct state, pid_start_time) },
	{ "pidfsInode", FIELD_U64, offsetof(struct state, pidfs_inode) },
	{ "cgroupDriver", FIELD_DRIVER, offsetof(struct state, cgroup.driver) },
	{ "cgroupMount", FIELD_STRING, offsetof(struct state, cgroup.mount) },
	{ "cgroupPath", FIELD_STRING, offsetof(struct state, cgroup.path) },
	{ "cgroupUnit", FIELD_STRING, offsetof(struct state, cgroup.unit) },
	{ "cgroupUserManager", FIELD_BOOL, offsetof(struct state, cgroup.user_manager) },
	{ "cgroupCreated", FIELD_BOOL, offsetof(struct state, cgroup.created) },
	{ "cgroupInode", FIELD_U64, offsetof(struct state, cgroup.inode) },
	{ "nsFlags", FIELD_U64, offsetof(struct state, ns_flags) },
	{ "hasPoststart", FIELD_BOOL, offsetof(struct state, has_poststart) },
	{ "hasPoststop", FIELD_BOOL, offsetof(struct state, has_poststop) },
	{ "hasOwnPidNamespace", FIELD_BOOL, offsetof(struct state, has_own_pid_ns) },
	{ "hasProcess", FIELD_BOOL, offsetof(struct state, has_process) },
	{ "rdtGroup", FIELD_STRING, offsetof(struct state, rdt_group) },
	{ "rdtCreated", FIELD_BOOL, offsetof(struct state, rdt_created) },
	{ "rdtMonitor", FIELD_BOOL, offsetof(struct state, rdt_monitor) },
	{ "annotations", FIELD_OBJECT, offsetof(struct state, annotations) },
};

static const char *const driver_name[] = {
	[CGROUP_DRIVER_V2] = "cgroupfs",
	[CGROUP_DRIVER_SYSTEMD] = "systemd",
	[CGROUP_DRIVER_NONE] = "disabled",
};

#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))
#define N_DRIVERS (sizeof(driver_name) / sizeof(driver_name[0]))

static void write_field(struct json *j, const struct field *f, const void *at)
{
	switch (f->kind) {
	case FIELD_STRING:
	case FIELD_OBJECT: {
		const char *s = *(const char *const *)at;

		if (s == NULL)
			return; /* absent reads back as NULL */
		json_key(j, f->key);
		if (f->kind == FIELD_STRING)
			json_string(j, s);
		else
			json_raw(j, s, strlen(s));
		return;
	}
	case FIELD_BOOL:
		json_kv_bool(j, f->key, *(const bool *)at);
		return;
	case FIELD_PID:
		json_kv_i64(j, f->key, *(const pid_t *)at);
		return;
	case FIELD_U32:
		json_kv_u64(j, f->key, *(const uint32_t *)at);
		return;
	case FIELD_U64:
		json_kv_u64(j, f->key, *(const uint64_t *)at);
		return;
	case FIELD_DRIVER:
		json_kv_string(j, f->key, driver_name[*(const enum cgroup_driver_kind *)at]);
		return;
	}
}

int state_write(int dir_fd, const struct state *s, struct err *e)
{
	_cleanup_json_ struct json j = JSON_INIT(0);
	const char *text;
	size_t len;
	unsigned i;

	json_begin_object(&j);
	for (i = 0; i < N_FIELDS; i++)
		write_field(&j, &fields[i], (const char *)s + fields[i].offset);
	json_end_object(&j);
	if (json_finish(&j, &text, &len, e) < 0 ||
	    io_replace_file_at(dir_fd, STATE_FILE, text, len, 0600, e) < 0)
		return err_prefix(e, "write the state");
	return 0;
}

int state_write_config(int dir_fd, const char *bytes, size_t len, struct err *e)
{
	/* In place: nobody reads it before the complete record says that it is there. */
	_cleanup_fd_ int fd = sys_openat(dir_fd, STATE_CONFIG_FILE,
					 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, errno, "create %s", STATE_CONFIG_FILE);
	if (io_write_all(fd, bytes, len, STATE_CONFIG_FILE, e) < 0)
		return err_prefix(e, "keep the config");
	return 0;
}

int state_read_config(int dir_fd, struct arena *a, const char **ret, size_t *ret_len, struct err *e)
{
	if (io_read_own_file_at(dir_fd, STATE_CONFIG_FILE, STATE_CONFIG_MAX, a, ret, ret_len, e) < 0)
		return err_prefix(e, "the container's config");
	return 0;
}

static int take_u64(const struct reader_value *v, uint64_t max, uint64_t *ret)
{
	if (v->kind != READER_NUMBER || v->is_negative || v->magnitude > max)
		return -1;
	*ret = v->magnitude;
	return 0;
}

static int take_driver(const struct reader_value *v, enum cgroup_driver_kind *ret)
{
	unsigned i;

	if (v->kind != READER_STRING)
		return -1;
	for (i = 0; i < N_DRIVERS; i++) {
		if (strcmp(v->string, driver_name[i]) == 0) {
			*ret = (enum cgroup_driver_kind)i;
			return 0;
		}
	}
	return -1;
}

static int read_field(const struct field *f, const struct reader_value *v, void *at)
{
	uint64_t number;

	switch (f->kind) {
	case FIELD_STRING:
	case FIELD_OBJECT:
		if (v->kind != (f->kind == FIELD_STRING ? READER_STRING : READER_OBJECT))
			return -1;
		*(const char **)at = v->string;
		return 0;
	case FIELD_BOOL:
		if (v->kind != READER_BOOL)
			return -1;
		*(bool *)at = v->truth;
		return 0;
	case FIELD_PID:
		if (take_u64(v, INT32_MAX, &number) < 0)
			return -1;
		*(pid_t *)at = (pid_t)number;
		return 0;
	case FIELD_U32:
		if (take_u64(v, UINT32_MAX, &number) < 0)
			return -1;
		*(uint32_t *)at = (uint32_t)number;
		return 0;
	case FIELD_U64:
		return take_u64(v, UINT64_MAX, (uint64_t *)at);
	case FIELD_DRIVER:
		return take_driver(v, at);
	}
	return -1;
}

/*
 * *NEXT is the row behind the last one that was found, where the search begins: members come in the order of the table.
 * Keys that this version does not know are passed over: the next version may have written them.
 */
static int read_member(struct state *s, const char *key, const struct reader_value *v, size_t *next, uint64_t *seen,
		       struct err *e)
{
	for (size_t n = 0; n < N_FIELDS; n++) {
		const size_t i = (*next + n) % N_FIELDS;

		if (key != fields[i].key && strcmp(fields[i].key, key) != 0)
			continue;
		*next = i + 1;
		if ((*seen & (UINT64_C(1) << i)) != 0)
			return err_set(e, ERR_STATE, "\"%s\" twice", key);
		*seen |= UINT64_C(1) << i;
		if (read_field(&fields[i], v, (char *)s + fields[i].offset) < 0)
			return err_set(e, ERR_STATE, "\"%s\" has a bad value", key);
		return 0;
	}
	return 0;
}

/* What later verbs rely on without asking. */
static int check(const struct state *s, struct err *e)
{
	if (s->version == 0 || s->version > STATE_VERSION)
		return err_set(e, ERR_STATE, "version %u is not known", s->version);
	if (s->complete && s->pid <= 0)
		return err_set(e, ERR_STATE, "pid is missing");
	if (s->cgroup.driver != CGROUP_DRIVER_NONE && s->cgroup.path != NULL && s->cgroup.path[0] != '\0' &&
	    s->cgroup.path[0] != '/')
		return err_set(e, ERR_STATE, "cgroupPath is not absolute");
	if (s->rdt_group != NULL && (strchr(s->rdt_group, '/') != NULL || strcmp(s->rdt_group, "..") == 0))
		return err_set(e, ERR_STATE, "rdtGroup is no name");
	return 0;
}

int state_decode(const char *text, size_t len, struct arena *a, struct state *ret, struct err *e)
{
	struct state s = { .cgroup = { .driver = CGROUP_DRIVER_NONE } };
	struct reader r;
	uint64_t seen = 0;
	size_t next = 0;
	int more;

	if (reader_begin(&r, text, len, a, e) < 0)
		return -1;
	for (;;) {
		struct reader_value value;
		const char *key;

		more = reader_next(&r, fields[next % N_FIELDS].key, &key, &value, e);
		if (more < 0 || (more > 0 && read_member(&s, key, &value, &next, &seen, e) < 0))
			return -1;
		if (more == 0)
			break;
	}
	if (check(&s, e) < 0)
		return -1;
	if (s.id == NULL || s.bundle == NULL || s.boot_id == NULL) {
		(void)err_set(e, ERR_STATE, "id, bundle or bootId is missing");
		return -1;
	}
	if (s.cgroup.mount == NULL)
		s.cgroup.mount = "";
	if (s.cgroup.path == NULL)
		s.cgroup.path = "";
	*ret = s;
	return 0;
}

/*
 * The bytes of PATH.  ROOM has most records whole: one read(2), which gives less than it was asked for.  No link on the
 * way: what is below the state root was made by rt.
 */
static int read_bytes(int dir_fd, const char *path, char *room, size_t size, struct arena *scratch, const char **ret,
		      size_t *ret_len, struct err *e)
{
	const struct k_open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = K_RESOLVE_BENEATH | K_RESOLVE_NO_SYMLINKS,
	};
	_cleanup_fd_ int fd = sys_openat2(dir_fd, path, &how);
	ssize_t n;

	if (fd < 0)
		return err_errno(e, errno, "open %s", path);
	n = sys_read(fd, room, size);
	if (n < 0)
		return err_errno(e, errno, "read %s", path);
	if ((size_t)n == size)
		return io_read_whole(fd, path, STATE_FILE_MAX, scratch, ret, ret_len, e);
	*ret = room;
	*ret_len = (size_t)n;
	return 0;
}

/* PATH: of the file, below DIR_FD. */
static int read_state(int dir_fd, const char *path, const char *id, struct arena *a, struct state *ret, struct err *e)
{
	/* What is read is needed no longer than to decode it, and a list reads many. */
	char room[USUAL_SIZE];
	_cleanup_arena_ struct arena scratch = ARENA_INIT;
	const char *text = NULL;
	size_t len = 0;
	struct state s;
	int r;

	if (read_bytes(dir_fd, path, room, sizeof(room), &scratch, &text, &len, e) < 0) {
		/* Cut off before the intent, or not ours.  No missing container: its directory is there. */
		if (e->errnum == ENOENT || e->errnum == ELOOP) {
			e->kind = ERR_STATE;
			e->errnum = 0;
			(void)err_hint(e, "`delete --force %s` removes it", id);
		}
		return err_prefix(e, "container \"%s\"", id);
	}
	r = state_decode(text, len, a, &s, e);
	if (r == 0 && strcmp(s.id, id) != 0)
		r = err_set(e, ERR_STATE, "it is of container \"%s\"", s.id);
	if (r < 0) {
		(void)err_hint(e, "`delete --force %s` removes it", id);
		return err_prefix(e, "container \"%s\": %s", id, STATE_FILE);
	}
	*ret = s;
	return 0;
}

int state_read(int dir_fd, const char *id, struct arena *a, struct state *ret, struct err *e)
{
	return read_state(dir_fd, STATE_FILE, id, a, ret, e);
}

int state_read_below(int root_fd, const char *id, struct arena *a, struct state *ret, struct err *e)
{
	char path[STATE_PATH_SIZE];
	struct err missing = ERR_INIT;
	int dir_fd;

	if (read_state(root_fd, state_path(path, id, STATE_FILE), id, a, ret, e) == 0)
		return 0;
	/* Is it the file that is missing, or the container? */
	dir_fd = state_open(root_fd, id, &missing);
	if (dir_fd < 0)
		*e = missing;
	fd_close(&dir_fd);
	return -1;
}
