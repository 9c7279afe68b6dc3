/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_INIT_ELF_LOOK_H
#define RT_INIT_ELF_LOOK_H

#include "init/inside.h"

/* Looks at the first bytes of PATH: what kind of program it is and what it needs to run.  INTERPRETER has PATH_MAX
 * bytes and gets the script's interpreter or the ELF file's loader, or "".  A file that can not be read gives no facts:
 * it may still be executable. */
void elf_look(const char *path, struct program_facts *ret, char *interpreter);

#endif
