/*
 * libsodium behind a small door: random bytes, tokens, SHA-256, argon2id passwords. Chooses no
 * policy: who may log in is elsewhere.
 */
#include "wire/crypto.h"

#include "base/problem.h"

#include <sodium.h>

#include <assert.h>
#include <string.h>

static_assert(CRYPTO_PASSWORD >= crypto_pwhash_STRBYTES, "a stored password must fit");

void crypto_start(void)
{
	must(sodium_init() >= 0);
}

void crypto_random(void *to, size_t length)
{
	randombytes_buf(to, length);
}

uint32_t crypto_random_below(uint32_t bound)
{
	return randombytes_uniform(bound);
}

void crypto_token(char out[CRYPTO_TOKEN])
{
	unsigned char bytes[32];

	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(out, CRYPTO_TOKEN, bytes, sizeof bytes,
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}

void crypto_sha256_hex(const void *bytes, size_t length, char out[CRYPTO_HASH_HEX])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, bytes, length);
	sodium_bin2hex(out, CRYPTO_HASH_HEX, hash, sizeof hash);
}

bool crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD])
{
	memset(out, 0, CRYPTO_PASSWORD);
	return crypto_pwhash_str(out, password, strlen(password),
	                         crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                         crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

bool crypto_password_check(const char *stored, const char *password)
{
	return crypto_pwhash_str_verify(stored, password, strlen(password)) == 0;
}
