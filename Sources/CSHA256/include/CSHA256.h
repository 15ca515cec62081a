#ifndef CSHA256_H
#define CSHA256_H

#include <stddef.h>
#include <stdint.h>

/// Whether this processor hashes in hardware; where it does not, `csha256_blocks` must not be called.
int csha256_available(void);

/// Takes `count` blocks of 64 bytes into the state (eight words, as FIPS 180-4 orders them).
void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);

#endif
