/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * The static rt is linked with musl, and with the distribution's archive of yajl, compiled with the headers of
 * glibc.  What its objects need of a C library is the same in both (malloc, memset, strtod ...; `nm -u`), but for the
 * three functions below: glibc's headers put them in the place of sprintf, snprintf and memcpy (_FORTIFY_SOURCE), and
 * only glibc has them.  They do what is asked and end the program where more is written than the object holds.
 * SIZE is (size_t)-1 where the compiler does not know.  FLAG asks for checks of the format, which is yajl's own.
 */
int __sprintf_chk(char *to, int flag, size_t size, const char *format, ...);
int __snprintf_chk(char *to, size_t n, int flag, size_t size, const char *format, ...);
void *__memcpy_chk(void *to, const void *from, size_t n, size_t size);

/* As vsnprintf(3), which takes no more than INT_MAX. */
static size_t bound(size_t size)
{
	return size > (size_t)__INT_MAX__ ? (size_t)__INT_MAX__ : size;
}

__attribute__((format(printf, 4, 5))) int __sprintf_chk(char *to, int flag, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	(void)flag;
	va_start(args, format);
	n = vsnprintf(to, bound(size), format, args);
	va_end(args);
	if (n >= 0 && (size_t)n >= size)
		__builtin_trap();
	return n;
}

__attribute__((format(printf, 5, 6))) int __snprintf_chk(char *to, size_t n, int flag, size_t size,
							 const char *format, ...)
{
	va_list args;
	int r;

	(void)flag;
	if (n > size)
		__builtin_trap();
	va_start(args, format);
	r = vsnprintf(to, n, format, args);
	va_end(args);
	return r;
}

void *__memcpy_chk(void *to, const void *from, size_t n, size_t size)
{
	if (n > size)
		__builtin_trap();
	return memcpy(to, from, n);
}
