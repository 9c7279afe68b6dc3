/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/sha256.h"

/* NIST, Cryptographic Standards and Guidelines, Examples with Intermediate Values: SHA-256. */
static const struct {
	const char *text;
	const char *digest;
} vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(vectors); i++) {
		struct sha256 h;
		char hex[65];

		sha256_init(&h);
		sha256_update(&h, vectors[i].text, strlen(vectors[i].text));
		sha256_final_hex(&h, hex);
		assert_string_equal(hex, vectors[i].digest);
	}
}

static void test_million(void **state)
{
	static char as[1000];
	struct sha256 h;
	char hex[65];

	(void)state;
	memset(as, 'a', sizeof(as));
	sha256_init(&h);
	for (unsigned i = 0; i < 1000; i++)
		sha256_update(&h, as, sizeof(as));
	sha256_final_hex(&h, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* However it is cut into pieces, and at every length around the block's. */
static void test_pieces(void **state)
{
	uint8_t bytes[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct sha256 whole, cut;
		uint8_t a[32], b[32];

		sha256_init(&whole);
		sha256_update(&whole, bytes, len);
		sha256_final(&whole, a);
		sha256_init(&cut);
		for (size_t i = 0; i < len; i += 3)
			sha256_update(&cut, bytes + i, len - i < 3 ? len - i : 3);
		sha256_final(&cut, b);
		assert_memory_equal(a, b, sizeof(a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
