/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_DECODER_H
#define OCISPEC_DECODER_H

#include <yajl/yajl_parse.h>

#include "libocispec/decode.h"
#include "libocispec/findings.h"
#include "libocispec/names.h"

/*
 * yajl's events straight into the structs.  A stack has one frame for each object or array that is open; the frame on
 * top says where the next value goes.  An error is noted, the value passed over and the rest still read, so that one
 * run finds all errors; only what leaves the rest unreadable stops the parser (callbacks then return 0).
 *
 * yajl hands out no positions.  Within yajl_parse() the bytes consumed are the end of the token of the event, and
 * between two tokens stand only white space, commas and colons.  So a place is kept as the end of the token before it
 * (a *gap*), and where the token itself begins is looked up only when a message needs it.  That holds while the whole
 * document goes through one call of yajl_parse().
 */

enum oci_frame_kind {
	OCI_FRAME_OBJECT, /* the rows of a table */
	OCI_FRAME_LIST,   /* items of one kind */
	OCI_FRAME_MAP,    /* free names, values of one kind */
	OCI_FRAME_SKIPPED_OBJECT,
	OCI_FRAME_SKIPPED_ARRAY,
};

struct oci_frame {
	enum oci_frame_kind kind;
	const struct oci_row *row;     /* object: of the value to come, NULL passes it over; list, map: their own */
	const struct oci_table *table; /* object */
	char *base;                    /* object: the struct; list, map: the items */
	char *member;                  /* list, map: where { items, n } goes at the end */
	size_t n;                      /* list, map: items; skipped array: values so far */
	size_t size;                   /* list, map: items that BASE has room for */
	uint32_t seen;                 /* object: a bit for each row that was named */
	uint32_t present;              /* object: the same, null does not count */
	size_t gap;                    /* before the bracket */
	size_t first_name;             /* in oci_decoder.names */
	const char *name;              /* object, map: of the current value */
	size_t name_len;
};

struct oci_decoder {
	yajl_handle parser;
	struct oci_input in;
	struct arena *arena;
	const struct oci_table *table; /* of the document */
	void *document;

	size_t gap; /* before the token of this event */
	size_t end; /* of the token */
	bool at_eof; /* yajl_complete_parse(): its count of bytes is not ours */
	enum oci_syntax_after after;

	bool out_of_memory;
	bool want_unknown;
	struct oci_findings findings;
	struct oci_names names;

	unsigned depth;
	struct oci_frame frames[OCI_DEPTH_MAX];
};

/* Where a value goes and what it must be. */
struct oci_target {
	enum oci_shape shape;
	enum oci_kind kind;
	const struct oci_row *row;
	const struct oci_table *table;
	char *at;
};

/* The frame on top, NULL outside of the document's object. */
struct oci_frame *oci_decoder_top(struct oci_decoder *d);

bool oci_frame_is_array(const struct oci_frame *f);

/* Moves to the token of this event; the first thing that every callback does. */
void oci_decoder_advance(struct oci_decoder *d);

/* The target of the value of this event; called once for each.  0, as callbacks say it, for want of memory. */
int oci_decoder_target(struct oci_decoder *d, struct oci_target *ret);

/* Room for one more item of a list or a map, zeroed, or NULL. */
char *oci_decoder_append(struct oci_decoder *d, struct oci_frame *f);

/* Remembers it and returns 0. */
int oci_decoder_no_memory(struct oci_decoder *d);

/* True if P points into the document: yajl copies no string without escapes. */
bool oci_decoder_has(const struct oci_decoder *d, const char *p);

/* Where a finding stands: an offset, and the path through the lowest N frames and then NAME, if it is not NULL. */
struct oci_place {
	size_t offset;
	unsigned n;
	const char *name;
	size_t name_len;
};

/* The value of this event, or the property whose name it is. */
struct oci_place oci_decoder_here(const struct oci_decoder *d);

void oci_decoder_note(struct oci_decoder *d, enum oci_severity severity, struct oci_place where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Notes that the value of this event is not what T takes, unless it is to be passed over. */
void oci_decoder_mismatch(struct oci_decoder *d, const struct oci_target *t, const char *found);

/* True if the string of this event is good text; else that is noted.  VALUE and LEN are what yajl made of it. */
bool oci_decoder_check_text(struct oci_decoder *d, const unsigned char *value, size_t len, bool is_name);

/* The callbacks of values without parts. */
int oci_decoder_null(void *ctx);
int oci_decoder_boolean(void *ctx, int value);
int oci_decoder_number(void *ctx, const char *value, size_t len);
int oci_decoder_string(void *ctx, const unsigned char *value, size_t len);

#endif
