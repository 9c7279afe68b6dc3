# SPDX-License-Identifier: Apache-2.0

# RT_TRY_FLAG(FLAG, IF-YES, IF-NO)
# Does the compiler take FLAG, for compiling and for linking, without a word?  -Werror makes clang refuse what it
# does not know.
AC_DEFUN([RT_TRY_FLAG], [
	AS_VAR_PUSHDEF([rt_cache], [rt_cv_flag_$1])
	AC_CACHE_CHECK([whether $CC takes $1], [rt_cache], [
		rt_save_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $1"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return (int)strlen("");]])],
			[AS_VAR_SET([rt_cache], [yes])], [AS_VAR_SET([rt_cache], [no])])
		CFLAGS=$rt_save_CFLAGS
	])
	AS_VAR_IF([rt_cache], [yes], [$2], [$3])
	AS_VAR_POPDEF([rt_cache])
])

# RT_ADD_FLAG(VARIABLE, FLAG): appends FLAG to VARIABLE if the compiler takes it.
AC_DEFUN([RT_ADD_FLAG], [RT_TRY_FLAG([$2], [AS_VAR_APPEND([$1], [" $2"])])])

# RT_TRY_INIT_FLAG(FLAG, IF-YES, IF-NO), RT_ADD_INIT_FLAG(VARIABLE, FLAG): the same for INIT_CC.
AC_DEFUN([RT_TRY_INIT_FLAG], [
	AS_VAR_PUSHDEF([rt_cache], [rt_cv_init_flag_$1])
	AC_CACHE_CHECK([whether $INIT_CC takes $1], [rt_cache], [
		rt_save_CC=$CC rt_save_CFLAGS=$CFLAGS rt_save_CPPFLAGS=$CPPFLAGS rt_save_LDFLAGS=$LDFLAGS
		CC=$INIT_CC CFLAGS="-Os -Werror $1" CPPFLAGS='' LDFLAGS='-static'
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return (int)strlen("");]])],
			[AS_VAR_SET([rt_cache], [yes])], [AS_VAR_SET([rt_cache], [no])])
		CC=$rt_save_CC CFLAGS=$rt_save_CFLAGS CPPFLAGS=$rt_save_CPPFLAGS LDFLAGS=$rt_save_LDFLAGS
	])
	AS_VAR_IF([rt_cache], [yes], [$2], [$3])
	AS_VAR_POPDEF([rt_cache])
])
AC_DEFUN([RT_ADD_INIT_FLAG], [RT_TRY_INIT_FLAG([$2], [AS_VAR_APPEND([$1], [" $2"])])])

# RT_STATIC_LIB(VARIABLE, ARCHIVE, LIBRARY)
# VARIABLE becomes the path of ARCHIVE where the compiler finds it (and static libraries are wanted), else -lLIBRARY.
# The condition and the summary want to know which: VARIABLE_static is yes or no.
AC_DEFUN([RT_STATIC_LIB], [
	AC_MSG_CHECKING([for $2])
	$1_static=no
	$1=-l$3
	AS_IF([test "x$enable_static_libs" != xno], [
		rt_archive=`$CC $CFLAGS -print-file-name=$2 2>/dev/null`
		AS_CASE([$rt_archive], [*/*], [AS_IF([test -f "$rt_archive"], [$1=`readlink -f "$rt_archive"`; $1_static=yes])])
	])
	AC_MSG_RESULT([$$1])
	AC_SUBST([$1])
])

AC_DEFUN([RT_INIT_PROBE], [AC_LANG_PROGRAM([[
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>]], [[return (int)syscall(SYS_getpid) == SECCOMP_SET_MODE_FILTER;]])])
# RT_TRY_INIT_CC(COMPILER, CPPFLAGS): takes it for init, unless one was taken before.
AC_DEFUN([RT_TRY_INIT_CC], [
	AS_IF([test -z "$init_cc_taken"], [
		AC_MSG_CHECKING([whether $1 $2 makes static programs])
		rt_save_CC=$CC rt_save_CFLAGS=$CFLAGS rt_save_CPPFLAGS=$CPPFLAGS rt_save_LDFLAGS=$LDFLAGS
		CC="$1" CFLAGS='-std=gnu17' CPPFLAGS="$2" LDFLAGS=-static
		AC_LINK_IFELSE([RT_INIT_PROBE], [init_cc_taken="$1"; INIT_CPPFLAGS="$2"; AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])])
		CC=$rt_save_CC CFLAGS=$rt_save_CFLAGS CPPFLAGS=$rt_save_CPPFLAGS LDFLAGS=$rt_save_LDFLAGS
	])
])

AC_DEFUN([RT_STATIC_PROBE], [AC_LANG_PROGRAM([[
#include <yajl/yajl_parse.h>
#ifdef __GLIBC__
#error "a static glibc starts no faster"
#endif]], [[
	static const unsigned char text[] = "{ \"a\": [1.5, true] }";
	yajl_handle h = yajl_alloc(0, 0, 0);
	return h == 0 || yajl_parse(h, text, sizeof(text) - 1) != yajl_status_ok || yajl_complete_parse(h) != yajl_status_ok;
]])])
# RT_TRY_STATIC(NAME, CFLAGS, LDFLAGS, START, TYPE): takes these for the static rt, unless others were taken before,
# if INIT_CC links the archive of yajl to a program that runs, needs no loader (gcc takes -static-pie for -pie where the
# specs do not know it), and is of this ELF TYPE.  START: object files.
AC_DEFUN([RT_TRY_STATIC], [
	AS_IF([test -z "$static_taken"], [
		AC_MSG_CHECKING([whether $INIT_CC links yajl: $1])
		rt_save_CC=$CC rt_save_CFLAGS=$CFLAGS rt_save_CPPFLAGS=$CPPFLAGS rt_save_LDFLAGS=$LDFLAGS rt_save_LIBS=$LIBS
		CC=$INIT_CC CFLAGS="-std=gnu17 -Os $2" CPPFLAGS="$INIT_CPPFLAGS $CPPFLAGS" LDFLAGS="$3"
		LIBS="$4 $srcdir/src/static/glibc_checks.c $YAJL_LIBS"
		AC_LINK_IFELSE([RT_STATIC_PROBE], [AS_IF([$READELF -h conftest$ac_exeext | grep -q 'Type: *$5' &&
			! $READELF -lW conftest$ac_exeext | grep -q INTERP && ./conftest$ac_exeext],
			[static_taken="$1" RT_STATIC_CFLAGS="$2" RT_STATIC_LDFLAGS="$3" RT_STATIC_START="$4"])])
		CC=$rt_save_CC CFLAGS=$rt_save_CFLAGS CPPFLAGS=$rt_save_CPPFLAGS LDFLAGS=$rt_save_LDFLAGS LIBS=$rt_save_LIBS
		AS_IF([test -n "$static_taken"], [AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no])])
	])
])
