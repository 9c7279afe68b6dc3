/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "libocispec/decode.h"

static const void *load_pointer(const char *at)
{
	const void *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

static void encode_value(enum oci_kind kind, const struct oci_table *table, const char *at, struct json *j)
{
	switch (kind) {
	case OCI_STRING:
		json_string(j, load_pointer(at));
		return;
	case OCI_BOOL:
		json_bool(j, *(const bool *)at);
		return;
	case OCI_U16:
		json_u64(j, *(const uint16_t *)at);
		return;
	case OCI_U32:
		json_u64(j, *(const uint32_t *)at);
		return;
	case OCI_U64:
		json_u64(j, *(const uint64_t *)at);
		return;
	case OCI_I32:
		json_i64(j, *(const int32_t *)at);
		return;
	case OCI_I64:
		json_i64(j, *(const int64_t *)at);
		return;
	case OCI_OBJECT:
		oci_encode(table, at, j);
		return;
	case OCI_KIND_COUNT:
		break;
	}
}

static void encode_list(const struct oci_row *row, const struct oci_any_list *list, struct json *j)
{
	const char *item = list->items;

	json_begin_array(j);
	for (size_t i = 0; i < list->n; i++, item += oci_item_size(row))
		encode_value(row->kind, row->table, item, j);
	json_end_array(j);
}

static void encode_map(const struct oci_row *row, const struct oci_any_list *map, struct json *j)
{
	const char *entry = map->items;
	size_t value = row->kind == OCI_STRING ? offsetof(struct oci_pair, value) : 0;

	json_begin_object(j);
	for (size_t i = 0; i < map->n; i++, entry += oci_item_size(row)) {
		json_key(j, load_pointer(entry));
		encode_value(row->kind, row->table, entry + value, j);
	}
	json_end_object(j);
}

/* The member AT of ROW, with its name, unless it is absent. */
static void encode_row(const struct oci_row *row, const char *at, struct json *j)
{
	struct oci_any_list list;

	switch ((enum oci_shape)row->shape) {
	case OCI_VALUE:
		if (row->kind == OCI_STRING && load_pointer(at) == NULL)
			return;
		json_key(j, row->name);
		encode_value(row->kind, row->table, at, j);
		return;
	case OCI_OPTIONAL:
		if (!*(const bool *)at)
			return;
		json_key(j, row->name);
		encode_value(row->kind, row->table, at + oci_optional_offset(row->kind), j);
		return;
	case OCI_POINTER:
		if (load_pointer(at) == NULL)
			return;
		json_key(j, row->name);
		oci_encode(row->table, load_pointer(at), j);
		return;
	case OCI_LIST:
	case OCI_MAP:
		memcpy(&list, at, sizeof(list));
		if (list.items == NULL)
			return;
		json_key(j, row->name);
		if (row->shape == OCI_LIST)
			encode_list(row, &list, j);
		else
			encode_map(row, &list, j);
		return;
	case OCI_OTHER:
		return;
	}
}

void oci_encode(const struct oci_table *table, const void *base, struct json *j)
{
	json_begin_object(j);
	for (size_t i = 0; i < table->n_rows; i++)
		encode_row(&table->rows[i], (const char *)base + table->rows[i].offset, j);
	json_end_object(j);
}
