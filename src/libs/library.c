/* SPDX-License-Identifier: Apache-2.0 */
#include "libs/library.h"

#include <dlfcn.h>
#include <string.h>

void *library_open(const struct library *library, void *table, struct err *e)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL) {
		const char *reason = dlerror();

		(void)err_set(e, ERR_UNSUPPORTED, "%s: open %s: %s", library->purpose, library->name,
			      reason != NULL ? reason : "unknown error");
		(void)err_hint(e, "%s", library->hint);
		return NULL;
	}
	for (size_t i = 0; i < library->n_symbols; i++) {
		void *address = dlsym(handle, library->symbols[i].name);

		if (address == NULL) {
			(void)err_set(e, ERR_UNSUPPORTED, "%s: this %s has no %s", library->purpose, library->name,
				      library->symbols[i].name);
			return NULL;
		}
		/* Members of the table are pointers to functions, which ISO C does not let us assign from void *. */
		memcpy((char *)table + library->symbols[i].offset, &address, sizeof(address));
	}
	return handle;
}
