/* What every fuzz target offers: libFuzzer calls it, or replay.c where there is no fuzzer. */
#ifndef PRONTOD_TESTS_FUZZ_H
#define PRONTOD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
