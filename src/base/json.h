/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_JSON_H
#define RT_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A JSON writer that appends to one growing buffer.  Commas and indentation are its own business; nesting is the
 * caller's.  Slashes are not escaped (hook programs that do not unescape exist).  Memory errors are remembered and
 * reported once by json_finish().
 */
#define JSON_ROOM 1000 /* a state, or what one line of a log says */

struct json {
	char *buf;          /* the room, or malloc'ed; NULL before anything is written */
	size_t len;
	size_t size;
	unsigned indent;    /* spaces a level; 0 = one line */
	unsigned depth;
	bool need_comma;
	bool after_key;
	bool failed;
	char room[JSON_ROOM];
};

#define JSON_INIT(spaces) { .indent = (spaces) }

void json_release(struct json *j);
#define _cleanup_json_ __attribute__((cleanup(json_release)))

void json_begin_object(struct json *j);
void json_end_object(struct json *j);
void json_begin_array(struct json *j);
void json_end_array(struct json *j);
void json_key(struct json *j, const char *key);
void json_string(struct json *j, const char *s); /* NULL writes null */
void json_string_n(struct json *j, const char *s, size_t len);
void json_i64(struct json *j, int64_t v);
void json_u64(struct json *j, uint64_t v);
void json_double(struct json *j, double v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_raw(struct json *j, const char *text, size_t len); /* a value that is JSON already */

/* Ends the line after a complete document: a log or stream of documents has one on each line. */
void json_newline(struct json *j);

/* key + value in one line of the caller. */
void json_kv_string(struct json *j, const char *key, const char *s);
void json_kv_i64(struct json *j, const char *key, int64_t v);
void json_kv_u64(struct json *j, const char *key, uint64_t v);
void json_kv_bool(struct json *j, const char *key, bool v);

/* 0 and the text (NUL-terminated, owned by J, no trailing newline), or -1 with ENOMEM. */
int json_finish(struct json *j, const char **ret_text, size_t *ret_len, struct err *e);

#endif
