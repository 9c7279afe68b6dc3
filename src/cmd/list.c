/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "cmd/container.h"
#include "cmd/container_options.h"
#include "cmd/output.h"
#include "cmd/table.h"
#include "cmd/verbs.h"

/* The columns of the table, with the widths of runc's: at least 12, and 3 blanks between two. */
enum { COLUMN_ID, COLUMN_PID, COLUMN_STATUS, COLUMN_BUNDLE, COLUMN_CREATED, COLUMN_OWNER, N_COLUMNS };
#define COLUMN_MIN 12
#define COLUMN_GAP 3

#define RECORD_ROOM 1024 /* for the strings of most */

static const char *const titles[N_COLUMNS] = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" };

static const struct option_row list_rows[] = {
	{ .name = "quiet", .letter = 'q', .kind = OPTION_FLAG, ARGS_FIELD(quiet), .help = "print the ids only" },
	{ 0 },
};

const struct option_row *const list_options[] = { format_rows, list_rows, NULL };

struct table {
	const char *(*rows)[N_COLUMNS];
	size_t n;
};

/* The owner whose name was looked up last: most containers have the same one, and a look-up reads a file. */
struct owner {
	uint32_t uid;
	const char *name; /* NULL: none yet */
};

static const char *owner_name(struct owner *last, uint32_t uid, struct arena *a)
{
	const struct passwd *pw;

	if (last->name != NULL && last->uid == uid)
		return last->name;
	pw = getpwuid(uid);
	last->uid = uid;
	last->name = pw != NULL ? arena_strdup(a, pw->pw_name) : arena_printf(a, "#%u", uid);
	return last->name;
}

/* Text that the table keeps.  LAST is that of the row above: often the same. */
static const char *keep(const char *text, const char *last, struct arena *a)
{
	if (text == NULL)
		return "";
	return last != NULL && strcmp(last, text) == 0 ? last : arena_strdup(a, text);
}

static void add_row(const struct container *c, const char *id, const char *owner, struct arena *a, struct table *table)
{
	const char *const *last = table->n > 0 ? table->rows[table->n - 1] : NULL;
	const char **row = table->rows[table->n++];

	row[COLUMN_ID] = id;
	row[COLUMN_PID] = c->status == STATUS_STOPPED ? "0" : arena_printf(a, "%d", (int)c->state.pid);
	row[COLUMN_STATUS] = state_status_name(c->status);
	row[COLUMN_BUNDLE] = keep(c->state.bundle, last != NULL ? last[COLUMN_BUNDLE] : NULL, a);
	row[COLUMN_CREATED] = keep(c->state.created, last != NULL ? last[COLUMN_CREATED] : NULL, a);
	row[COLUMN_OWNER] = owner;
}

/* What is needed for the list alone. */
struct listing {
	const struct args *args;
	int root_fd;
	char boot_id[STATE_BOOT_ID_SIZE];
	struct owner last_owner;
	struct json *j;
	struct table *table;
};

static void list_container(struct listing *l, const char *id)
{
	/* Most of a record is not listed: its memory is that of the next one. */
	_Alignas(16) char room[RECORD_ROOM] = { 0 };
	_cleanup_arena_ struct arena scratch = ARENA_INIT;
	struct container c;
	struct err e = ERR_INIT;
	const char *owner;

	arena_init_room(&scratch, room, sizeof(room));
	if (container_load_at(l->root_fd, id, l->boot_id, &scratch, &c, &e) < 0) {
		/* Deleted meanwhile, or broken: the others are listed all the same. */
		log_warning("load container %s: %s", id, e.msg);
		return;
	}
	owner = owner_name(&l->last_owner, c.state.owner_uid, l->args->req.arena);
	if (l->args->format == FORMAT_JSON)
		state_print(&c.state, c.status, owner, l->j);
	else
		add_row(&c, id, owner, l->args->req.arena, l->table);
}

static int list_containers(struct listing *l, const char *const *ids, size_t n, struct err *e)
{
	struct arena *a = l->args->req.arena;

	if (n > 0 && state_read_boot_id(l->boot_id, e) < 0)
		return -1;
	l->table->rows = arena_array(a, n, sizeof(*l->table->rows), _Alignof(const char *));
	for (size_t i = 0; i < n && l->table->rows != NULL; i++)
		list_container(l, ids[i]);
	return arena_check(a, e);
}

int cmd_list(const struct args *args, struct err *e)
{
	struct arena *a = args->req.arena;
	_cleanup_json_ struct json j = JSON_INIT(0);
	_cleanup_fd_ int root_fd = state_open_root(args->req.root, false, e);
	struct table table = { .n = 0 };
	struct listing l = { .args = args, .root_fd = root_fd, .j = &j, .table = &table };
	const char *const *ids = NULL;
	size_t i, n = 0;

	if (root_fd < 0 && e->errnum != ENOENT)
		return -1;
	/* A root that nobody has made yet has no containers. */
	if (root_fd >= 0 && state_list(root_fd, a, &ids, &n, e) < 0)
		return -1;
	if (args->quiet) {
		for (i = 0; i < n; i++)
			puts(ids[i]);
		return 0;
	}
	if (n > 0)
		json_begin_array(&j);
	else
		json_null(&j); /* as runc, which scripts are written for */
	if (list_containers(&l, ids, n, e) < 0)
		return -1;
	if (n > 0)
		json_end_array(&j);
	if (args->format == FORMAT_JSON)
		return output_json(&j, e);
	table_print(titles, table.n > 0 ? &table.rows[0][0] : NULL, table.n, N_COLUMNS, COLUMN_MIN, COLUMN_GAP);
	return 0;
}
