/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCISPEC_CODEC_H
#define OCISPEC_CODEC_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "libocispec/oci.h"

/*
 * Bytes to structs and back.
 *
 * The decoders are stricter than the JSON grammar (RFC 8259): the text is valid UTF-8, without NUL and without lone
 * surrogates, no object names a property twice, nothing is nested deeper than OCI_DEPTH_MAX, the whole is at most
 * OCI_SIZE_MAX bytes.  A value of the wrong type, a number out of the range of its property, an integer written with a
 * fraction or an exponent and a REQUIRED property that is missing are errors.  Unknown properties are not (config.md,
 * Extensibility), nor are the objects of other platforms: they are passed over.  Time is linear in LEN, but for an
 * object of many unknown or free names, which are sorted.
 *
 * An error reads "NAME:LINE:COLUMN: /json/pointer: text", its kind is ERR_CONFIG (ERR_SYSTEM for want of memory).
 * Lines and columns count from 1, columns in characters.
 */

#define OCI_SIZE_MAX ((size_t)16 << 20)
#define OCI_DEPTH_MAX 64

enum oci_severity {
	OCI_FINDING_UNKNOWN, /* a property that the specification does not have */
	OCI_FINDING_ERROR,
};

struct oci_finding {
	enum oci_severity severity;
	unsigned line;
	unsigned column;
	const char *pointer; /* RFC 6901, "" for the whole document; control characters as \u00XX; cut when very long */
	const char *text;
	size_t offset; /* in bytes */
};

#define OCI_FINDINGS_MAX 1000 /* of each severity; more are counted, not kept */

/* All that a decoder found, in the order of the document.  The memory is the arena's. */
struct oci_report {
	const struct oci_finding *items;
	size_t n;
	size_t n_dropped;
};

/*
 * Decode LEN bytes at BUF, of which nothing is referred to afterwards.  NAME is the file's name in messages.  REPORT
 * may be NULL; otherwise it is set on failure too, and then holds every error down to the first that leaves the rest
 * unreadable.  E has the first one.
 */
int oci_config_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		      const struct oci_config **ret, struct err *e);
int oci_process_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		       const struct oci_process **ret, struct err *e);
int oci_resources_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
			 const struct oci_resources **ret, struct err *e);
int oci_state_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
		     const struct oci_state **ret, struct err *e);
int oci_process_state_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
			     const struct oci_process_state **ret, struct err *e);
int oci_features_decode(const char *buf, size_t len, const char *name, struct arena *a, struct oci_report *report,
			const struct oci_features **ret, struct err *e);

/* Write the document as one JSON object, absent properties left out.  J reports errors at its end. */
void oci_config_encode(const struct oci_config *config, struct json *j);
void oci_process_encode(const struct oci_process *process, struct json *j);
void oci_resources_encode(const struct oci_resources *resources, struct json *j);
void oci_state_encode(const struct oci_state *state, struct json *j);
void oci_process_state_encode(const struct oci_process_state *state, struct json *j);
void oci_features_encode(const struct oci_features *features, struct json *j);

/*
 * Where the value that POINTER names stands in the document; if there is none, its nearest ancestor.  For messages:
 * it parses the text again.
 */
void oci_locate(const char *buf, size_t len, const char *pointer, unsigned *ret_line, unsigned *ret_column);

#endif
