/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_TABLE_H
#define OCISPEC_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libocispec/oci.h"

/*
 * The schema as data: one table for each struct of oci.h, one row for each property.  Decoder and encoder know nothing
 * else of the documents.
 */

enum oci_kind {
	OCI_STRING,
	OCI_BOOL,
	OCI_U16,
	OCI_U32,
	OCI_U64,
	OCI_I32,
	OCI_I64,
	OCI_OBJECT,
	OCI_KIND_COUNT
};

/* How the member holds its kind. */
enum oci_shape {
	OCI_VALUE,    /* the value itself; a string: NULL when absent */
	OCI_OPTIONAL, /* struct oci_opt_x: the marker, then the value */
	OCI_POINTER,  /* an object, NULL when absent */
	OCI_LIST,     /* struct { items, n } */
	OCI_MAP,      /* the same; an item begins with its key, then come a string or the members of an object */
	OCI_OTHER,    /* no member: belongs to another platform */
};

struct oci_row {
	const char *name;
	const struct oci_table *table; /* OCI_OBJECT */
	uint16_t offset;
	uint8_t name_len;
	uint8_t kind;
	uint8_t shape;
	bool required;
};

struct oci_table {
	const struct oci_row *rows;
	uint16_t n_rows; /* at most OCI_ROWS_MAX */
	uint16_t size;   /* of the struct */
};

#define OCI_ROWS_MAX 32 /* the decoder has a bit for each */

/* Every list and map has this layout. */
struct oci_any_list {
	const void *items;
	size_t n;
};

extern const struct oci_table oci_config_table;
extern const struct oci_table oci_process_table;
extern const struct oci_table oci_linux_table;
extern const struct oci_table oci_id_mapping_table;
extern const struct oci_table oci_resources_table;
extern const struct oci_table oci_state_table;
extern const struct oci_table oci_process_state_table;
extern const struct oci_table oci_features_table;

/* Of any value of a document: this struct has pointers and 64-bit integers, and no member is wider. */
#define OCI_ALIGN _Alignof(struct oci_seccomp_arg)

/* The bytes of one value of KIND; an object's are its table's. */
size_t oci_kind_size(enum oci_kind kind, const struct oci_table *table);

/* Where the value of a struct oci_opt_x stands; its marker comes first. */
size_t oci_optional_offset(enum oci_kind kind);

/* The bytes of one item of ROW, a list or a map. */
size_t oci_item_size(const struct oci_row *row);

/*
 * The rows of a table.  T is the struct, M its member; the member's type is checked at compile time.  The plain word is
 * an optional property, X_REQUIRED one that must be there.
 */
#define OCI_TYPE_CHECK(expr, type) \
	(0 * sizeof(char[__builtin_types_compatible_p(__typeof__(expr), type) ? 1 : -1]))
#define OCI_MEMBER(T, m) (((struct T *)NULL)->m)

#define OCI_ROW(T, name_, m, shape_, kind_, type, required_, table_)                               \
	{                                                                                          \
		.name = (name_), .name_len = sizeof(name_) - 1, .kind = (kind_), .shape = (shape_), \
		.offset = offsetof(struct T, m) + OCI_TYPE_CHECK(OCI_MEMBER(T, m), type),          \
		.required = (required_), .table = (table_),                                        \
	}

#define STRING(T, name, m)          OCI_ROW(T, name, m, OCI_VALUE, OCI_STRING, const char *, false, NULL)
#define STRING_REQUIRED(T, name, m) OCI_ROW(T, name, m, OCI_VALUE, OCI_STRING, const char *, true, NULL)
#define BOOL(T, name, m)            OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_BOOL, struct oci_opt_bool, false, NULL)
#define BOOL_REQUIRED(T, name, m)   OCI_ROW(T, name, m, OCI_VALUE, OCI_BOOL, bool, true, NULL)
#define U16(T, name, m)             OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_U16, struct oci_opt_u16, false, NULL)
#define U32(T, name, m)             OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_U32, struct oci_opt_u32, false, NULL)
#define U32_REQUIRED(T, name, m)    OCI_ROW(T, name, m, OCI_VALUE, OCI_U32, uint32_t, true, NULL)
#define U64(T, name, m)             OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_U64, struct oci_opt_u64, false, NULL)
#define U64_REQUIRED(T, name, m)    OCI_ROW(T, name, m, OCI_VALUE, OCI_U64, uint64_t, true, NULL)
#define I32(T, name, m)             OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_I32, struct oci_opt_i32, false, NULL)
#define I64(T, name, m)             OCI_ROW(T, name, m, OCI_OPTIONAL, OCI_I64, struct oci_opt_i64, false, NULL)
#define I64_REQUIRED(T, name, m)    OCI_ROW(T, name, m, OCI_VALUE, OCI_I64, int64_t, true, NULL)
#define STRINGS(T, name, m)         OCI_ROW(T, name, m, OCI_LIST, OCI_STRING, struct oci_strings, false, NULL)
#define STRINGS_REQUIRED(T, name, m) OCI_ROW(T, name, m, OCI_LIST, OCI_STRING, struct oci_strings, true, NULL)
#define U32S(T, name, m)            OCI_ROW(T, name, m, OCI_LIST, OCI_U32, struct oci_u32s, false, NULL)
#define STRING_MAP(T, name, m)      OCI_ROW(T, name, m, OCI_MAP, OCI_STRING, struct oci_pairs, false, NULL)

/* OF is the struct of the object, the items or the map's entries. */
#define OBJECT(T, name, m, of) OCI_ROW(T, name, m, OCI_POINTER, OCI_OBJECT, const struct of *, false, &of##_table)
#define OBJECT_REQUIRED(T, name, m, of) \
	OCI_ROW(T, name, m, OCI_POINTER, OCI_OBJECT, const struct of *, true, &of##_table)
#define LIST(T, name, m, of) OCI_ROW(T, name, m.items, OCI_LIST, OCI_OBJECT, const struct of *, false, &of##_table)
#define MAP(T, name, m, of)  OCI_ROW(T, name, m.items, OCI_MAP, OCI_OBJECT, const struct of *, false, &of##_table)

#define OTHER(name_) { .name = (name_), .name_len = sizeof(name_) - 1, .shape = OCI_OTHER }

#define OCI_TABLE(T, rows_)                                                                              \
	{                                                                                                \
		.rows = (rows_), .size = sizeof(struct T),                                               \
		.n_rows = sizeof(rows_) / sizeof((rows_)[0]) +                                           \
			  0 * sizeof(char[sizeof(rows_) / sizeof((rows_)[0]) <= OCI_ROWS_MAX ? 1 : -1]), \
	}

#endif
