/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/request.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/io.h"
#include "base/memfd.h"
#include "base/sys.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* An arena that is exhausted gives NULL to all that follows: request_make() looks once, at the end. */

static const char *copy_string(struct arena *a, const char *s)
{
	return s != NULL ? arena_strdup(a, s) : NULL;
}

static const char *const *copy_list(struct arena *a, const char *const *list)
{
	const char **copy;
	size_t n = 0;

	if (list == NULL)
		return NULL;
	while (list[n] != NULL)
		n++;
	copy = arena_new_array(a, const char *, n + 1);
	for (size_t i = 0; copy != NULL && i < n; i++)
		copy[i] = arena_strdup(a, list[i]);
	return copy;
}

static const void *copy_array(struct arena *a, const void *array, size_t n, size_t size, size_t align)
{
	void *copy = arena_array(a, n, size, align);

	if (copy != NULL && n > 0)
		memcpy(copy, array, n * size);
	return copy;
}

static const struct plan_seccomp *copy_profile(struct arena *a, const struct plan_seccomp *s)
{
	struct plan_seccomp *copy = arena_new(a, struct plan_seccomp);
	struct plan_seccomp_rule *rules = arena_new_array(a, struct plan_seccomp_rule, s->n_rules);

	if (copy == NULL || rules == NULL)
		return NULL;
	/* What shapes the filter. */
	*copy = (struct plan_seccomp){
		.present = true,
		.default_action = s->default_action,
		.archs = copy_list(a, s->archs),
		.flags = s->flags,
		.rules = rules,
		.n_rules = s->n_rules,
		.fail_unknown_names = s->fail_unknown_names,
	};
	for (unsigned i = 0; i < s->n_rules; i++) {
		rules[i] = s->rules[i];
		rules[i].name = arena_strdup(a, s->rules[i].name);
		rules[i].args = copy_array(a, s->rules[i].args, s->rules[i].n_args, sizeof(*s->rules[i].args),
					   _Alignof(struct plan_seccomp_arg));
	}
	return copy;
}

static const struct plan_unit_property *copy_properties(struct arena *a, const struct plan_unit_property *p, unsigned n)
{
	struct plan_unit_property *copy = arena_new_array(a, struct plan_unit_property, n);

	for (unsigned i = 0; copy != NULL && i < n; i++) {
		struct plan_unit_value *values = arena_new_array(a, struct plan_unit_value, p[i].n_values);

		copy[i] = p[i];
		copy[i].name = copy_string(a, p[i].name);
		copy[i].type = copy_string(a, p[i].type);
		copy[i].values = values;
		for (unsigned k = 0; values != NULL && k < p[i].n_values; k++) {
			values[k] = p[i].values[k];
			values[k].text = copy_string(a, p[i].values[k].text);
		}
	}
	return copy;
}

static int copy_request(struct arena *a, const struct libs_request *r, struct err *e)
{
	/* First: it is found by the address alone. */
	struct libs_request *copy = arena_new(a, struct libs_request);

	if (copy == NULL)
		return arena_check(a, e);
	*copy = *r;
	copy->version = LIBS_VERSION;
	if (r->profile != NULL)
		copy->profile = copy_profile(a, r->profile);
	if (r->properties != NULL)
		copy->properties = copy_properties(a, r->properties, r->n_properties);
	copy->unit = copy_string(a, r->unit);
	copy->subgroup = copy_string(a, r->subgroup);
	return arena_check(a, e);
}

static int write_request(const struct arena *a, const char *base, struct err *e)
{
	_cleanup_fd_ int fd = memfd_make("rt-request", K_MFD_NOEXEC_SEAL);

	if (fd < 0)
		return err_errno(e, errno, "memfd_create for a request");
	if (io_write_all(fd, base, (size_t)(a->next - base), "a request", e) < 0 || memfd_seal(fd, "a request", e) < 0)
		return -1;
	return fd_take(&fd);
}

int request_make(const struct libs_request *request, struct err *e)
{
	struct arena arena;
	int fd = -1;
	void *base = mmap(LIBS_ADDRESS, LIBS_SIZE_MAX, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (base == MAP_FAILED)
		return err_errno(e, errno, "map memory for a request");
	arena_init_fixed(&arena, base, LIBS_SIZE_MAX);
	if (copy_request(&arena, request, e) == 0)
		fd = write_request(&arena, base, e);
	(void)munmap(base, LIBS_SIZE_MAX); /* can not fail: it is our own */
	return fd;
}
