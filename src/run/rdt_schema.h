/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_RUN_RDT_SCHEMA_H
#define RT_RUN_RDT_SCHEMA_H

#include <stdbool.h>

/*
 * Whether the lines of WANTED ("L3:0=7f0;1=1f") are in PRESENT, the text of a file "schemata"
 * (Documentation/filesystems/resctrl.rst): for each resource and domain that WANTED names, the same value.  The kernel
 * pads lines with blanks, and values with zeros.
 */
bool rdt_schema_is_in(const char *wanted, const char *present);

#endif
