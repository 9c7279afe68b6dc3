/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/mount_options.h"

#include <string.h>
#include <sys/mount.h>

#include "base/kernel.h"

#define ATIME_GROUP (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)

/* clang-format off */
#define FLAG(word, clear, ms, attr)     { word, MOUNT_OPTION_FLAG, clear, ms, ms, attr, attr }
#define ATIME(word, clear, ms, attr)    { word, MOUNT_OPTION_FLAG, clear, ms, ATIME_GROUP, attr, K_MOUNT_ATTR__ATIME }
#define SUPER(word, clear, ms)          { word, MOUNT_OPTION_FLAG, clear, ms, ms, 0, 0 }
#define TREE(word, clear, attr)         { word, MOUNT_OPTION_RECURSIVE, clear, 0, 0, attr, attr }
#define TREE_ATIME(word, clear, attr)   { word, MOUNT_OPTION_RECURSIVE, clear, 0, 0, attr, K_MOUNT_ATTR__ATIME }
#define SPREAD(word, ms)                { word, MOUNT_OPTION_PROPAGATION, false, ms, 0, 0, 0 }
#define WORD(word, kind)                { word, kind, false, 0, 0, 0, 0 }

/*
 * config.md, Linux mount options; the last four are words of other runtimes.  "norelatime" asks for what no kernel
 * has any more (mount(8)): it leaves the access time field alone.
 */
const struct mount_option mount_options[] = {
	SUPER("async", true, MS_SYNCHRONOUS),
	ATIME("atime", true, MS_NOATIME, K_MOUNT_ATTR_NOATIME),
	WORD("bind", MOUNT_OPTION_BIND),
	WORD("defaults", MOUNT_OPTION_NOTHING),
	FLAG("dev", true, MS_NODEV, K_MOUNT_ATTR_NODEV),
	FLAG("diratime", true, MS_NODIRATIME, K_MOUNT_ATTR_NODIRATIME),
	SUPER("dirsync", false, MS_DIRSYNC),
	FLAG("exec", true, MS_NOEXEC, K_MOUNT_ATTR_NOEXEC),
	WORD("idmap", MOUNT_OPTION_IDMAP),
	SUPER("iversion", false, K_MS_I_VERSION),
	SUPER("lazytime", false, K_MS_LAZYTIME),
	SUPER("loud", true, MS_SILENT),
	SUPER("mand", false, MS_MANDLOCK),
	ATIME("noatime", false, MS_NOATIME, K_MOUNT_ATTR_NOATIME),
	FLAG("nodev", false, MS_NODEV, K_MOUNT_ATTR_NODEV),
	FLAG("nodiratime", false, MS_NODIRATIME, K_MOUNT_ATTR_NODIRATIME),
	FLAG("noexec", false, MS_NOEXEC, K_MOUNT_ATTR_NOEXEC),
	SUPER("noiversion", true, K_MS_I_VERSION),
	SUPER("nolazytime", true, K_MS_LAZYTIME),
	SUPER("nomand", true, MS_MANDLOCK),
	{ "norelatime", MOUNT_OPTION_FLAG, true, MS_RELATIME, ATIME_GROUP, 0, 0 },
	ATIME("nostrictatime", true, MS_STRICTATIME, K_MOUNT_ATTR_STRICTATIME),
	FLAG("nosuid", false, MS_NOSUID, K_MOUNT_ATTR_NOSUID),
	FLAG("nosymfollow", false, K_MS_NOSYMFOLLOW, K_MOUNT_ATTR_NOSYMFOLLOW),
	SPREAD("private", MS_PRIVATE),
	TREE_ATIME("ratime", true, K_MOUNT_ATTR_NOATIME),
	WORD("rbind", MOUNT_OPTION_RBIND),
	TREE("rdev", true, K_MOUNT_ATTR_NODEV),
	TREE("rdiratime", true, K_MOUNT_ATTR_NODIRATIME),
	ATIME("relatime", false, MS_RELATIME, K_MOUNT_ATTR_RELATIME),
	WORD("remount", MOUNT_OPTION_REMOUNT),
	TREE("rexec", true, K_MOUNT_ATTR_NOEXEC),
	WORD("ridmap", MOUNT_OPTION_RIDMAP),
	TREE_ATIME("rnoatime", false, K_MOUNT_ATTR_NOATIME),
	TREE("rnodev", false, K_MOUNT_ATTR_NODEV),
	TREE("rnodiratime", false, K_MOUNT_ATTR_NODIRATIME),
	TREE("rnoexec", false, K_MOUNT_ATTR_NOEXEC),
	TREE("rnorelatime", true, 0),
	TREE_ATIME("rnostrictatime", true, K_MOUNT_ATTR_STRICTATIME),
	TREE("rnosuid", false, K_MOUNT_ATTR_NOSUID),
	TREE("rnosymfollow", false, K_MOUNT_ATTR_NOSYMFOLLOW),
	FLAG("ro", false, MS_RDONLY, K_MOUNT_ATTR_RDONLY),
	SPREAD("rprivate", MS_PRIVATE | MS_REC),
	TREE_ATIME("rrelatime", false, K_MOUNT_ATTR_RELATIME),
	TREE("rro", false, K_MOUNT_ATTR_RDONLY),
	TREE("rrw", true, K_MOUNT_ATTR_RDONLY),
	SPREAD("rshared", MS_SHARED | MS_REC),
	SPREAD("rslave", MS_SLAVE | MS_REC),
	TREE_ATIME("rstrictatime", false, K_MOUNT_ATTR_STRICTATIME),
	TREE("rsuid", true, K_MOUNT_ATTR_NOSUID),
	TREE("rsymfollow", true, K_MOUNT_ATTR_NOSYMFOLLOW),
	SPREAD("runbindable", MS_UNBINDABLE | MS_REC),
	FLAG("rw", true, MS_RDONLY, K_MOUNT_ATTR_RDONLY),
	SPREAD("shared", MS_SHARED),
	SUPER("silent", false, MS_SILENT),
	SPREAD("slave", MS_SLAVE),
	ATIME("strictatime", false, MS_STRICTATIME, K_MOUNT_ATTR_STRICTATIME),
	FLAG("suid", true, MS_NOSUID, K_MOUNT_ATTR_NOSUID),
	FLAG("symfollow", true, K_MS_NOSYMFOLLOW, K_MOUNT_ATTR_NOSYMFOLLOW),
	SUPER("sync", false, MS_SYNCHRONOUS),
	WORD("tmpcopyup", MOUNT_OPTION_TMPCOPYUP),
	SPREAD("unbindable", MS_UNBINDABLE),
	WORD("copy-symlink", MOUNT_OPTION_COPY_SYMLINK),
	WORD("dest-nofollow", MOUNT_OPTION_DESTINATION_NOFOLLOW),
	WORD("src-nofollow", MOUNT_OPTION_SOURCE_NOFOLLOW),
	WORD(NULL, MOUNT_OPTION_NOTHING),
};
/* clang-format on */

const struct mount_option *mount_option_find(const char *word)
{
	for (const struct mount_option *o = mount_options; o->word; o++) {
		if (strcmp(o->word, word) == 0)
			return o;
	}
	return NULL;
}

/* mount_setattr(2) wants the access time field whole: a value is set by clearing all of the field. */
static void apply_attr(const struct mount_option *o, uint64_t *set, uint64_t *clr)
{
	if (!o->clear) {
		*set = (*set & ~o->attr_mask) | o->attr;
		if (o->attr_mask == K_MOUNT_ATTR__ATIME)
			*clr |= o->attr_mask;
		else
			*clr &= ~o->attr_mask;
		return;
	}
	if ((*set & o->attr_mask) == o->attr)
		*set &= ~o->attr_mask;
	*clr |= o->attr_mask;
}

void mount_option_apply(const struct mount_option *o, struct plan_mount *m)
{
	if (o->kind == MOUNT_OPTION_RECURSIVE) {
		apply_attr(o, &m->rec_attr_set, &m->rec_attr_clr);
		return;
	}
	apply_attr(o, &m->attr_set, &m->attr_clr);
	if (o->clear)
		m->ms_flags &= ~o->ms;
	else
		m->ms_flags = (m->ms_flags & ~o->ms_group) | o->ms;
}
