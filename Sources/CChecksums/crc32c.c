// The CRC-32C instructions of x86-64 and ARMv8: eight bytes at a time. On any other processor
// `ccrc32c_available` says no, and the caller's portable code does the work.

#include "CChecksums.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>

int ccrc32c_available(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c >> 20) & 1;
}

__attribute__((target("sse4.2")))
uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    uint64_t wide = state;
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    state = (uint32_t)wide;
    for (; count > 0; count--, bytes++) state = _mm_crc32_u8(state, *bytes);
    return state;
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

int ccrc32c_available(void) { return 1; }

uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        state = __crc32cd(state, word);
    }
    for (; count > 0; count--, bytes++) state = __crc32cb(state, *bytes);
    return state;
}

#else

int ccrc32c_available(void) { return 0; }

uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

#endif
