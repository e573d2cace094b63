/*
 * libsodium: random, tokens, hashes, passwords. Password functions take tens of milliseconds and are
 * run by wire/work only.
 */
#ifndef PRONTOD_WIRE_CRYPTO_H
#define PRONTOD_WIRE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void crypto_start(void); /* once a process, before anything else here */

void crypto_random(void *to, size_t length);
uint32_t crypto_random_below(uint32_t bound);

#define CRYPTO_TOKEN 44 /* 32 random bytes in URL-safe base64, terminated */
void crypto_token(char out[CRYPTO_TOKEN]);

#define CRYPTO_HASH_HEX 65 /* SHA-256, lower-case hex, terminated */
void crypto_sha256_hex(const void *bytes, size_t length, char out[CRYPTO_HASH_HEX]);

#define CRYPTO_PASSWORD 128
bool crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD]); /* argon2id, interactive limits */
bool crypto_password_check(const char *stored, const char *password);

#endif
