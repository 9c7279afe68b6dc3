/* SPDX-License-Identifier: Apache-2.0 */
/* rt-libs: one operation of a library of the host; the contract is in libs.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/num.h"
#include "base/sys.h"
#include "libs/filter_compile.h"
#include "libs/libs.h"
#include "libs/report.h"
#include "libs/systemd_bus.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* Linux 4.17 */
#endif

/* A descriptor that rt has left open for us; not for what a library may start. */
static int take_fd(const char *text, int *ret, struct err *e)
{
	int fd;

	if (num_parse_int(text, &fd) < 0 || fd < 3 || sys_fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return err_set(e, ERR_INTERNAL, "rt-libs: \"%.20s\" is no descriptor of rt", text);
	*ret = fd;
	return 0;
}

/* NULL on failure. */
static const struct libs_request *map_request(int fd, struct err *e)
{
	const struct libs_request *r;
	struct stat st;

	if (fstat(fd, &st) < 0) {
		(void)err_errno(e, errno, "rt-libs: stat the request");
		return NULL;
	}
	if (st.st_size < (off_t)sizeof(*r) || (size_t)st.st_size > LIBS_SIZE_MAX) {
		(void)err_set(e, ERR_INTERNAL, "rt-libs: request of %lld bytes", (long long)st.st_size);
		return NULL;
	}
	r = mmap(LIBS_ADDRESS, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);
	if (r == MAP_FAILED) {
		(void)err_errno(e, errno, "rt-libs: map the request");
		return NULL;
	}
	if (r != LIBS_ADDRESS) {
		(void)err_set(e, ERR_INTERNAL, "rt-libs: map the request: the kernel chose another address");
		return NULL;
	}
	if (r->version != LIBS_VERSION) {
		(void)err_set(e, ERR_INTERNAL, "rt-libs: rt speaks version %u, rt-libs speaks %d", r->version,
			      LIBS_VERSION);
		return NULL;
	}
	return r;
}

static int call_systemd(const struct libs_request *r, struct libs_done *done, struct err *e)
{
	_cleanup_systemd_bus_ struct systemd_bus *bus = NULL;
	bool may_be_ours = false;
	int result;

	bus = systemd_bus_open(r->user_manager, r->timeout_ms, r->deadline, e);
	if (bus == NULL)
		return -1;
	switch (r->operation) {
	case LIBS_START_UNIT:
		result = systemd_start_unit(bus, r, &may_be_ours, e);
		done->unit_may_be_ours = may_be_ours;
		return result;
	case LIBS_STOP_UNIT:
		return systemd_stop_unit(bus, r->unit, e);
	case LIBS_SET_PROPERTIES:
		return systemd_set_properties(bus, r->unit, r->properties, r->n_properties, e);
	case LIBS_ATTACH_PROCESS:
		return systemd_attach_process(bus, r->unit, r->subgroup, r->pid, e);
	case LIBS_COMPILE_FILTER:
		break;
	}
	return err_set(e, ERR_INTERNAL, "rt-libs: unknown operation %d", (int)r->operation);
}

/* One datagram. */
static int send_done(int sock, const struct libs_done *done, const struct sock_filter *insns)
{
	const size_t size = done->n_insns * sizeof(*insns);
	char *record = malloc(sizeof(*done) + size);
	ssize_t n = -1;

	if (record != NULL) {
		memcpy(record, done, sizeof(*done));
		if (size > 0)
			memcpy(record + sizeof(*done), insns, size);
		n = sys_write(sock, record, sizeof(*done) + size);
	}
	free(record);
	return n < 0 ? -1 : 0;
}

static int perform(const char *request_fd, struct compiled_filter *ret_filter, struct libs_done *done, struct err *e)
{
	const struct libs_request *request;
	int fd = -EBADF;

	if (take_fd(request_fd, &fd, e) < 0)
		return -1;
	request = map_request(fd, e);
	if (request == NULL)
		return -1;
	if (request->operation == LIBS_COMPILE_FILTER)
		return filter_compile(request->profile, ret_filter, e);
	return call_systemd(request, done, e);
}

int main(int argc, char *argv[])
{
	struct compiled_filter filter = { .insns = NULL };
	struct libs_done done;
	struct err e = ERR_INIT;
	int sock = -EBADF;
	int r;

	if (argc != 3 || take_fd(argv[2], &sock, &e) < 0)
		return EXIT_FAILURE; /* not called by rt */
	report_open(sock);
	memset(&done, 0, sizeof(done));
	done.record = LIBS_DONE;
	if (perform(argv[1], &filter, &done, &e) < 0)
		done.err = e;
	memcpy(done.library, filter.library, sizeof(done.library));
	done.n_insns = filter.len;
	r = send_done(sock, &done, filter.insns);
	free(filter.insns);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
