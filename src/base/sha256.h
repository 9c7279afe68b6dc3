/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RT_BASE_SHA256_H
#define RT_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), for names of cache entries. */
struct sha256 {
	uint32_t state[8];
	uint64_t len;       /* bytes so far */
	uint8_t block[64];  /* the last len % 64 of them */
};

void sha256_init(struct sha256 *h);
void sha256_update(struct sha256 *h, const void *data, size_t len);
void sha256_final(struct sha256 *h, uint8_t ret_digest[static 32]);

/* The digest as 64 lower-case hexadecimal digits and a NUL. */
void sha256_final_hex(struct sha256 *h, char ret_hex[static 65]);

#endif
