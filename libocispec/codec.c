/* SPDX-License-Identifier: Apache-2.0 */
#include "libocispec/decode.h"

/* One pair of functions for each document, so that callers have types. */

int oci_config_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		      const struct oci_config **ret, struct err *e)
{
	return oci_decode(&oci_config_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_config_encode(const struct oci_config *config, struct json *j)
{
	oci_encode(&oci_config_table, config, j);
}

int oci_process_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		       const struct oci_process **ret, struct err *e)
{
	return oci_decode(&oci_process_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_process_encode(const struct oci_process *process, struct json *j)
{
	oci_encode(&oci_process_table, process, j);
}

int oci_resources_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
			 const struct oci_resources **ret, struct err *e)
{
	return oci_decode(&oci_resources_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_resources_encode(const struct oci_resources *resources, struct json *j)
{
	oci_encode(&oci_resources_table, resources, j);
}

int oci_state_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		     const struct oci_state **ret, struct err *e)
{
	return oci_decode(&oci_state_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_state_encode(const struct oci_state *state, struct json *j)
{
	oci_encode(&oci_state_table, state, j);
}

int oci_process_state_decode(const char *buf, size_t len, const char *name, struct arena *a,
			     struct oci_report *report, const struct oci_process_state **ret, struct err *e)
{
	return oci_decode(&oci_process_state_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_process_state_encode(const struct oci_process_state *process_state, struct json *j)
{
	oci_encode(&oci_process_state_table, process_state, j);
}

int oci_features_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
			const struct oci_features **ret, struct err *e)
{
	return oci_decode(&oci_features_table, &(struct oci_input){ buf, len }, name, a, report, ret, e);
}

void oci_features_encode(const struct oci_features *features, struct json *j)
{
	oci_encode(&oci_features_table, features, j);
}
