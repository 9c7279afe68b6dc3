/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <yajl/yajl_version.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "cmd/verbs.h"
#include "plan/features.h"
#include "version-commit.h"

static const struct {
	const char *name;
	bool built;
} parts[] = {
#ifdef HAVE_SECCOMP
	{ "SECCOMP", true },
#else
	{ "SECCOMP", false },
#endif
#ifdef HAVE_SYSTEMD
	{ "SYSTEMD", true },
#else
	{ "SYSTEMD", false },
#endif
	/* Said when rt can do it, whatever it was configured with. */
	{ "CRIU", false },
};

/* The first three lines are what engines parse: "NAME version X", "commit: ", "spec: ". */
void version_print(void)
{
	size_t i;

	printf("rt version %s\ncommit: %s\nspec: %s\n", PACKAGE_VERSION, RT_COMMIT, FEATURES_OCI_VERSION);
	printf("yajl: %d.%d.%d\n", YAJL_MAJOR, YAJL_MINOR, YAJL_MICRO);
#ifdef HAVE_SECCOMP
	/* What it was built against: nothing is loaded to print a version. */
	printf("libseccomp: %d.%d.%d (loaded on demand)\n", SCMP_VER_MAJOR, SCMP_VER_MINOR, SCMP_VER_MICRO);
#endif
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		printf("%s%c%s", i > 0 ? " " : "", parts[i].built ? '+' : '-', parts[i].name);
	putchar('\n');
}
