/* SPDX-License-Identifier: Apache-2.0 */
#include "init/labels.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"
#include "init/procfs.h"

#define PROFILE_MAX 512

static int set_apparmor(const struct inside *in, const char *profile, struct err *e)
{
	char text[PROFILE_MAX];
	int n = snprintf(text, sizeof(text), "exec %s", profile);
	_cleanup_fd_ int fd = procfs_try_open_file(in, "self/attr/apparmor/exec", O_WRONLY);

	if (n < 0 || (size_t)n >= sizeof(text))
		return err_set(e, ERR_CONFIG, "the AppArmor profile's name is too long");
	/* A directory of its own since Linux 5.1; before, and without it, the file is the first security module's. */
	if (fd < 0 && errno == ENOENT)
		fd = procfs_try_open_file(in, "self/attr/exec", O_WRONLY);
	if (fd < 0)
		return err_errno(e, errno, "open /proc/self/attr for AppArmor profile \"%s\"", profile);
	if (sys_write(fd, text, (size_t)n) != n) {
		(void)err_errno(e, errno, "set AppArmor profile \"%s\"", profile);
		if (e->errnum == ENOENT)
			(void)err_hint(e, "the profile is not loaded: apparmor_parser -r FILE");
		return -1;
	}
	return 0;
}

int labels_set(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;

	if (p->apparmor_profile != NULL && set_apparmor(in, p->apparmor_profile, e) < 0)
		return -1;
	if (p->selinux_label != NULL && procfs_write(in, "self/attr/exec", p->selinux_label, e) < 0)
		return err_prefix(e, "SELinux label");
	return 0;
}

int labels_join_keyring(struct inside *in, struct err *e)
{
	const char *label = in->plan->process.selinux_label;

	if (label != NULL && procfs_write(in, "self/attr/keycreate", label, e) < 0)
		return err_prefix(e, "SELinux label of the keyring");
	if (sys_keyctl_join_session(in->plan->keyring_name) < 0) {
		/* No keys in this kernel (ENOSYS), or a filter or quota around us refuses them: there is nothing to
		 * isolate then, or the present keyring is one that the container's user can not read. */
		if (errno != ENOSYS && errno != EPERM && errno != EACCES && errno != EDQUOT)
			return err_errno(e, errno, "join a new session keyring");
		if (errno != ENOSYS)
			inside_warn(in, "no new session keyring: the kernel refuses it");
	}
	/* Else later keys of the program would carry it too. */
	if (label != NULL && procfs_write(in, "self/attr/keycreate", "", e) < 0)
		return err_prefix(e, "clear the SELinux label of keys");
	return 0;
}
