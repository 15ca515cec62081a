// The checksum instructions of x86-64 and ARMv8, which Swift cannot name.

#ifndef CCHECKSUMS_H
#define CCHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

/// Whether this processor computes SHA-256 in hardware; where it does not, `csha256_blocks` must not be
/// called.
int csha256_available(void);

/// Takes `count` blocks of 64 bytes into the state (eight words, as FIPS 180-4 orders them).
void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);

/// Whether this processor computes CRC-32C in hardware; where it does not, `ccrc32c_update` must not be
/// called.
int ccrc32c_available(void);

/// Takes `count` bytes into the register of a CRC-32C (RFC 3720, appendix B.4), which begins as all ones
/// and is inverted at the end.
uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count);

/// Whether this processor computes the CRC-32 of gzip in hardware; where it does not, `ccrc32_blocks` must
/// not be called.
int ccrc32_available(void);

/// Takes `count` blocks of 64 bytes, at least one, into the register of a CRC-32 (RFC 1952, section 8), which
/// begins as all ones and is inverted at the end.
uint32_t ccrc32_blocks(uint32_t state, const uint8_t *bytes, size_t count);

#endif
