/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_LIBS_REPORT_H
#define RT_LIBS_REPORT_H

/* Lines for the log of rt, by its socket: the only global state here.  Nothing is said before report_open(). */

void report_open(int sock);
void report_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void report_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
