/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/table.h"

/* What the decoder's and the encoder's loads and stores rely on. */
_Static_assert(sizeof(struct oci_strings) == sizeof(struct oci_any_list), "lists have one layout");
_Static_assert(offsetof(struct oci_strings, n) == offsetof(struct oci_any_list, n), "lists have one layout");
_Static_assert(offsetof(struct oci_pair, key) == 0, "an entry begins with its key");
_Static_assert(offsetof(struct oci_pair, value) == sizeof(const char *), "the string follows the key");
_Static_assert(offsetof(struct oci_time_offset, key) == 0, "an entry begins with its key");
_Static_assert(offsetof(struct oci_net_device, key) == 0, "an entry begins with its key");
_Static_assert(offsetof(struct oci_rdma, key) == 0, "an entry begins with its key");

size_t oci_kind_size(enum oci_kind kind, const struct oci_table *table)
{
	static const uint8_t sizes[OCI_KIND_COUNT] = {
		[OCI_STRING] = sizeof(const char *),
		[OCI_BOOL] = sizeof(bool),
		[OCI_U16] = sizeof(uint16_t),
		[OCI_U32] = sizeof(uint32_t),
		[OCI_U64] = sizeof(uint64_t),
		[OCI_I32] = sizeof(int32_t),
		[OCI_I64] = sizeof(int64_t),
	};

	return kind == OCI_OBJECT ? table->size : sizes[kind];
}

size_t oci_item_size(const struct oci_row *row)
{
	if (row->shape == OCI_MAP && row->kind == OCI_STRING)
		return sizeof(struct oci_pair);
	return oci_kind_size(row->kind, row->table);
}

size_t oci_optional_offset(enum oci_kind kind)
{
	static const uint8_t offsets[OCI_KIND_COUNT] = {
		[OCI_BOOL] = offsetof(struct oci_opt_bool, value),
		[OCI_U16] = offsetof(struct oci_opt_u16, value),
		[OCI_U32] = offsetof(struct oci_opt_u32, value),
		[OCI_U64] = offsetof(struct oci_opt_u64, value),
		[OCI_I32] = offsetof(struct oci_opt_i32, value),
		[OCI_I64] = offsetof(struct oci_opt_i64, value),
	};

	return offsets[kind];
}
