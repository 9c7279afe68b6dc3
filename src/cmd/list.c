/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>

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

static void fill_row(const struct container *c, const char *owner, struct arena *a, const char *row[N_COLUMNS])
{
	row[COLUMN_ID] = c->state.id;
	row[COLUMN_PID] = arena_printf(a, "%d", c->status == STATUS_STOPPED ? 0 : (int)c->state.pid);
	row[COLUMN_STATUS] = state_status_name(c->status);
	row[COLUMN_BUNDLE] = c->state.bundle;
	row[COLUMN_CREATED] = c->state.created;
	row[COLUMN_OWNER] = owner;
}

static int list_containers(const struct args *args, int root_fd, const char *const *ids, size_t n, struct arena *a,
			   struct json *j, struct table *table, struct err *e)
{
	struct owner last = { .name = NULL };
	char boot_id[STATE_BOOT_ID_SIZE];
	size_t i;

	if (n > 0 && state_read_boot_id(boot_id, e) < 0)
		return -1;
	table->rows = arena_array(a, n, sizeof(*table->rows), _Alignof(const char *));
	for (i = 0; i < n && table->rows != NULL; i++) {
		struct container c;
		struct err one = ERR_INIT;
		const char *owner;

		if (container_load_at(root_fd, ids[i], boot_id, a, &c, &one) < 0) {
			/* Deleted meanwhile, or broken: the others are listed all the same. */
			log_warning("load container %s: %s", ids[i], one.msg);
			continue;
		}
		owner = owner_name(&last, c.state.owner_uid, a);
		if (args->format == FORMAT_JSON)
			state_print(&c.state, c.status, owner, j);
		else
			fill_row(&c, owner, a, table->rows[table->n++]);
	}
	return arena_check(a, e);
}

int cmd_list(const struct args *args, struct err *e)
{
	struct arena *a = args->req.arena;
	_cleanup_json_ struct json j = JSON_INIT(0);
	_cleanup_fd_ int root_fd = state_open_root(args->req.root, false, e);
	struct table table = { .n = 0 };
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
	if (list_containers(args, root_fd, ids, n, a, &j, &table, e) < 0)
		return -1;
	if (n > 0)
		json_end_array(&j);
	if (args->format == FORMAT_JSON)
		return output_json(&j, e);
	table_print(titles, table.n > 0 ? &table.rows[0][0] : NULL, table.n, N_COLUMNS, COLUMN_MIN, COLUMN_GAP);
	return 0;
}
