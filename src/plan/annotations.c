/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/annotations.h"

#include <string.h>

#include "base/path.h"
#include "plan/builder.h"

/* clang-format off */
const struct annotation known_annotations[] = {
	{ ANNOTATION_CRIU_CONFIG,      ANNOTATION_PATH },
	{ ANNOTATION_SYSTEMD_PROPERTY, ANNOTATION_TEXT },
	{ ANNOTATION_HOOKS_STDERR,     ANNOTATION_PATH },
	{ ANNOTATION_HOOKS_STDOUT,     ANNOTATION_PATH },
	{ ANNOTATION_KEEP_GROUPS,      ANNOTATION_BOOL },
	{ ANNOTATION_MOUNT_CONTEXT_TYPE, ANNOTATION_TEXT },
	{ ANNOTATION_PIDFD_RECEIVER,   ANNOTATION_PATH },
	{ ANNOTATION_SECCOMP_RECEIVER, ANNOTATION_PATH },
	{ ANNOTATION_SECCOMP_RAW,      ANNOTATION_TEXT },
	{ ANNOTATION_SECCOMP_STRICT,   ANNOTATION_BOOL },
	{ NULL, ANNOTATION_TEXT },
};
/* clang-format on */

static bool is_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

static bool is_false(const char *value)
{
	return strcmp(value, "0") == 0 || strcmp(value, "false") == 0;
}

const char *builder_annotation(const struct builder *b, const char *key)
{
	const struct oci_pairs *list = &b->config->annotations;

	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->items[i].key, key) == 0)
			return list->items[i].value;
	}
	return NULL;
}

bool builder_has_annotation(const struct builder *b, const char *key)
{
	const char *value = builder_annotation(b, key);

	return value && is_true(value);
}

static void check_value(struct builder *b, const struct annotation *a)
{
	const char *value = builder_annotation(b, a->key);
	const char *at = builder_at_key(b, "/annotations", a->key);

	if (!value)
		return;
	switch (a->kind) {
	case ANNOTATION_TEXT:
		break;
	case ANNOTATION_BOOL:
		if (!is_true(value) && !is_false(value))
			builder_error(b, NULL, at, "\"%s\" is none of 1, true, 0, false", value);
		break;
	case ANNOTATION_PATH:
		if (!path_is_absolute(value))
			builder_error(b, NULL, at, "\"%s\" is no absolute path", value);
		break;
	}
}

void build_annotations(struct builder *b)
{
	const struct oci_pairs *list = &b->config->annotations;
	struct plan_annotation *kept = arena_new_array(b->arena, struct plan_annotation, list->n);

	for (const struct annotation *a = known_annotations; a->key && list->n > 0; a++)
		check_value(b, a);
	if (!kept)
		return;
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].key[0] == '\0')
			builder_error(b, "config.md#annotations", "/annotations", "a key is empty");
		kept[i].key = builder_keep(b, list->items[i].key);
		kept[i].value = builder_keep(b, list->items[i].value);
	}
	b->plan->pidfd_receiver = builder_keep(b, builder_annotation(b, ANNOTATION_PIDFD_RECEIVER));
	b->plan->annotations = kept;
	b->plan->n_annotations = (unsigned)list->n;
}
