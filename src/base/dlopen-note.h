/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_DLOPEN_NOTE_H
#define RT_BASE_DLOPEN_NOTE_H

#include <stdint.h>

/*
 * Announces a library that is opened at run time, so that packagers' tools see it as they see DT_NEEDED.  One ELF
 * note in section .note.dlopen: name "FDO", type 0x407c0c0a, content a JSON array.  Source: the "ELF dlopen metadata"
 * specification of the UAPI group.
 *
 * DLOPEN_NOTE(seccomp, "seccomp filters", "recommended", "libseccomp.so.2");
 *
 * at file scope, next to the dlopen() that it speaks of.  FEATURE is a C identifier; PRIORITY is "required",
 * "recommended" or "suggested".  The attribute `retain` (or the note's "a" flag and `used`) keeps the linker's
 * section garbage collection away: notes are always kept.
 */
#define DLOPEN_NOTE(feature, description, priority, soname)                                                       \
	DLOPEN_NOTE_TEXT(feature, "[{\"feature\":\"" #feature "\",\"description\":\"" description                  \
				  "\",\"priority\":\"" priority "\",\"soname\":[\"" soname "\"]}]")

#define DLOPEN_NOTE_TEXT(feature, text)                                                                           \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {                          \
		uint32_t name_size, text_size, type;                                                              \
		char name[4];                                                                                     \
		_Alignas(4) char content[sizeof(text)];                                                           \
	} dlopen_note_##feature = { 4, sizeof(text), 0x407c0c0a, "FDO", text }

#endif
