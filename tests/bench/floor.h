/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BENCH_FLOOR_H
#define RT_BENCH_FLOOR_H

#include "raw.h"

/* Ends the program with the line that failed: there is nobody to tell more to. */
_Noreturn void floor_die(unsigned line);

#define MUST(call)                                                                                                 \
	({                                                                                                         \
		const long must_ret = (call);                                                                      \
		if (must_ret < 0)                                                                                  \
			floor_die(__LINE__);                                                                       \
		must_ret;                                                                                          \
	})

/*
 * A way to mount.  The kernel has two: mount(2), and since Linux 5.2 a descriptor for each mount (fsopen(2),
 * open_tree(2), mount_setattr(2)), which takes several calls for what the first does in one.
 */
struct mounter {
	void (*enter_root)(const char *rootfs); /* mounted, and the current directory; no mount gets out any more */
	void (*make_mounts)(void);              /* below the current directory */
	void (*hide_paths)(void);               /* below "/" */
	void (*make_readonly)(void);            /* "/", but not what is mounted in it */
};

extern const struct mounter mounts_by_path;
extern const struct mounter mounts_by_fd;

#endif
