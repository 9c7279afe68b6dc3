/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_LIBRARY_H
#define RT_LIBS_LIBRARY_H

#include <stddef.h>

#include "base/err.h"

/* A library of the host, and what is wanted of it. */
struct library {
	const char *file;    /* as dlopen(3) finds it: "libseccomp.so.2" */
	const char *name;    /* for messages: "libseccomp" */
	const char *purpose; /* for messages: what can not be had without it */
	const char *hint;    /* how to get it */
	const struct library_symbol *symbols;
	size_t n_symbols;
};

/* A function, and where its address goes in the caller's table. */
struct library_symbol {
	char name[36];
	size_t offset;
};

#define LIBRARY_SYMBOL(name, table, member)         \
	{                                           \
		name, offsetof(struct table, member) \
	}

/* Opens the library, for the rest of the process, and fills TABLE.  The handle; NULL: ERR_UNSUPPORTED, it is not there
 * or has not all that is wanted. */
void *library_open(const struct library *library, void *table, struct err *e);

#endif
