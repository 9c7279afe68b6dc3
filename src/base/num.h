/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_NUM_H
#define RT_BASE_NUM_H

#include <stdint.h>

/*
 * Strict numbers: the whole string, decimal, no blanks, no sign but a single leading '-' where the
 * type has one, no leading '+', no value out of range.  0, or -1 with errno EINVAL or ERANGE and *RET
 * untouched.  (A runtime once ran `exec -u 1` as root because a parser was lenient.)  Shared with init.
 */
int num_parse_u64(const char *s, uint64_t *ret);
int num_parse_i64(const char *s, int64_t *ret);
int num_parse_u32(const char *s, uint32_t *ret);
int num_parse_int(const char *s, int *ret);

/* An octal file mode up to 07777. */
int num_parse_mode(const char *s, uint32_t *ret);

/* A mask as procfs shows it: hexadecimal in lower case, without 0x. */
int num_parse_mask(const char *s, uint64_t *ret);

/* VALUE in decimal into BUF, which holds at least 21 bytes.  Returns BUF. */
char *num_format_u64(uint64_t value, char buf[static 21]);

#endif
