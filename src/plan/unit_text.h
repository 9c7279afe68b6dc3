/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_PLAN_UNIT_TEXT_H
#define RT_PLAN_UNIT_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "plan/plan.h"

/* The most values in one property. */
#define UNIT_VALUES_MAX 4096

/*
 * Reads the text of a GVariant, as annotations `org.systemd.property.NAME` have it: true, 'word', "word", 12, -3,
 * uint64 12, a list [..] of those, of one type, or of tuples (.., ..) of them; @as [] for a list that is empty.
 * A number without a type is an int32.  *RET gets type and values, in ARENA; its name stays as it is.
 * -1: *RET_WHY says why.
 * Source: "GVariant Text Format" of GLib.
 */
int unit_text_parse(const char *text, struct arena *a, struct plan_unit_property *ret, const char **ret_why);

/* A time in seconds, "90", "1.5", "uint64 90", as microseconds of type t. */
int unit_text_parse_seconds(const char *text, struct arena *a, struct plan_unit_property *ret, const char **ret_why);

#endif
